import type { CapacityNote } from './capacity';
import type { Sharing } from './company';
import type { EffectiveLimits } from './effective-limits';
import type { UseLimits } from './limits';
import { Meter } from './meter';
import type { OthersAccount } from './others-use';
import type { SavedMeter, SavedPart, SharedAccount } from './saved-account';

const UNUSED = new Meter();
/** Until what others have used meanwhile may be known. */
const CATCH_UP_MS = 50;

/** What an account has used of the limits that a person has set: of all models together, and of single ones. */
export class SetLimitsUse {
  #whole: Meter | undefined;
  #byModel: Map<string, Meter> | undefined;

  /** Milliseconds until a request of so many tokens is within the limits; 0 if it is now. */
  waitMs(
    { whole, byModel, dayResetsAt }: EffectiveLimits,
    model: string,
    tokens: number,
    now: number,
    sharing?: Sharing,
  ): number {
    const ofModel = byModel.get(model);
    const wait = whole && this.#whole?.waitMs(whole, dayResetsAt, tokens, now, sharing);
    const ofModelWait =
      ofModel && this.#byModel?.get(model)?.waitMs(ofModel, dayResetsAt, tokens, now, sharing);
    // The others may have used all of it.
    const isUnknown = (whole ?? ofModel) !== undefined && sharing?.company.isCatchingUp(now) === true;
    return Math.max(wait ?? 0, ofModelWait ?? 0, isUnknown ? CATCH_UP_MS : 0);
  }

  /** The smallest share that is left of any of them: 1 is all of it; undefined if none limits use of the model. */
  leftShare(limits: EffectiveLimits, model: string, now: number): number | undefined {
    const { whole, byModel, dayResetsAt } = limits;
    const ofModel = byModel.get(model);
    if (!isUseLimited(whole) && !isUseLimited(ofModel)) return undefined;
    const share = whole && this.#whole?.leftShare(whole, dayResetsAt, now);
    const ofModelShare = ofModel && this.#byModel?.get(model)?.leftShare(ofModel, dayResetsAt, now);
    return Math.min(share ?? 1, ofModelShare ?? 1);
  }

  /** Notes what is left for the model, or, without one, for all models. */
  note(into: CapacityNote, limits: EffectiveLimits, model: string | undefined, now: number): void {
    const { whole, byModel, dayResetsAt } = limits;
    if (whole !== undefined) (this.#whole ?? UNUSED).note(into, whole, dayResetsAt, now);
    const ofModel = model === undefined ? undefined : byModel.get(model);
    if (model === undefined || ofModel === undefined) return;
    (this.#byModel?.get(model) ?? UNUSED).note(into, ofModel, dayResetsAt, now);
  }

  /** A request is sent. Returns the meters that count it. */
  take(limits: EffectiveLimits, model: string, tokens: number, now: number): readonly Meter[] {
    const meters = this.metersFor(limits, model);
    for (const meter of meters) meter.take(tokens, limits.dayResetsAt, now);
    return meters;
  }

  /** The meters that count requests for the model. */
  metersFor({ whole, byModel }: EffectiveLimits, model: string): readonly Meter[] {
    const meters: Meter[] = [];
    if (whole !== undefined) meters.push((this.#whole ??= new Meter()));
    if (byModel.has(model)) meters.push(this.#of(model));
    return meters;
  }

  /** What another one has counted counts here too. */
  absorb(other: SetLimitsUse): void {
    if (other.#whole !== undefined) (this.#whole ??= new Meter()).absorb(other.#whole);
    for (const [model, meter] of other.#byModel ?? []) this.#of(model).absorb(meter);
  }

  /** What others have to know of it: what has changed since the last call, unless it is `isWhole`. */
  shared(now: number, isWhole: boolean): Pick<SharedAccount, 'whole' | 'models'> {
    const models = [...(this.#byModel ?? [])].map(
      ([model, meter]) => [model, meter.shared(now, isWhole)] as const,
    );
    return { whole: this.#whole?.shared(now, isWhole), models };
  }

  /** What each of the other instances uses counts here from now on, and nothing else of theirs. */
  countOthers(others: readonly OthersAccount[]): void {
    (this.#whole ??= new Meter()).countOthers(others.map(({ whole }) => whole));
    for (const { byModel } of others) for (const model of byModel.keys()) this.#of(model);
    for (const [model, meter] of this.#byModel ?? [])
      meter.countOthers(others.flatMap(({ byModel }) => byModel.get(model) ?? []));
  }

  saved(now: number): Pick<SavedPart, 'whole' | 'models'> {
    const models = [...(this.#byModel ?? [])].map(([model, meter]): [string, SavedMeter] => [
      model,
      meter.saved(now),
    ]);
    return {
      ...(this.#whole !== undefined && { whole: this.#whole.saved(now) }),
      ...(models.length > 0 && { models }),
    };
  }

  restore({ whole, models = [] }: SavedPart): void {
    this.#whole = whole && restored(whole);
    this.#byModel = new Map(models.map(([model, saved]) => [model, restored(saved)]));
  }

  /** So much was used here, as others say, whose clock is so many seconds ahead. */
  atLeast({ whole, models = [] }: SavedPart, behind: number, now: number): void {
    if (whole !== undefined) (this.#whole ??= new Meter()).atLeast(whole, behind, now);
    for (const [model, meter] of models) this.#of(model).atLeast(meter, behind, now);
  }

  #of(model: string): Meter {
    const known = this.#byModel?.get(model);
    if (known !== undefined) return known;
    const meter = new Meter();
    (this.#byModel ??= new Map()).set(model, meter);
    return meter;
  }
}

/** How many requests may be in flight says nothing of how many there may be. */
function isUseLimited(limits: UseLimits | undefined): boolean {
  if (limits === undefined) return false;
  const { requestsPerMinute, tokensPerMinute, requestsPerDay, tokensPerDay } = limits;
  return (requestsPerMinute ?? tokensPerMinute ?? requestsPerDay ?? tokensPerDay) !== undefined;
}

function restored(saved: SavedMeter): Meter {
  const meter = new Meter();
  meter.restore(saved);
  return meter;
}

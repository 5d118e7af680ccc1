import { CapacityNote, type Capacity } from './capacity';
import { Draws, type Drawn } from './draws';
import type { EffectiveLimits } from './effective-limits';
import { LearntLimits } from './learnt-limits';
import { LearntOfModels } from './learnt-of-models';
import { Likeness } from './likeness';
import type { Meter } from './meter';
import { answeredBefore, RecentAnswers } from './recent-answers';
import type { SavedAccount } from './saved-account';
import { partsOf } from './saved-parts';
import { Reservation, type Lender } from './reservation';
import type { SeenLimit } from './seen-limits';
import { SetLimitsUse } from './set-limits-use';
import { SharedUse } from './shared-use';

const NOTHING: Drawn = { requests: 0, tokens: 0 };
/** Left of what nobody tells, for so long after some of it was used. */
const UNTOLD_SHARE = 0.5;
const UNTOLD_MS = 60_000;
const NO_MODELS: readonly string[] = [];
const NO_METERS: readonly Meter[] = [];
/** Answers tell times that are a little old. */
const CLEARLY_MS = 1_500;

/**
 * What keys of one account share: what they have used of the limits that are set, and what answers have told of those
 * that are not. Most accounts have one key.
 */
export class Account implements Lender {
  readonly draws = new Draws();
  #answered: RecentAnswers | undefined;
  /** When the first request was sent. */
  #since = Infinity;
  /** When the last request for a model was sent: answers to others tell nothing of limits. */
  #takenAt = -Infinity;
  readonly #set = new SetLimitsUse();
  readonly sharedUse = new SharedUse(this.#set);
  #areAnswersTelling = false;
  #learnt: LearntLimits | undefined;
  #learntOf: LearntOfModels | undefined;
  /** From the first word of a limit on. */
  #likeness: Likeness | undefined;
  /** In flight; undefined until the first. */
  #open: Set<Reservation> | undefined;
  /** What a person or its answers call it; undefined for that of one key alone. */
  name: string | undefined;

  /** Its models draw on the same limits, as far as is known. */
  get isOfAllModels(): boolean {
    return this.#likeness?.isShown === true;
  }

  /** Milliseconds until the account may be asked for so many tokens of the model; 0 if it may now. */
  waitMs(limits: EffectiveLimits | undefined, model: string, tokens: number, now: number): number {
    let wait =
      limits === undefined
        ? 0
        : this.#set.waitMs(limits, model, tokens, now, this.sharedUse.sharing(limits, now));
    const learnt = this.#learntFor(model);
    if (learnt !== undefined) wait = Math.max(wait, learnt.waitMs(tokens, this.draws, now));
    return Math.max(wait, this.draws.waitMs(now));
  }

  /**
   * The smallest share that is left of any limit, set or learnt: 1 is all of it. Where none is set or told, an account
   * counts as half used for a minute after each use: so it gets its turn, and may tell, beside others that have told.
   */
  leftShare(limits: EffectiveLimits | undefined, model: string, now: number): number {
    const learnt = this.#learntFor(model);
    const told = learnt?.toldShare(this.draws.drawn, now);
    const set = limits === undefined ? undefined : this.#set.leftShare(limits, model, now);
    const paced = learnt?.pacedShare(now) ?? 1;
    if (told !== undefined || set !== undefined) return Math.min(told ?? 1, set ?? 1, paced);
    // It has told of other models, and will of this one.
    if (learnt === undefined && this.#learnt !== undefined) return 1;
    return now - this.#takenAt < UNTOLD_MS ? paced * UNTOLD_SHARE : paced;
  }

  /** What is left for the model, or, without one, of what all models draw on. */
  capacity(limits: EffectiveLimits | undefined, model: string | undefined, now: number): Capacity {
    const note = new CapacityNote();
    if (limits !== undefined) this.#set.note(note, limits, model, now);
    const isKnown = model !== undefined || this.isOfAllModels;
    if (isKnown) this.#learntFor(model ?? '')?.note(note, this.draws.drawn, now);
    return note.capacity;
  }

  /** Models of which limits of their own have been learnt. */
  get modelsLearnt(): Iterable<string> {
    return this.isOfAllModels ? NO_MODELS : (this.#learntOf?.models ?? NO_MODELS);
  }

  /** From a dial on. */
  take(limits: EffectiveLimits | undefined, model: string, tokens: number, now: number): Reservation {
    const isTest = !this.isOfAllModels && (this.#learnt?.waitMs(tokens, this.draws, now) ?? 0) > CLEARLY_MS;
    const beside = this.draws.take(tokens, now);
    if (this.#since === Infinity) this.#since = now;
    if (model !== '') this.#takenAt = now;
    this.#learntFor(model)?.take(now);
    const meters = limits === undefined ? NO_METERS : this.#set.take(limits, model, tokens, now);
    if (meters.length > 0) this.sharedUse.took(tokens);
    const { requests, tokens: allTokens } = this.draws.drawn;
    const drawn = { requests, tokens: allTokens, ofModel: this.#likeness?.take(model) ?? 0, beside };
    const reservation = new Reservation(this, model, tokens, now, drawn, isTest, meters);
    (this.#open ??= new Set()).add(reservation);
    return reservation;
  }

  /** It is no longer in flight. */
  ended(reservation: Reservation): void {
    this.#open?.delete(reservation);
    if (reservation.isCounted) this.sharedUse.onChange?.();
  }

  /** Other limits may hold for the account: what is in flight counts against them too. */
  limitsChanged(limits: EffectiveLimits | undefined): void {
    if (limits === undefined || this.#open === undefined) return;
    const { dayResetsAt } = limits;
    for (const one of this.#open)
      for (const meter of this.#set.metersFor(limits, one.model)) one.countIn(meter, dayResetsAt);
  }

  /** Whatever has come of it. Once for each reservation. */
  answered({ tokens, model, takenAt }: Reservation): void {
    this.draws.answered(tokens);
    this.#learntFor(model)?.ended(takenAt);
  }

  neverSent({ model, tokens }: Reservation): void {
    this.draws.takeBack(tokens);
    this.#likeness?.neverSent(model);
  }

  /** An answer told so a moment ago: reading what the next one says of limits would cost more than it tells. */
  hasPlenty(model: string, now: number): boolean {
    return this.#learntFor(model)?.hasPlenty(this.draws, now) === true;
  }

  /** An answer that was given tells what is left, or nothing. */
  accepted(reservation: Reservation, seen: readonly SeenLimit[] | undefined, now: number): void {
    const cost = { requests: 1, tokens: reservation.tokens };
    this.#areAnswersTelling ||= seen !== undefined;
    if (seen !== undefined) this.#see(reservation, cost, seen, now);
    (this.#answered ??= new RecentAnswers()).add(now);
    this.#likeness?.accepted(reservation);
    this.#learntFor(reservation.model)?.accepted(reservation.tokens, reservation.takenAt, now);
  }

  /** A limit was met. `until`: when a request is taken again, if the refusal tells. */
  refused(
    reservation: Reservation,
    seen: readonly SeenLimit[] | undefined,
    until: number | undefined,
    now: number,
  ): void {
    const { model } = reservation;
    if (seen !== undefined) this.#see(reservation, NOTHING, seen, now);
    (this.#likeness ??= new Likeness()).refused(reservation, now);
    const learnt = this.isOfAllModels ? (this.#learnt ??= new LearntLimits()) : this.#of(model);
    learnt.refused(reservation, answeredBefore(this.#answered, this.#since, until, now), this.draws, now);
  }

  /** What answers have told counts no more; what has been used of set limits does. */
  forgetLearnt(): void {
    this.#areAnswersTelling = false;
    this.#learnt = undefined;
    this.#learntOf = undefined;
  }

  /** The time from one request to the next that the account has been found to bear; Infinity if none has. */
  intervalMs(model: string): number {
    return this.#learntFor(model)?.pace?.intervalMs || Infinity;
  }

  /** The use of a limit that is set has changed, or the name. */
  usesChanged(): void {
    this.sharedUse.changed();
  }

  /** What a restart must not forget, as text; undefined for nothing. `withName`: answers alone have told it. */
  saved(now: number, withName: boolean): string | undefined {
    if (this.sharedUse.version === 0) return undefined;
    const name = withName ? this.name : undefined;
    return JSON.stringify({ at: now, name, ...this.#set.saved(now) } satisfies SavedAccount);
  }

  /** What the process of the name `self` has saved is its own again. */
  restore(saved: SavedAccount, self: string): void {
    this.sharedUse.restore(partsOf(saved), self);
  }

  /** What another one has used of set limits counts here too, and what is in flight there. */
  absorb(other: Account, limits: EffectiveLimits | undefined): void {
    this.#set.absorb(other.#set);
    this.sharedUse.absorb(other.sharedUse);
    this.usesChanged();
    if (limits === undefined) return;
    for (const reservation of other.#open ?? []) {
      for (const meter of this.#set.metersFor(limits, reservation.model)) reservation.holdIn(meter);
    }
  }

  #learntFor(model: string): LearntLimits | undefined {
    return this.isOfAllModels ? this.#learnt : this.#learntOf?.get(model);
  }

  #see({ model, drawn, takenAt }: Reservation, cost: Drawn, seen: readonly SeenLimit[], now: number): void {
    this.draws.told();
    (this.#likeness ??= new Likeness()).see(model, seen, drawn);
    const order = {
      cost,
      drawn,
      beside: drawn.beside,
      drawnNow: this.draws.drawn,
      silentNow: this.draws.silent,
      takenAt,
      areAnswersTelling: this.#areAnswersTelling,
    };
    (this.#learnt ??= new LearntLimits()).see(seen, order, now);
    this.#of(model).see(seen, order, now);
  }

  #of(model: string): LearntLimits {
    return (this.#learntOf ??= new LearntOfModels()).of(model);
  }
}

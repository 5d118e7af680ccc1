import type { AttributionParts, AttributionRules, Settled } from './attribution-parts';
import { FORGIVEN, type AlikeFailure, type Culprits } from './culprits';
import { exhaustQuota, type Judged } from './penalty';
import { describeFailure } from './redaction';
import { othersOfAccount, restAccount } from './rest-account';
import type { KeyState } from '../pool/key-state';
import type { Lease } from '../pool/lease';

/** For so long it may be a moment's trouble of the provider when key after key is out of money. */
const MOMENT_MS = 60_000;
/** How soon such keys are tried again while fewer than three requests have been told so. */
const SOON_MS = 2_000;

/** Of all answers that speak of money alike. */
const SIGNATURE = 'money';

/**
 * Keys that are out of money. One rests for long, and is disabled after several. When many are so at once, with no
 * success between, it may be the provider: then they get that back, and it is asked again soon, for a minute at most.
 * After that it is believed, until any key is served again, so that keys that are really empty are not asked for ever.
 */
export class EmptyKeys {
  /** When so many were first found empty together; undefined if none were since the last success. */
  #since: number | undefined;

  constructor(
    private readonly parts: AttributionParts,
    private readonly culprits: Culprits,
  ) {}

  /** An answer says that the key has no money. */
  exhausted(lease: Lease, judged: Judged, rules: AttributionRules, now: number): Settled {
    const { key, begunAt } = lease;
    // An answer that names a time knows what it says.
    const mayBeShared = judged.facts.until === undefined;
    if (mayBeShared) this.#remember(lease, now);
    else this.parts.sharedCause.keepPenalty(key);
    const effect = exhaustQuota(key, judged, rules, now, begunAt);
    restAccount(this.parts, lease, rules, now);
    this.parts.keysChanged([key]);
    const shared = mayBeShared ? this.#share(lease, judged, rules, now) : undefined;
    return shared ?? { effect, sharedCause: undefined };
  }

  /** The provider has been asked once more, and fails still. */
  askedInVain(provider: string, now: number): void {
    if (this.#isOver(now)) this.#believe(provider);
  }

  /** A key has been served, or a person has decided about some. */
  forget(): void {
    this.#since = undefined;
  }

  #remember({ key, witness }: Lease, now: number): void {
    const { sharedCause } = this.parts;
    // No proxy has to do with money.
    sharedCause.remember({ key, signature: SIGNATURE, way: undefined, witness }, now);
    for (const other of othersOfAccount(this.parts, key)) {
      sharedCause.remember({ key: other, signature: SIGNATURE, way: undefined, witness }, now);
    }
  }

  #share(lease: Lease, judged: Judged, rules: AttributionRules, now: number): Settled | undefined {
    const isProviders = this.#isProviders(now);
    if (!isProviders && !this.#areAlike(now)) return undefined;
    this.#since ??= now;
    if (this.#isOver(now)) {
      this.#believe(rules.provider);
      return undefined;
    }
    if (!isProviders) {
      this.#askAgainSoon(rules.provider, now);
      return { effect: 'quota exhausted, rests 2 s', sharedCause: undefined };
    }
    this.#blameProvider(lease, judged, rules, now);
    return { effect: FORGIVEN, sharedCause: 'provider' };
  }

  #isProviders(now: number): boolean {
    const { breaker, membership, sharedCause } = this.parts;
    // It is being tested, or this request went out before it was found out.
    if (breaker.snapshot.cause === 'shared_cause') return true;
    const active = { all: membership.rotation.length, behindWay: () => 0 };
    return sharedCause.culprit(SIGNATURE, undefined, active, now) !== undefined;
  }

  #areAlike(now: number): boolean {
    return this.parts.sharedCause.areAlike(SIGNATURE, this.parts.membership.rotation.length, now);
  }

  #isOver(now: number): boolean {
    return this.#since !== undefined && now - this.#since > MOMENT_MS;
  }

  #blameProvider(lease: Lease, judged: Judged, rules: AttributionRules, now: number): void {
    const { breaker, sharedCause } = this.parts;
    if (lease.probe === undefined && breaker.snapshot.cause === 'shared_cause') {
      this.#giveBack(rules.provider);
      return;
    }
    const failure = describeFailure(lease.key, judged.status, judged.facts);
    const alike: AlikeFailure = { signature: SIGNATURE, status: judged.status, failure };
    this.culprits.blame('provider', lease, alike, rules, now);
    if (lease.probe !== undefined) sharedCause.prove(SIGNATURE);
  }

  #giveBack(provider: string): readonly KeyState[] {
    const forgiven = this.parts.sharedCause.giveBack(SIGNATURE, 'provider');
    this.parts.keysChanged(forgiven);
    for (const key of forgiven) this.parts.events.keyChanged(provider, key, 'forgiven');
    return forgiven;
  }

  /** Fewer than three requests are no proof against the provider, and these keys serve nobody by resting for long. */
  #askAgainSoon(provider: string, now: number): void {
    const forgiven = this.#giveBack(provider);
    for (const { cooldown } of forgiven) {
      cooldown.until = Math.max(cooldown.until, now + SOON_MS);
      cooldown.inARow = Math.max(cooldown.inARow, 1);
    }
    this.parts.keysChanged(forgiven);
  }

  /** It was the keys: they suffer what they had got back, and the provider is well. */
  #believe(provider: string): void {
    const { breaker, events, keysChanged, sharedCause } = this.parts;
    const guilty = sharedCause.convict(SIGNATURE);
    if (guilty.length === 0) return;
    keysChanged(guilty);
    for (const key of guilty) {
      events.keyChanged(provider, key, key.disabled === undefined ? 'penalised' : 'disabled');
    }
    if (breaker.snapshot.cause === 'shared_cause') breaker.close();
  }
}

import { EgressDetour } from '../egress/detour';
import type { KeyState } from '../pool/key-state';
import type { Lease, LeaseRequest, RequestKind } from '../pool/lease';
import type { BalancedRequest } from './balanced-request';
import { firstState, nextStep, type RequestState, type Step } from './next-step';
import { reasonToGoOn, type FallbackReason, type Target } from './target';
import type { Pool, Shortage, Undecided } from '../pool/pool';
import { isTooSlow, type Outcome, type Verdict } from './verdict';

/** An undecided attempt and its place in the trace. */
export interface Pending {
  readonly undecided: Undecided;
  readonly index: number;
}

/** For the result of the breaker's next probe. */
const WAITS_MAX = 40;
const WAIT_MS_MAX = 100;
const NO_KEYS: ReadonlySet<KeyState> = new Set();

/** The beginning of a course. `isLasting`: the request may create something. */
export function courseTo(
  { pool, model }: Target,
  { model: asked, missedBy }: Pick<BalancedRequest, 'model' | 'missedBy'>,
  isLasting: boolean,
): PoolCourse {
  const refusedBy = missedBy === undefined ? undefined : pool.key(missedBy);
  return new PoolCourse(pool, model ?? asked, firstState(pool.config.maxRetries, isLasting), refusedBy);
}

/** A request's course through the keys and proxies of one target. */
export class PoolCourse {
  readonly detour = new EgressDetour();
  readonly pending: Pending[] = [];
  /** The step that led to the next attempt; undefined before the first. */
  again: Extract<Step, { kind: 'again' }> | undefined;
  /** What leads from here to the next target, if anything does. */
  leadsOnFor: FallbackReason = 'unavailable';
  /** Why there was no key for it, if that is where it stands. */
  shortage: Shortage | undefined;
  // Most requests are answered by their first attempt and need neither.
  #tried: Set<KeyState> | undefined;
  #refusedBy: Set<KeyState> | undefined;
  /** Given up because they were slow: they would be as slow again, and are not asked a second time. */
  #slow: Set<KeyState> | undefined;
  #isConfirming = false;
  #waits = 0;
  /** Why another target may answer what the last attempt was refused for. */
  #reason: FallbackReason | undefined;

  /** `model`: as it is called there. `refusedBy`: a key that has said no already. */
  constructor(
    readonly pool: Pool,
    readonly model: string,
    private state: RequestState,
    refusedBy?: KeyState,
  ) {
    if (refusedBy === undefined) return;
    this.#tried = new Set([refusedBy]);
    this.#refusedBy = new Set([refusedBy]);
  }

  /** Attempts whose keys may not use the model. */
  get denied(): readonly Pending[] {
    return this.pending.filter(({ undecided }) => undecided.verdict.name === 'model_denied');
  }

  /** Attempts that it may make yet, those being made included. */
  get attemptsLeft(): number {
    return this.state.attemptsLeft;
  }

  /** It may fail once more. */
  get hasAttemptsLeft(): boolean {
    return this.attemptsLeft > 1;
  }

  /** Keys that it has been given. */
  get tried(): ReadonlySet<KeyState> {
    return this.#tried ?? NO_KEYS;
  }

  /** Keys that would say no again. */
  get refusedBy(): ReadonlySet<KeyState> {
    return this.#refusedBy ?? NO_KEYS;
  }

  /** `without`: a key that is at work on the request already, and must not be given a second time. */
  leaseRequest(
    request: Pick<LeaseRequest, 'affinity' | 'owner'> & {
      readonly tokens?: number | undefined;
    } & RequestKind,
    witness: object,
    without?: KeyState,
  ): LeaseRequest {
    const used = without && new Set(this.#tried).add(without);
    const barred = this.#slow === undefined ? this.#refusedBy : new Set([...this.#slow, ...this.refusedBy]);
    return {
      model: this.model,
      affinity: request.affinity,
      owner: request.owner,
      tokens: request.tokens ?? 0,
      asks: request,
      witness,
      tried: used ?? this.tried,
      triedEgresses: this.detour.tried,
      isConfirming: this.#isConfirming,
      refusedBy: used ?? barred ?? NO_KEYS,
    };
  }

  /**
   * The request has met dead keys, and so have others: whether it is the provider is being found out, in a moment, and
   * a dead key's answer must not go to the client while good ones may be left.
   */
  mayWaitOut({ reason }: Shortage): boolean {
    const isInQuestion = reason === 'breaker_open' && this.pool.breaker.cause === 'shared_cause';
    if (!isInQuestion || this.again === undefined || this.#waits === WAITS_MAX) return false;
    this.#waits += 1;
    return true;
  }

  /** Takes note of a failure. Returns whether it says what is wrong with the request, and leads on all the same. */
  refused(
    key: KeyState,
    verdict: Verdict,
    outcome: Outcome,
    goesOnFor?: ReadonlySet<FallbackReason>,
  ): boolean {
    if (isTooSlow(outcome)) (this.#slow ??= new Set()).add(key);
    const reason = goesOnFor && reasonToGoOn(verdict, outcome);
    this.#reason = reason !== undefined && goesOnFor?.has(reason) === true ? reason : undefined;
    return this.#reason !== undefined && verdict.blame === 'client';
  }

  /** Whether another target is asked after the last word of this one. */
  leadsOn(): boolean {
    if (this.#reason === undefined) return false;
    this.leadsOnFor = this.#reason;
    return true;
  }

  /** How long a wait for that takes; milliseconds. */
  waitMs({ retryAfterMs = 0 }: Shortage): number {
    return Math.min(retryAfterMs, WAIT_MS_MAX);
  }

  /** So many milliseconds of the shortage have passed. */
  hasWaited(ms: number): void {
    const { shortage } = this;
    if (shortage?.retryAfterMs === undefined) return;
    this.shortage = { ...shortage, retryAfterMs: Math.max(1, shortage.retryAfterMs - ms) };
  }

  /** Takes note of an attempt's verdict, and tells what follows. */
  take(lease: Lease, verdict: Verdict, isProviderSuspected: boolean): Step {
    const isDetour = this.detour.isUncounted(lease, verdict);
    const step = nextStep(verdict, this.state, { hasEgress: lease.egress !== undefined, isDetour });
    if (step.kind !== 'again') return step;
    // It is not the key that has been tried in vain.
    if (step.isRefused) (this.#refusedBy ??= new Set()).add(lease.key);
    if (!isDetour && verdict.next !== 'other_egress') (this.#tried ??= new Set()).add(lease.key);
    this.#isConfirming = isProviderSuspected;
    this.state = step.state;
    this.again = step;
    return step;
  }
}

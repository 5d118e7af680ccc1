import { traceOf } from './attempt-trace';
import { Lease, type RequestKind } from '../pool/lease';
import type { ObjectOwner } from '../pool/object-owner';
import { isMissingObject } from './missing-object';
import { firstState } from './next-step';
import { PoolCourse, type Pending } from './pool-course';
import type { LeaseResult, Pool, Shortage } from '../pool/pool';
import type { Clock, Random, StopSignal } from '../ports';
import { backoffMs, createsSomethingLasting, isComputing } from './retry';
import type { AttemptTrace, RequestTrace, SkippedProvider } from './trace';
import { sooner, Waits, type WaitingPool } from './waits';
import type { WaitingRoom } from '../waiting/waiting-room';
import { inContrast, judge, VERDICTS, type Outcome, type Verdict } from './verdict';

/** A request, as far as balancing it goes. */
export interface BalancedRequest extends RequestKind {
  /** '' if the request names none. */
  readonly model: string;
  readonly affinity: string | undefined;
  /** The request names this object, and only keys that have it are asked. */
  readonly owner?: ObjectOwner | undefined;
  /** Objects that it names of which no owner is known: a key that does not find one of them is not the last asked. */
  readonly sought?: readonly string[] | undefined;
  /** How many tokens it may use: reserved until its answer tells how many it did. 0 by default. */
  readonly tokens?: number | undefined;
  /** Whose request it is, for waiting fairly; undefined is a client of its own. */
  readonly client?: string | undefined;
  /** Fires when the client has gone. */
  readonly signal: StopSignal;
}

/** What a dial brings back. `answer` can be passed on to the client, and must be either passed on or discarded. */
export interface Dialed<Answer> {
  readonly outcome: Outcome;
  readonly answer: Answer | undefined;
}

export interface Transport<Answer> {
  /** Sends the request with the lease's key and through its proxy. Never rejects: every failure is an outcome. */
  dial(pool: Pool, lease: Lease): Promise<Dialed<Answer>>;
  /** Discards an answer that will not be read. */
  discard(answer: Answer): void;
}

export interface LoopPorts {
  readonly clock: Clock;
  readonly random: Random;
  /** Where requests wait for keys; without one they do not. */
  readonly waitingRoom?: WaitingRoom | undefined;
}

export type LoopResult<Answer> = { readonly trace: RequestTrace } & (
  | { readonly kind: 'commit'; readonly pool: Pool; readonly lease: Lease; readonly answer: Answer }
  /** An upstream answer that goes to the client as it is: a client's error, or the last of several failures. */
  | { readonly kind: 'pass_through'; readonly answer: Answer; readonly verdict: Verdict }
  /** The last attempt failed without an answer that could be passed on. */
  | { readonly kind: 'failed'; readonly verdict: Verdict; readonly outcome: Outcome }
  | { readonly kind: 'shortage'; readonly shortage: Shortage }
  | { readonly kind: 'client_closed' }
);

/**
 * Tries keys until one answers: at most `1 + maxRetries` attempts with each pool, in the order given (the provider,
 * then its fallbacks), dead keys and dead proxies not counted. Every lease is settled; only that of a commit is still
 * open on return. Nothing is retried once an answer has been handed out.
 */
export function runAttempts<Answer>(
  request: BalancedRequest,
  pools: readonly Pool[],
  transport: Transport<Answer>,
  ports: LoopPorts,
): Promise<LoopResult<Answer>> {
  return new AttemptLoop(request, transport, ports).run(pools);
}

interface Failure<Answer> {
  readonly verdict: Verdict;
  readonly outcome: Outcome;
  readonly answer: Answer | undefined;
}

/** How trying one pool ended: with a result for the client, or not. */
type PoolEnd<Answer> = LoopResult<Answer> | undefined;

class AttemptLoop<Answer> {
  readonly #attempts: AttemptTrace[] = [];
  readonly #skippedProviders: SkippedProvider[] = [];
  readonly #startedAt: number;
  readonly #isLasting: boolean;
  /** Stands for this request wherever requests are counted. */
  readonly #witness = {};
  readonly #waits: Waits;
  /** By pool, of those that may be asked again. */
  readonly #courses = new Map<Pool, PoolCourse>();
  /** The failure that is told to the client if nothing better comes. */
  #failure: Failure<Answer> | undefined;
  #shortage: Shortage | undefined;

  constructor(
    private readonly request: BalancedRequest,
    private readonly transport: Transport<Answer>,
    private readonly ports: LoopPorts,
  ) {
    this.#startedAt = ports.clock.now();
    this.#isLasting = createsSomethingLasting(request.method, request.path);
    this.#waits = new Waits(ports.waitingRoom, ports.clock, this.#startedAt);
  }

  async run(pools: readonly Pool[]): Promise<LoopResult<Answer>> {
    for (const pool of pools) {
      this.#courses.set(pool, new PoolCourse(firstState(pool.config.maxRetries, this.#isLasting)));
      const end = await this.#tryPool(pool);
      if (end !== undefined) return end;
    }
    for (let next = this.#soonest; next !== undefined; next = this.#soonest) {
      const end = await this.#waitFor(next);
      if (end !== undefined) return end;
    }
    return this.#failure === undefined
      ? { kind: 'shortage', shortage: this.#shortage ?? { reason: 'no_keys' }, trace: this.#trace }
      : this.#fail(this.#failure);
  }

  /** Only limits are worth waiting for once a key has answered. */
  get #soonest(): WaitingPool | undefined {
    const isOver = this.#failure !== undefined && this.#failure.verdict.key !== 'rest';
    return isOver ? undefined : this.#waits.soonest(this.#courses);
  }

  async #waitFor({ pool, course, shortage }: WaitingPool): Promise<PoolEnd<Answer>> {
    const request = course.leaseRequest(this.request, this.#witness);
    const waited = await this.#waits.lease(pool, request, shortage, this.request);
    course.shortage = undefined;
    if (waited instanceof Lease) return this.#tryPool(pool, waited);
    if (waited === 'left') return this.#clientClosed();
    this.#shortage = waited;
    return undefined;
  }

  get #trace(): RequestTrace {
    return { attempts: this.#attempts, skippedProviders: this.#skippedProviders, ...this.#waits.trace };
  }

  /** `lease`: one that it has waited for. */
  async #tryPool(pool: Pool, lease?: Lease): Promise<PoolEnd<Answer>> {
    const course = this.#courses.get(pool);
    if (course === undefined) return undefined;
    if (lease !== undefined) {
      const end = await this.#attempt(pool, course, lease, this.ports.clock.now());
      if (end !== 'again') return end;
    }
    for (;;) {
      if (course.again?.hasBackoff === true) await this.#backOff();
      if (this.request.signal.aborted) return this.#clientClosed();

      const now = this.ports.clock.now();
      const leased = this.#lease(pool, course, now);
      if (leased.ok) {
        const end = await this.#attempt(pool, course, leased.lease, now);
        if (end !== 'again') return end;
      } else if (!(await this.#mayLeaseAgain(pool, course, leased.shortage))) {
        return this.#withoutLease(pool, course, leased.shortage);
      }
    }
  }

  #lease(pool: Pool, course: PoolCourse, now: number): LeaseResult {
    const request = course.leaseRequest(this.request, this.#witness);
    return this.#waits.isBehindOthers(pool, request)
      ? { ok: false, shortage: { reason: 'all_cooling', retryAfterMs: 1 } }
      : pool.lease(request, now);
  }

  /** One attempt with a lease that was taken at `now`, from the dial to what follows it. */
  async #attempt(
    pool: Pool,
    course: PoolCourse,
    lease: Lease,
    now: number,
  ): Promise<PoolEnd<Answer> | 'again'> {
    const { owner } = this.request;
    const start = { pool, lease, owner, startMs: now - this.#startedAt, candidates: pool.candidates };
    const dialed = await this.transport.dial(pool, lease);
    const verdict = this.#judge(dialed.outcome);
    const settledAt = this.ports.clock.now();
    const settled = pool.settle(lease, dialed.outcome, verdict, settledAt);
    this.#attempts.push(traceOf(start, dialed.outcome, verdict, settled, settledAt - now));

    const step = course.take(lease, verdict, settled.sharedCause === 'provider');
    if (step.kind === 'commit' && dialed.answer !== undefined) {
      this.#contrast(pool, lease, course.pending, settledAt);
      this.#discard(this.#failure?.answer);
      return { kind: 'commit', pool, lease, answer: dialed.answer, trace: this.#trace };
    }
    if (step.kind === 'stop') {
      this.#discard(dialed.answer);
      return this.#clientClosed();
    }
    this.#keep({ verdict, ...dialed });
    if (verdict.key === 'denied' || verdict.key === 'contrast' || verdict.next === 'other_egress') {
      const undecided = { lease, outcome: dialed.outcome, verdict };
      course.pending.push({ undecided, index: this.#attempts.length - 1 });
    }
    if (step.kind === 'pass_through' && this.#failure !== undefined) return this.#fail(this.#failure);
    return step.kind === 'again' ? 'again' : undefined;
  }

  /** Whether another lease may be asked for, after a wait if there is something to wait for. */
  async #mayLeaseAgain(pool: Pool, course: PoolCourse, shortage: Shortage): Promise<boolean> {
    if (shortage.reason === 'no_egress' && course.detour.giveSecondChance()) return true;
    if (!course.mayWaitOut(pool, shortage)) return false;
    await this.ports.clock.sleep(course.waitMs(shortage), this.request.signal);
    return true;
  }

  #withoutLease(pool: Pool, course: PoolCourse, shortage: Shortage): PoolEnd<Answer> {
    if (course.again === undefined)
      this.#skippedProviders.push({ provider: pool.config.provider, ...shortage });
    this.#shortage = sooner(this.#shortage, shortage);
    course.shortage = shortage;
    if (this.#failure === undefined || course.again?.isLastWord !== true) return undefined;
    return this.#fail(this.#failure);
  }

  /**
   * An endpoint of a special kind may have rights of its own, so what it says of a key is held against it only by
   * contrast.
   */
  #judge(outcome: Outcome): Verdict {
    if (isMissingObject(outcome, this.request)) return VERDICTS.object_not_found;
    const verdict = judge(outcome);
    return isComputing(this.request.path) ? verdict : inContrast(verdict);
  }

  /**
   * An answer of the upstream is worth more to the client than none, and what it says of the request more than other
   * troubles.
   */
  #keep(failure: Failure<Answer>): void {
    const known = this.#failure;
    const isWorthLess =
      known?.answer !== undefined &&
      (failure.answer === undefined || (speaksOfRequest(known.verdict) && !speaksOfRequest(failure.verdict)));
    this.#discard(isWorthLess ? failure.answer : known?.answer);
    if (!isWorthLess) this.#failure = failure;
  }

  #fail({ verdict, outcome, answer }: Failure<Answer>): LoopResult<Answer> {
    const trace = this.#trace;
    return answer === undefined
      ? { kind: 'failed', verdict, outcome, trace }
      : { kind: 'pass_through', answer, verdict, trace };
  }

  #clientClosed(): LoopResult<Answer> {
    this.#discard(this.#failure?.answer);
    return { kind: 'client_closed', trace: this.#trace };
  }

  #discard(answer: Answer | undefined): void {
    if (answer !== undefined) this.transport.discard(answer);
  }

  /** The request has been answered: what rejected it before has to answer for it. */
  #contrast(pool: Pool, winner: Lease, pending: readonly Pending[], now: number): void {
    for (const { undecided, index } of pending) {
      const effect = pool.contrast(undecided, winner, now);
      const attempt = this.#attempts[index];
      if (effect !== undefined && attempt !== undefined) this.#attempts[index] = { ...attempt, effect };
    }
  }

  /** Waits before the next attempt and notes it in the trace of the last one. */
  async #backOff(): Promise<void> {
    const { clock, random } = this.ports;
    const waitsBefore = this.#attempts.filter((attempt) => attempt.backoffMs !== undefined).length;
    const ms = Math.round(backoffMs(waitsBefore, random));
    const last = this.#attempts.pop();
    if (last !== undefined) this.#attempts.push({ ...last, backoffMs: ms });
    await clock.sleep(ms, this.request.signal);
  }
}

function speaksOfRequest({ blame }: Verdict): boolean {
  return blame === 'client';
}

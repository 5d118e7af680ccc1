import type { BalancedRequest, LoopPorts } from './balanced-request';
import { BestFailure, type Failure } from './best-failure';
import { Dials, inOrder, type Attempt } from './dials';
import { Elsewhere } from './elsewhere';
import type { Lease } from '../pool/lease';
import { isMissingObject } from './missing-object';
import { Outlook } from './outlook';
import { courseTo, type PoolCourse } from './pool-course';
import type { Pool, Settled, Shortage } from '../pool/pool';
import type { Target } from './target';
import { backoffMs, createsSomethingLasting, isComputing } from './retry';
import { RequestStory } from './request-story';
import type { RequestTrace } from './trace';
import type { Dialed, Transport } from './transport';
import { sooner } from '../pool/shortage';
import { Waits, type CoursePlace } from './waits';
import {
  inContrast,
  isTooSlow,
  judge,
  leavingTarget,
  VERDICTS,
  type Next,
  type Outcome,
  type Verdict,
} from './verdict';

export type LoopResult<Answer> = { readonly trace: RequestTrace } & (
  | { readonly kind: 'commit'; readonly pool: Pool; readonly lease: Lease; readonly answer: Answer }
  /** An upstream answer that goes to the client as it is: a client's error, or the last of several failures. */
  | {
      readonly kind: 'pass_through';
      readonly answer: Answer;
      readonly verdict: Verdict;
      /** Milliseconds until the same request would find a key; undefined if nobody knows. */
      readonly freeInMs?: number | undefined;
    }
  /** The last attempt failed without an answer that could be passed on. */
  | { readonly kind: 'failed'; readonly verdict: Verdict; readonly outcome: Outcome }
  | { readonly kind: 'shortage'; readonly shortage: Shortage }
  | { readonly kind: 'client_closed' }
);

/**
 * Tries keys until one answers: at most `1 + maxRetries` attempts with each target, in the order given (the provider,
 * then its fallbacks; or those of a route), dead keys and dead proxies not counted. Every lease is settled; only that
 * of a commit is still open on return. Nothing is retried once an answer has been handed out.
 */
export function runAttempts<Answer>(
  request: BalancedRequest,
  targets: readonly Target[],
  transport: Transport<Answer>,
  ports: LoopPorts,
): Promise<LoopResult<Answer>> {
  return new AttemptLoop(request, targets, transport, ports).run();
}

/** How trying one target ended: with a result for the client, or not. */
type TargetEnd<Answer> = LoopResult<Answer> | undefined;

type AttemptEnd<Answer> = TargetEnd<Answer> | 'again';

interface SettledAttempt extends Settled {
  readonly index: number;
}

/** After these no other attempt is worth waiting for. */
const ENDS: ReadonlySet<Next> = new Set(['commit', 'pass_through', 'stop']);

class AttemptLoop<Answer> {
  readonly #startedAt: number;
  readonly #isLasting: boolean;
  /** Stands for this request wherever requests are counted. */
  readonly #witness = {};
  readonly #waits: Waits;
  readonly #story: RequestStory;
  /** Those that may be asked again. */
  readonly #courses: PoolCourse[] = [];
  readonly #outlook: Outlook;
  readonly #failures: BestFailure<Answer>;
  readonly #dials: Dials<Answer>;
  readonly #elsewhere: Elsewhere;
  #shortage: Shortage | undefined;

  constructor(
    private readonly request: BalancedRequest,
    private readonly targets: readonly Target[],
    private readonly transport: Transport<Answer>,
    private readonly ports: LoopPorts,
  ) {
    this.#startedAt = ports.clock.now();
    this.#isLasting = createsSomethingLasting(request.method, request.path);
    this.#failures = new BestFailure((answer) => transport.discard(answer));
    this.#dials = new Dials(request, transport, ports);
    this.#waits = new Waits(ports.waitingRoom, ports.clock, this.#startedAt);
    this.#story = new RequestStory(this.#waits);
    this.#outlook = new Outlook(request, targets, this.#courses, ports.clock);
    this.#elsewhere = new Elsewhere(request, targets, this.#courses, ports);
  }

  async run(): Promise<LoopResult<Answer>> {
    for (const target of this.targets) {
      const course = courseTo(target, this.request, this.#isLasting);
      this.#courses.push(course);
      const end = await this.#tryTarget(course);
      if (end !== undefined) return end;
      if (this.request.goesOnFor?.has(course.leadsOnFor) === false) break;
    }
    for (let places = this.#places; places.length > 0; places = this.#places) {
      const end = await this.#waitAt(places);
      if (end !== undefined) return end;
    }
    const { best } = this.#failures;
    return best === undefined
      ? { kind: 'shortage', shortage: this.#outlook.shortageNow(this.#shortage), trace: this.#story.trace }
      : this.#fail(best);
  }

  /** Where to wait. Only limits are worth waiting for once a key has answered. */
  get #places(): readonly CoursePlace[] {
    const { best } = this.#failures;
    if (best !== undefined && best.verdict.key !== 'rest') return [];
    return this.#waits.places(this.#courses, (course) => course.leaseRequest(this.request, this.#witness));
  }

  async #waitAt(places: readonly CoursePlace[]): Promise<TargetEnd<Answer>> {
    const waited = await this.#waits.lease(places, this.#courses, this.request);
    if (waited.kind === 'left') return this.#clientClosed();
    if (waited.kind === 'served') return this.#tryTarget(waited.course, waited.lease);
    this.#shortage = waited.shortage;
    return undefined;
  }

  /** `lease`: one that it has waited for. */
  async #tryTarget(course: PoolCourse, lease?: Lease): Promise<TargetEnd<Answer>> {
    course.shortage = undefined;
    if (lease !== undefined) {
      const end = await this.#attempt(course, lease, this.ports.clock.now());
      if (end !== 'again') return end;
    }
    for (;;) {
      if (course.again?.hasBackoff === true) await this.#backOff();
      if (this.request.signal.aborted) return this.#clientClosed();

      const now = this.ports.clock.now();
      const asked = course.leaseRequest(this.request, this.#witness);
      const leased = this.#waits.leaseNow(course.pool, asked, now);
      if (leased.ok) {
        const end = await this.#attempt(course, leased.lease, now);
        if (end !== 'again') return end;
      } else if (!(await this.#mayLeaseAgain(course, leased.shortage))) {
        return this.#withoutLease(course, leased.shortage);
      }
    }
  }

  /** One attempt with a lease that was taken at `now`, or two at a time of which the first content wins. */
  async #attempt(course: PoolCourse, lease: Lease, now: number): Promise<AttemptEnd<Answer>> {
    const { pool } = course;
    const first = this.#dials.start(pool, lease, now, (atWork) => this.#elsewhere.mayGiveUp(course, atWork));
    const mayHedge = first.stop !== undefined && course.hasAttemptsLeft;
    const hedge = mayHedge
      ? await this.#dials.hedge(first, pool, (key) => course.leaseRequest(this.request, this.#witness, key))
      : undefined;
    if (hedge === undefined) return this.#conclude(course, first, await first.dialed);
    const [ahead, behind] = await inOrder(first, hedge);
    const dialed = await ahead.dialed;
    if (!ENDS.has(judgeFor(this.request, dialed.outcome).next)) {
      this.#conclude(course, ahead, dialed);
      return this.#conclude(course, behind, await behind.dialed);
    }
    const left = this.request.signal.aborted ? VERDICTS.client_closed : VERDICTS.outrun;
    this.#settle(pool, behind, { kind: 'client_closed' }, left);
    this.#dials.giveUp(behind);
    return this.#conclude(course, ahead, dialed);
  }

  /** Everybody who has to know learns of the attempt's result, and the trace tells it. */
  #settle(pool: Pool, attempt: Attempt<Answer>, outcome: Outcome, verdict: Verdict): SettledAttempt {
    const now = this.ports.clock.now();
    const settled = pool.settle(attempt.lease, outcome, verdict, now);
    this.#dials.ended(attempt);
    // Field by field: this is on the way of each request, and spreading takes several times as long.
    const { lease, at, candidates, isHedge } = attempt;
    const { owner, model } = this.request;
    const startMs = at - this.#startedAt;
    const start = { pool, lease, owner, modelAsked: model, startMs, candidates, isHedge };
    const index = this.#story.attempted(start, outcome, verdict, settled, now - at);
    return { effect: settled.effect, sharedCause: settled.sharedCause, index };
  }

  /** What follows from what an attempt has brought back. */
  #conclude(course: PoolCourse, attempt: Attempt<Answer>, dialed: Dialed<Answer>): AttemptEnd<Answer> {
    const { pool } = course;
    const { lease } = attempt;
    // Other keys of its target are likely to be as slow, and each would take that time again.
    const leavesTarget = isTooSlow(dialed.outcome) && this.#elsewhere.hasTarget;
    const verdict = judgeFor(this.request, dialed.outcome, leavesTarget);
    const { index, sharedCause } = this.#settle(pool, attempt, dialed.outcome, verdict);
    this.transport.noted?.(index, dialed);

    const step = course.take(lease, verdict, sharedCause === 'provider');
    if (step.kind === 'commit' && dialed.answer !== undefined) {
      this.#contrast(course, lease, this.ports.clock.now());
      this.#failures.discard();
      return { kind: 'commit', pool, lease, answer: dialed.answer, trace: this.#story.trace };
    }
    if (step.kind === 'stop') {
      if (dialed.answer !== undefined) this.transport.discard(dialed.answer);
      return this.#clientClosed();
    }
    const isOfRequest = course.refused(lease.key, verdict, dialed.outcome, this.request.goesOnFor);
    this.#failures.keep({ verdict, ...dialed, isOfRequest });
    if (verdict.key === 'denied' || verdict.key === 'contrast' || verdict.next === 'other_egress') {
      course.pending.push({ undecided: { lease, outcome: dialed.outcome, verdict }, index });
    }
    if (step.kind === 'pass_through') return this.#lastWord(course);
    return step.kind === 'again' ? 'again' : undefined;
  }

  /** The target has said all that it will: that is the answer, unless another target may have a better one. */
  #lastWord(course: PoolCourse): TargetEnd<Answer> {
    const { best } = this.#failures;
    return best === undefined || course.leadsOn() ? undefined : this.#fail(best);
  }

  /** Whether another lease may be asked for, after a wait if there is something to wait for. */
  async #mayLeaseAgain(course: PoolCourse, shortage: Shortage): Promise<boolean> {
    if (shortage.reason === 'no_egress' && course.detour.giveSecondChance()) return true;
    if (!course.mayWaitOut(shortage)) return false;
    await this.ports.clock.sleep(course.waitMs(shortage), this.request.signal);
    return true;
  }

  #withoutLease(course: PoolCourse, shortage: Shortage): TargetEnd<Answer> {
    if (course.again === undefined) this.#story.skipped(course, this.request, shortage);
    this.#shortage = sooner(this.#shortage, shortage);
    course.shortage = shortage;
    return course.again?.isLastWord === true ? this.#lastWord(course) : undefined;
  }

  #fail({ verdict, outcome, answer }: Failure<Answer>): LoopResult<Answer> {
    const trace = this.#story.trace;
    return answer === undefined
      ? { kind: 'failed', verdict, outcome, trace }
      : { kind: 'pass_through', answer, verdict, freeInMs: this.#outlook.freeInMs(verdict), trace };
  }

  #clientClosed(): LoopResult<Answer> {
    this.#failures.discard();
    return { kind: 'client_closed', trace: this.#story.trace };
  }

  /** The request has been answered: what rejected it before has to answer for it; elsewhere, what lacks the model. */
  #contrast(course: PoolCourse, winner: Lease, now: number): void {
    for (const one of this.#courses) {
      for (const { undecided, index } of one === course ? one.pending : one.denied)
        this.#story.decided(index, one.pool.contrast(undecided, winner, now));
    }
  }

  /** Waits before the next attempt and notes it in the trace of the last one. */
  async #backOff(): Promise<void> {
    const { clock, random } = this.ports;
    const ms = Math.round(backoffMs(this.#story.backoffs, random));
    this.#story.backsOff(ms);
    await clock.sleep(ms, this.request.signal);
  }
}

/**
 * An endpoint of a special kind may have rights of its own, so what it says of a key is held against it only by
 * contrast.
 */
function judgeFor(request: BalancedRequest, outcome: Outcome, leavesTarget = false): Verdict {
  if (isMissingObject(outcome, request)) return VERDICTS.object_not_found;
  const verdict = leavesTarget ? leavingTarget(judge(outcome)) : judge(outcome);
  return isComputing(request.path) ? verdict : inContrast(verdict);
}

import type { KeyQuestion } from '../pool/free-in';
import type { KeyState } from '../pool/key-state';
import type { Pool } from '../pool/pool';
import type { BalancedRequest, LoopPorts } from './balanced-request';
import type { PoolCourse } from './pool-course';
import { createsSomethingLasting } from './retry';
import type { Target } from './target';

const NO_KEYS: ReadonlySet<KeyState> = new Set();

/** Whether somebody else could answer a request at this moment. Asking changes nothing. */
export class Elsewhere {
  constructor(
    private readonly request: BalancedRequest,
    /** All that it may go to, in order; those that it has been to have a course. */
    private readonly targets: readonly Target[],
    private readonly courses: readonly PoolCourse[],
    private readonly ports: Pick<LoopPorts, 'clock' | 'waitingRoom'>,
  ) {}

  /** Whether the request could do without those that are at work on it. */
  mayGiveUp(course: PoolCourse, atWork: ReadonlySet<KeyState>): boolean {
    return this.hasTarget || this.#hasKey(course, atWork);
  }

  /** A key of a target that the request has not been to, if what is slow leads there. */
  get hasTarget(): boolean {
    const { request, targets, courses } = this;
    const { waitingRoom } = this.ports;
    if (this.#isLasting || request.goesOnFor?.has('unavailable') === false) return false;
    return targets.slice(courses.length).some(({ pool, model = request.model }) => {
      const question = this.#questionOf(model, NO_KEYS);
      return waitingRoom?.freeInMs(pool, question) === undefined && this.#isFree(pool, question);
    });
  }

  /** A key of that target that the request has not asked; `atWork`: those that it is asking. */
  #hasKey(course: PoolCourse, atWork: ReadonlySet<KeyState>): boolean {
    const { waitingRoom } = this.ports;
    const { pool, model } = course;
    if (this.#isLasting || course.attemptsLeft <= atWork.size) return false;
    // What this request would free is given to those who wait first.
    if (waitingRoom?.crowdOf(pool) !== undefined) return false;
    return this.#isFree(pool, this.#questionOf(model, new Set([...course.tried, ...atWork])));
  }

  /** Then nobody else is asked because one is slow. */
  get #isLasting(): boolean {
    return createsSomethingLasting(this.request.method, this.request.path);
  }

  #questionOf(model: string, tried: ReadonlySet<KeyState>) {
    const { owner, tokens = 0 } = this.request;
    return { model, owner, tokens, tried, refusedBy: tried };
  }

  #isFree(pool: Pool, question: KeyQuestion): boolean {
    return pool.freeInMs(question, this.ports.clock.now()) === 0;
  }
}

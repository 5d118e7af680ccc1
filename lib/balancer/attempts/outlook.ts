import type { Clock } from '../ports';
import type { KeyState } from '../pool/key-state';
import type { Shortage } from '../pool/pool';
import type { Target } from './target';
import type { BalancedRequest } from './balanced-request';
import type { PoolCourse } from './pool-course';
import type { Verdict } from './verdict';

const NO_KEYS: ReadonlySet<KeyState> = new Set();

/** When a request that has got no answer of its own would find a key if it came again. */
export class Outlook {
  constructor(
    private readonly request: BalancedRequest,
    /** All that it may go to, whether it has been there or not. */
    private readonly targets: readonly Target[],
    private readonly courses: readonly PoolCourse[],
    private readonly clock: Clock,
  ) {}

  /**
   * Milliseconds until the earliest key; undefined if nobody knows. `verdict`: what the request is told. Its own fault
   * does not pass with time; and where the provider fails, a key that is free at once proves nothing.
   */
  freeInMs(verdict?: Verdict): number | undefined {
    if (verdict?.blame === 'client') return undefined;
    const now = this.clock.now();
    let soonest: number | undefined;
    for (const [index, target] of this.targets.entries()) {
      // They are taken up in order.
      const ms = this.#freeAt(target, this.courses[index]?.refusedBy ?? NO_KEYS, now);
      if (ms === undefined || (ms === 0 && verdict?.blame !== 'key')) continue;
      soonest = Math.min(soonest ?? Infinity, ms);
    }
    return soonest;
  }

  #freeAt({ pool, model }: Target, refusedBy: ReadonlySet<KeyState>, now: number): number | undefined {
    const { model: asked, tokens = 0, owner } = this.request;
    return pool.freeInMs({ model: model ?? asked, tokens, owner, refusedBy }, now);
  }

  /** As things are by now: it may have been found a while ago, and of one provider alone. */
  shortageNow({ reason, retryAfterMs, owner }: Shortage = { reason: 'no_keys' }): Shortage {
    if (retryAfterMs === undefined) return { reason, owner };
    return { reason, owner, retryAfterMs: this.freeInMs() ?? retryAfterMs };
  }
}

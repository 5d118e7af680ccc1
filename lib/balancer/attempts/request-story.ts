import { traceOf, type AttemptStart } from './attempt-trace';
import type { BalancedRequest } from './balanced-request';
import type { PoolCourse } from './pool-course';
import type { Settled } from '../attribution/attribution-parts';
import type { Shortage } from '../pool/shortage';
import type { AttemptTrace, RequestTrace, SkippedProvider } from './trace';
import type { Outcome, Verdict } from './verdict';
import type { Waits } from './waits';

/** What has become of a request so far. */
export class RequestStory {
  readonly #attempts: AttemptTrace[] = [];
  readonly #skippedProviders: SkippedProvider[] = [];

  constructor(private readonly waits: Waits) {}

  get trace(): RequestTrace {
    const { waits } = this.waits;
    return { attempts: this.#attempts, skippedProviders: this.#skippedProviders, waits };
  }

  /** Returns the attempt's index. */
  attempted(
    start: AttemptStart,
    outcome: Outcome,
    verdict: Verdict,
    settled: Settled,
    durationMs: number,
  ): number {
    return this.#attempts.push(traceOf(start, outcome, verdict, settled, durationMs)) - 1;
  }

  skipped({ pool, model }: PoolCourse, asked: Pick<BalancedRequest, 'model'>, shortage: Shortage): void {
    const { provider } = pool.config;
    const renamed = model === asked.model ? undefined : { model };
    this.#skippedProviders.push({ provider, ...renamed, ...shortage });
  }

  /** What an attempt has cost its key was decided later; undefined for nothing. */
  decided(index: number, effect: string | undefined): void {
    const attempt = this.#attempts[index];
    if (effect !== undefined && attempt !== undefined) this.#attempts[index] = { ...attempt, effect };
  }

  /** How often it has waited between two attempts. */
  get backoffs(): number {
    return this.#attempts.filter(({ backoffMs }) => backoffMs !== undefined).length;
  }

  /** Noted with the attempt before. */
  backsOff(backoffMs: number): void {
    const last = this.#attempts.pop();
    if (last !== undefined) this.#attempts.push({ ...last, backoffMs });
  }
}

import type { RequestRecord } from '../../gateway/record/record';

/** A WebSocket begins with a GET. */
const SWITCHED = 101;
const READS_MAX = 10_000;
/** Results of a batch: OpenAI tells their sum with the batch itself; of Anthropic's nobody tells it. */
const RESULTS = /^\/(files\/[^/]+\/content|messages\/batches\/[^/]+\/results)\/?$/;

/**
 * Which answers tell of usage that was counted before. A read of something that lives at the provider, such as a batch
 * or a response that is made in the background, tells it each time it is asked: it counts once, in this process, while
 * it is among the last 10,000.
 */
export class UsageReads {
  readonly #counted = new Set<string>();

  isCounted({ method, status, endpoint, provider, usage }: RequestRecord): boolean {
    if (usage === undefined || method !== 'GET' || status === SWITCHED) return false;
    // Nothing used yet: a later answer will tell.
    if (usage.totalTokens === 0) return false;
    if (RESULTS.test(endpoint)) return true;
    const name = `${provider ?? ''} ${endpoint}`;
    if (this.#counted.has(name)) return true;
    const [oldest] = this.#counted;
    if (this.#counted.size >= READS_MAX && oldest !== undefined) this.#counted.delete(oldest);
    this.#counted.add(name);
    return false;
  }
}

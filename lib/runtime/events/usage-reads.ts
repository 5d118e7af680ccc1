import type { RequestRecord } from '../../gateway/record/record';

/** A WebSocket begins with a GET. */
const SWITCHED = 101;
const READS_MAX = 10_000;
/**
 * What is done behind its request, and tells what it used only when it is read, or ended: batches, runs of threads, and
 * responses in the background. OpenAI tells the sum of a batch with the batch itself; of Anthropic's nobody tells it.
 */
const BEHIND = /^(\/(?:batches|threads\/[^/]+\/runs|responses)\/[^/]+?)(?:\/cancel)?\/?$/;
const RESPONSE = '/responses/';
/** POSTs that change or end what is kept, whose answer tells it whole. */
const CHANGING = /^\/chat\/completions\/[^/]+\/?$|\/cancel\/?$/;

/**
 * Which answers tell of usage that counts already, with the request that asked for it: all reads of what is kept do,
 * but those of work that is done behind its request. That counts once, in this process, while it is among the last
 * 10,000.
 */
export class UsageReads {
  readonly #counted = new Set<string>();

  isCounted(request: RequestRecord): boolean {
    const { endpoint, provider, usage } = request;
    // Nothing used yet: a later answer will tell.
    if (usage === undefined || usage.totalTokens === 0 || !isRead(request)) return false;
    const behind = BEHIND.exec(endpoint)?.[1];
    if (behind === undefined || (behind.startsWith(RESPONSE) && usage.isBackground !== true)) return true;
    const name = `${provider ?? ''} ${behind}`;
    if (this.#counted.has(name)) return true;
    const [oldest] = this.#counted;
    if (this.#counted.size >= READS_MAX && oldest !== undefined) this.#counted.delete(oldest);
    this.#counted.add(name);
    return false;
  }
}

function isRead({ method, status, endpoint }: RequestRecord): boolean {
  return status !== SWITCHED && (method === 'GET' || CHANGING.test(endpoint));
}

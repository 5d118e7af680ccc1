import type { RequestRecord } from '../../gateway/record/record';
import type { CountedReads } from '../../store/counted-reads';

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
 * but those of work that is done behind its request. That counts once, at whichever process it is read first; the
 * database is asked once for each of the last 10,000. If that does not answer, it counts once here.
 */
export class UsageReads {
  readonly #asked = new Set<string>();

  constructor(private readonly counted: CountedReads) {}

  /** A promise only for work behind its request that is read here for the first time. Never rejects. */
  isCounted(request: RequestRecord): boolean | Promise<boolean> {
    const { endpoint, provider, usage } = request;
    // Nothing used yet: a later answer will tell.
    if (usage === undefined || usage.totalTokens === 0 || !isRead(request)) return false;
    const behind = BEHIND.exec(endpoint)?.[1];
    if (behind === undefined || (behind.startsWith(RESPONSE) && usage.isBackground !== true)) return true;
    const name = `${provider ?? ''} ${behind}`;
    if (this.#asked.has(name)) return true;
    const [oldest] = this.#asked;
    if (this.#asked.size >= READS_MAX && oldest !== undefined) this.#asked.delete(oldest);
    this.#asked.add(name);
    return this.counted.isFirst(name).then(
      (isFirst) => !isFirst,
      () => false,
    );
  }
}

function isRead({ method, status, endpoint }: RequestRecord): boolean {
  return status !== SWITCHED && (method === 'GET' || CHANGING.test(endpoint));
}

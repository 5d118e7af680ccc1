import { nestedEnd, OPEN_BRACE, skipSpace } from '../json/json-scan';
import { isFields, parsed } from '../json/json-fields';
import { eventData } from '../sse/sse-fields';

export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
  /** Part of promptTokens. */
  readonly cachedTokens: number;
  /** Part of completionTokens. */
  readonly reasoningTokens: number;
}

/**
 * From a parsed `usage` object of chat, completions and embeddings (prompt_tokens ...) or of the Responses API and
 * images (input_tokens ...); undefined for anything else. Counts are whole and never negative: junk counts as 0, and
 * a total that is missing or junk is the sum.
 */
export function usageFrom(value: unknown): Usage | undefined {
  if (!isFields(value) || !TOKEN_FIELDS.some((field) => field in value)) return undefined;
  const promptTokens = count(value.prompt_tokens) || count(value.input_tokens);
  const completionTokens = count(value.completion_tokens) || count(value.output_tokens);
  return {
    promptTokens,
    completionTokens,
    totalTokens: count(value.total_tokens) || promptTokens + completionTokens,
    cachedTokens: detail(value.prompt_tokens_details ?? value.input_tokens_details, 'cached_tokens'),
    reasoningTokens: detail(
      value.completion_tokens_details ?? value.output_tokens_details,
      'reasoning_tokens',
    ),
  };
}

const TOKEN_FIELDS = ['prompt_tokens', 'completion_tokens', 'total_tokens', 'input_tokens', 'output_tokens'];

function count(value: unknown): number {
  return typeof value === 'number' && value > 0 && value <= Number.MAX_SAFE_INTEGER ? Math.trunc(value) : 0;
}

function detail(details: unknown, field: string): number {
  return isFields(details) ? count(details[field]) : 0;
}

const DATA_FIELD = Buffer.from('data:');

/**
 * From one SSE event's raw bytes, wherever in its data the usage object stands: on top in chat and completions, under
 * `response` in the Responses API. Undefined, at the price of one native search, when there is none.
 */
export function usageFromEvent(raw: Buffer): Usage | undefined {
  const key = raw.lastIndexOf(USAGE_KEY);
  if (key === -1) return undefined;
  const usage = lastUsageIn(raw, key);
  if (usage !== undefined || raw.lastIndexOf(DATA_FIELD) <= 0) return usage;
  // The object may be spread over several data lines.
  const data = eventData(raw);
  return data?.includes('\n') ? lastUsageIn(Buffer.from(data)) : undefined;
}

const HEAD_BYTES = 4 * 1024;
const TAIL_BYTES = 16 * 1024;
const KEPT_BYTES_MAX = 256 * 1024;
/** Chunks are kept as they are; more of them than this are joined, or tiny ones would cost more than their bytes. */
const CHUNKS_MAX = 1_024;

/**
 * Collects usage from a JSON answer as its chunks pass. Of an answer longer than `maxBytes` (default 256 KiB) only the
 * first 4 KiB and the last 16 KiB are kept. Nothing but the usage object itself is ever parsed.
 */
export class JsonUsageScanner {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  #keptBytes = 0;
  /** Set once the answer has proved long. */
  #head: Buffer | undefined;

  constructor(maxBytes = KEPT_BYTES_MAX) {
    this.#maxBytes = maxBytes;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#keptBytes += chunk.length;
    if (this.#head === undefined && this.#keptBytes > this.#maxBytes) {
      this.#head = Buffer.concat(this.#chunks, Math.min(HEAD_BYTES, this.#keptBytes));
    }
    if (this.#head !== undefined) this.#dropAllButTail();
    if (this.#chunks.length > CHUNKS_MAX) this.#chunks = [Buffer.concat(this.#chunks)];
  }

  /** The last usage object in what was kept, or undefined. Empties the scanner. */
  finish(): Usage | undefined {
    const [first] = this.#chunks;
    const kept = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
    const head = this.#head;
    this.#chunks = [];
    this.#keptBytes = 0;
    this.#head = undefined;
    if (head === undefined) return lastUsageIn(kept);
    return lastUsageIn(kept.subarray(Math.max(0, kept.length - TAIL_BYTES))) ?? lastUsageIn(head);
  }

  #dropAllButTail(): void {
    let dropped = 0;
    for (const chunk of this.#chunks) {
      if (this.#keptBytes - chunk.length < TAIL_BYTES) break;
      this.#keptBytes -= chunk.length;
      dropped++;
    }
    if (dropped > 0) this.#chunks.splice(0, dropped);
  }
}

const USAGE_KEY = Buffer.from('"usage"');
const COLON = 0x3a;
/** No usage object is longer. */
const USAGE_BYTES_MAX = 16 * 1024;
/** Other objects named so (a tool's JSON schema) may stand behind the one we want, but not many. */
const CANDIDATES_MAX = 16;

/**
 * Inside a JSON string the quotes of `"usage"` would be escaped, so these bytes followed by a colon are a member name
 * wherever the text was cut off.
 */
function lastUsageIn(bytes: Buffer, lastKey = bytes.lastIndexOf(USAGE_KEY)): Usage | undefined {
  let key = lastKey;
  for (let candidates = 0; key !== -1 && candidates < CANDIDATES_MAX; candidates++) {
    const usage = usageAt(bytes, key + USAGE_KEY.length);
    if (usage !== undefined) return usage;
    key = key === 0 ? -1 : bytes.lastIndexOf(USAGE_KEY, key - 1);
  }
  return undefined;
}

function usageAt(bytes: Buffer, afterKey: number): Usage | undefined {
  const colon = skipSpace(bytes, afterKey);
  if (bytes[colon] !== COLON) return undefined;
  const start = skipSpace(bytes, colon + 1);
  if (bytes[start] !== OPEN_BRACE) return undefined;
  const end = nestedEnd(bytes.subarray(0, start + USAGE_BYTES_MAX), start);
  return end < 0 ? undefined : usageFrom(parsed(bytes.toString('utf8', start, end)));
}

import { nestedEnd, OPEN_BRACE, skipSpace } from '../json/json-scan';
import { isFields, parsed, text } from '../json/json-fields';
import { batchIn, isBatch, withTier } from './service-tier';
import { eventData } from '../sse/sse-fields';
import { countsAnything, countsFrom, usageOf, type TokenCounts, type Usage } from './token-counts';

export type { Usage } from './token-counts';

/** From a parsed usage object; undefined for anything else. A total that is missing or junk is the sum. */
export function usageFrom(value: unknown): Usage | undefined {
  const counts = countsFrom(value);
  return counts === undefined ? undefined : usageOf(counts);
}

const DATA_FIELD = Buffer.from('data:');

/**
 * From one SSE event's raw bytes, wherever in its data the usage object stands: on top in chat and completions, under
 * `response` in the Responses API, under `message` in Anthropic's. Undefined, at the price of one native search, when
 * there is none.
 */
export function countsFromEvent(raw: Buffer): TokenCounts | undefined {
  const key = raw.lastIndexOf(USAGE_KEY);
  if (key === -1) return undefined;
  const data = () => eventData(raw);
  const counts = lastCountsIn(raw, key);
  if (counts !== undefined) return withTier(ownCounts(counts, raw, key, data), raw, data);
  if (raw.lastIndexOf(DATA_FIELD) <= 0) return undefined;
  // The object may be spread over several data lines.
  const text = data();
  const spread = text?.includes('\n') ? lastCountsIn(Buffer.from(text)) : undefined;
  return spread && withTier(spread, raw, () => text);
}

const HEAD_BYTES = 4 * 1024;
const TAIL_BYTES = 16 * 1024;
const KEPT_BYTES_MAX = 256 * 1024;
/** Chunks are kept as they are; more of them than this are joined, or tiny ones would cost more than their bytes. */
const CHUNKS_MAX = 1_024;

/**
 * Collects usage from a JSON answer as its chunks pass. Of an answer longer than `maxBytes` (default 256 KiB) only the
 * first 4 KiB and the last 16 KiB are kept. Nothing but the usage object itself is parsed, unless there are several.
 */
export class JsonUsageScanner {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  #keptBytes = 0;
  /** Set once the answer has proved long. */
  #head: Buffer | undefined;

  /** `mayTellLater`: it may tell of work that another request has asked for: a batch, or a response in the background. */
  constructor(
    maxBytes = KEPT_BYTES_MAX,
    private readonly mayTellLater = true,
  ) {
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

  /**
   * The last usage object in what was kept, that of the answer itself where there are several; undefined if there is
   * none, or if the answer was cut off and may tell of work that counts once. Empties the scanner.
   */
  finish(): Usage | undefined {
    const [first] = this.#chunks;
    const kept = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
    const head = this.#head;
    this.#chunks = [];
    this.#keptBytes = 0;
    this.#head = undefined;
    if (head === undefined) return lastUsageIn(kept, true, this.mayTellLater);
    const tail = kept.subarray(Math.max(0, kept.length - TAIL_BYTES));
    const usage = lastUsageIn(tail, false) ?? lastUsageIn(head, false);
    return usage && this.mayTellLater && isInBackground(head) ? { ...usage, isBackground: true } : usage;
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

/** Of `usage`, and of Gemini's `usageMetadata`. */
const USAGE_KEY = Buffer.from('"usage');
const METADATA = Buffer.from('Metadata');
const QUOTE = 0x22;
const COLON = 0x3a;
/** No usage object is longer. */
const USAGE_BYTES_MAX = 16 * 1024;
/** Other objects named so (a tool's JSON schema) may stand behind the one we want, but not many. */
const CANDIDATES_MAX = 16;

function lastUsageIn(bytes: Buffer, isWhole: boolean, mayTellLater = false): Usage | undefined {
  const key = bytes.lastIndexOf(USAGE_KEY);
  const last = lastCountsIn(bytes, key);
  if (last === undefined) return undefined;
  const json = () => (isWhole ? bytes.toString('utf8') : undefined);
  const usage = usageOf(withTier(ownCounts(last, bytes, key, json), bytes, json));
  if (!mayTellLater) return usage;
  if (isBatch(bytes)) return withFacts(usage, bytes, batchIn);
  return isInBackground(bytes) ? withFacts(usage, bytes, backgroundIn) : usage;
}

/** A client may put objects of this name into what the provider repeats: that of the answer has its place. */
function ownCounts(
  last: TokenCounts,
  bytes: Buffer,
  lastKey: number,
  json: () => string | undefined,
): TokenCounts {
  if (bytes.indexOf(USAGE_KEY) === lastKey) return last;
  const answer = parsed(json() ?? '');
  if (!isFields(answer)) return last;
  for (const holder of [answer, answer.response, answer.message]) {
    const counts = isFields(holder) ? countsFrom(holder.usage ?? holder.usageMetadata) : undefined;
    if (counts !== undefined && countsAnything(counts)) return counts;
  }
  return last;
}

/** Undefined for half an answer: the next one will tell whose it is. */
function withFacts(
  usage: Usage,
  bytes: Buffer,
  factsIn: (answer: unknown) => Partial<Usage>,
): Usage | undefined {
  const answer = parsed(bytes.toString('utf8'));
  return answer === undefined ? undefined : { ...usage, ...factsIn(answer) };
}

const BACKGROUND = Buffer.from('"background"');
const LETTER_T = 0x74;

/** Whether it is a response that was made in the background: it is told of only when it is read. */
function isInBackground(bytes: Buffer): boolean {
  const key = bytes.indexOf(BACKGROUND);
  if (key === -1) return false;
  const colon = skipSpace(bytes, key + BACKGROUND.length);
  return bytes[colon] === COLON && bytes[skipSpace(bytes, colon + 1)] === LETTER_T;
}

function backgroundIn(answer: unknown): Pick<Usage, 'isBackground' | 'model'> {
  const model = isFields(answer) ? text(answer.model) : undefined;
  return { isBackground: true, ...(model !== undefined && { model }) };
}

/**
 * The last object that counts anything, or else the last one. Inside a JSON string the quotes of `"usage"` would be
 * escaped, so these bytes followed by a colon are a member name wherever the text was cut off.
 */
function lastCountsIn(bytes: Buffer, lastKey = bytes.lastIndexOf(USAGE_KEY)): TokenCounts | undefined {
  let key = lastKey;
  let zeros: TokenCounts | undefined;
  for (let candidates = 0; key !== -1 && candidates < CANDIDATES_MAX;) {
    const value = memberValue(bytes, key + USAGE_KEY.length);
    if (value !== -1) {
      candidates += 1;
      const counts = countsAt(bytes, value);
      if (counts !== undefined && countsAnything(counts)) return counts;
      zeros ??= counts;
    }
    key = key === 0 ? -1 : bytes.lastIndexOf(USAGE_KEY, key - 1);
  }
  return zeros;
}

/** Offset of the value behind the rest of the name; -1 if it is another name, or none. */
function memberValue(bytes: Buffer, afterKey: number): number {
  const isGemini = bytes[afterKey] === METADATA[0] && bytes.indexOf(METADATA, afterKey) === afterKey;
  const end = isGemini ? afterKey + METADATA.length : afterKey;
  if (bytes[end] !== QUOTE) return -1;
  const colon = skipSpace(bytes, end + 1);
  return bytes[colon] === COLON ? skipSpace(bytes, colon + 1) : -1;
}

function countsAt(bytes: Buffer, start: number): TokenCounts | undefined {
  if (bytes[start] !== OPEN_BRACE) return undefined;
  const end = nestedEnd(bytes.subarray(0, start + USAGE_BYTES_MAX), start);
  return end < 0 ? undefined : countsFrom(parsed(bytes.toString('utf8', start, end)));
}

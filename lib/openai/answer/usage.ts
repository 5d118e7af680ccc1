import { nestedEnd, OPEN_BRACE, skipBom, skipSpace } from '../json/json-scan';
import { isFields, parsed, text } from '../json/json-fields';
import { batchIn, isBatch, withTier, withTierAtEnd } from './service-tier';
import { eventData } from '../sse/sse-fields';
import { closedBehind, usageValues } from './usage-places';
import { countsAnything, countsFrom, usageOf, type TokenCounts, type Usage } from './token-counts';

export type { Usage } from './token-counts';

/** From a parsed usage object; undefined for anything else. A total that is missing or junk is the sum. */
export function usageFrom(value: unknown): Usage | undefined {
  const counts = countsFrom(value);
  return counts === undefined ? undefined : usageOf(counts);
}

const DATA_FIELD = Buffer.from('data:');

/**
 * From one SSE event's raw bytes: the usage object of the answer it is about, wherever such a thing is told; see
 * `usageValues`. Undefined, at the price of one native search, when there is none. `isWhole`: false for both ends of a
 * long event.
 */
export function countsFromEvent(raw: Buffer, isWhole = true): TokenCounts | undefined {
  const key = raw.lastIndexOf(USAGE_KEY);
  if (key === -1) return undefined;
  if (!isWhole) {
    const closers = isAboutResponse(raw) ? EVENT_CLOSERS : CLOSERS;
    const told = countsOfEnd(raw, closers, key);
    return told && withTierAtEnd(told, raw, closers);
  }
  const start = skipSpace(raw, raw.indexOf(DATA_FIELD) + DATA_FIELD.length);
  const counts = countsOfWhole(raw, start, key);
  if (counts !== undefined) return withTier(counts, raw, () => eventData(raw));
  if (raw.lastIndexOf(DATA_FIELD) <= 0) return undefined;
  // The object may be spread over several data lines.
  const data = eventData(raw);
  if (data?.includes('\n') !== true) return undefined;
  const spread = countsOfWhole(Buffer.from(data), 0);
  return spread && withTier(spread, raw, () => data);
}

const HEAD_BYTES = 4 * 1024;
/** As much as may stand behind usage, and the usage itself. */
const TAIL_BYTES = 64 * 1024;
const KEPT_BYTES_MAX = 256 * 1024;
/** Chunks are kept as they are; more of them than this are joined, or tiny ones would cost more than their bytes. */
const CHUNKS_MAX = 1_024;

/**
 * Collects usage from a JSON answer as its chunks pass. Of an answer longer than `maxBytes` (default 256 KiB) only the
 * first 4 KiB and the last 64 KiB are kept. Nothing but the usage object itself is ever parsed.
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
   * The answer's own usage object in what was kept, the last if there are several; undefined if there is none, or if
   * the answer was cut off and may tell of work that counts once. Empties the scanner.
   */
  finish(): Usage | undefined {
    const [first] = this.#chunks;
    const kept = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
    const head = this.#head;
    this.#chunks = [];
    this.#keptBytes = 0;
    this.#head = undefined;
    if (head === undefined) return usageInWhole(kept, this.mayTellLater);
    const tail = kept.subarray(Math.max(0, kept.length - TAIL_BYTES));
    const usage = usageAtEnd(tail) ?? usageAtStart(head);
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
/** Other objects named so may stand behind the one we want, but not many. */
const CANDIDATES_MAX = 16;

function usageInWhole(bytes: Buffer, mayTellLater: boolean): Usage | undefined {
  const counts = countsOfWhole(bytes, startOf(bytes));
  if (counts === undefined) return undefined;
  const usage = usageOf(withTier(counts, bytes, () => bytes.toString('utf8')));
  if (!mayTellLater) return usage;
  if (isBatch(bytes)) return withFacts(usage, bytes, batchIn);
  return isInBackground(bytes) ? withFacts(usage, bytes, backgroundIn) : usage;
}

function usageAtEnd(tail: Buffer): Usage | undefined {
  const counts = countsOfEnd(tail, CLOSERS);
  return counts && usageOf(withTierAtEnd(counts, tail, CLOSERS));
}

function usageAtStart(head: Buffer): Usage | undefined {
  const counts = countsAmong(head, usageValues(head, startOf(head)));
  return counts && usageOf(withTier(counts, head, () => undefined));
}

const startOf = (bytes: Buffer) => skipSpace(bytes, skipBom(bytes));

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

/** What is closed behind the usage object of an answer on top, or in a list of such. */
const CLOSERS: ReadonlySet<string | undefined> = new Set(['}', '}]']);
/** And in the response that an event is about. */
const EVENT_CLOSERS: ReadonlySet<string | undefined> = new Set([...CLOSERS, '}}']);
const RESPONSE_MEMBER = /"(?:response|message|interaction)"\s*:\s*\{/;
const EVENT_HEAD_BYTES = 512;

function isAboutResponse(event: Buffer): boolean {
  return RESPONSE_MEMBER.test(event.toString('latin1', 0, EVENT_HEAD_BYTES));
}

/**
 * Of a text that begins at `start`. Mostly what closes behind the object tells that it is on top; else the text is
 * walked to it.
 */
function countsOfWhole(
  bytes: Buffer,
  start: number,
  lastKey = bytes.lastIndexOf(USAGE_KEY),
): TokenCounts | undefined {
  const last = lastMember(bytes, lastKey);
  if (last === undefined) return undefined;
  const told = countsAt(bytes, last.value);
  if (told !== undefined && countsAnything(told.counts) && CLOSERS.has(closedBehind(bytes, told.end)))
    return told.counts;
  // Each event of many streams says that there is none.
  const isOnlyOne = bytes.indexOf(USAGE_KEY) === last.key;
  return told === undefined && isOnlyOne ? undefined : countsAmong(bytes, usageValues(bytes, start));
}

/** Of the end of a text. */
function countsOfEnd(
  bytes: Buffer,
  closers: typeof CLOSERS,
  lastKey = bytes.lastIndexOf(USAGE_KEY),
): TokenCounts | undefined {
  let member = lastMember(bytes, lastKey);
  let zeros: TokenCounts | undefined;
  for (let candidates = 0; member !== undefined && candidates < CANDIDATES_MAX; candidates += 1) {
    const told = countsAt(bytes, member.value);
    if (told !== undefined && closers.has(closedBehind(bytes, told.end))) {
      if (countsAnything(told.counts)) return told.counts;
      zeros ??= told.counts;
    }
    member = member.key === 0 ? undefined : lastMember(bytes, bytes.lastIndexOf(USAGE_KEY, member.key - 1));
  }
  return zeros;
}

/** The last that counts anything, or else the last. */
function countsAmong(bytes: Buffer, values: readonly number[]): TokenCounts | undefined {
  let zeros: TokenCounts | undefined;
  for (const value of values.slice(-CANDIDATES_MAX).toReversed()) {
    const counts = countsAt(bytes, value)?.counts;
    if (counts !== undefined && countsAnything(counts)) return counts;
    zeros ??= counts;
  }
  return zeros;
}

/**
 * The last member of that name from `lastKey` on down. Inside a JSON string the quotes of `"usage"` would be escaped,
 * so these bytes followed by a colon are a member name wherever the text was cut off.
 */
function lastMember(bytes: Buffer, lastKey: number): Member | undefined {
  for (let key = lastKey; key !== -1; key = key === 0 ? -1 : bytes.lastIndexOf(USAGE_KEY, key - 1)) {
    const value = memberValue(bytes, key + USAGE_KEY.length);
    if (value !== -1) return { key, value };
  }
  return undefined;
}

interface Member {
  readonly key: number;
  readonly value: number;
}

/** Offset of the value behind the rest of the name; -1 if it is another name, or none. */
function memberValue(bytes: Buffer, afterKey: number): number {
  const isGemini = bytes[afterKey] === METADATA[0] && bytes.indexOf(METADATA, afterKey) === afterKey;
  const end = isGemini ? afterKey + METADATA.length : afterKey;
  if (bytes[end] !== QUOTE) return -1;
  const colon = skipSpace(bytes, end + 1);
  return bytes[colon] === COLON ? skipSpace(bytes, colon + 1) : -1;
}

function countsAt(
  bytes: Buffer,
  start: number,
): { readonly counts: TokenCounts; readonly end: number } | undefined {
  if (bytes[start] !== OPEN_BRACE) return undefined;
  const end = nestedEnd(bytes.subarray(0, start + USAGE_BYTES_MAX), start);
  const counts = end < 0 ? undefined : countsFrom(parsed(bytes.toString('utf8', start, end)));
  return counts && { counts, end };
}

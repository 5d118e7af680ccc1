import { GrowingBuffer } from '../json/growing-buffer';
import { SseSplitter } from '../sse/sse';
import { eventData, looksWhole } from '../sse/sse-fields';
import {
  endsStream,
  isErrorEvent,
  isRawError,
  isRawJson,
  kindOfEvent,
  lacksFinish,
} from '../sse/stream-event';
import { mergedCounts, usageOf, type TokenCounts, type Usage } from './token-counts';
import { countsFromEvent } from './usage';

const NOTHING = Buffer.alloc(0);
/** Longer JSON without framing is no error, and goes on as it comes. */
const RAW_BYTES_MAX = 64 * 1024;
/** A finish is followed by usage, an end mark and little else. */
const LAST_EVENTS = 6;
/** How far a field's name may reach into an earlier piece. */
const FIELD_BYTES = 8;

/** What a stream has said so far: nothing, only comments, that an answer is coming, its first content, or an error. */
export type Opening = 'nothing' | 'comment' | 'preamble' | 'content' | 'error';

/**
 * An answer's event stream as its bytes pass: what it begins with, whether an error comes, usage, and whether it may end
 * where it does. What comes out of `push` and `end` is what went in, whole events at a time, but for an error that came as
 * JSON without framing: it never comes out, since clients take it for nothing at all.
 */
export class AnswerStream {
  opening: Opening = 'nothing';
  /** Events before the first content. */
  heldEvents = 0;
  /** Data of the first event that is an error, or that JSON itself. */
  error: string | undefined;
  /** The error came without framing. Nothing comes out any more. */
  isRawError = false;
  readonly #splitter = new SseSplitter((raw) => this.#observe(raw));
  #raw: GrowingBuffer | undefined;
  #rawBytes = 0;
  #mayBeRaw = true;
  #counts: TokenCounts | undefined;
  #isFinished = false;
  /** The last few events that are no comments. */
  readonly #last: Buffer[] = [];

  /** `watchesEnd`: nothing but its events tells whether the stream was whole. */
  constructor(private readonly watchesEnd: boolean) {}

  /** The bytes that may go on now. */
  push(chunk: Buffer): Buffer {
    if (this.isRawError) return NOTHING;
    if (this.#raw !== undefined) return this.#pushRaw(chunk);
    const whole = this.#splitter.push(chunk);
    // No error is as long as that.
    if (this.#isOpening && this.#splitter.isMidEvent) this.opening = 'content';
    const stopped = this.#splitter.takeStopped();
    if (stopped === undefined) return whole;
    this.#raw = new GrowingBuffer();
    const released = this.#pushRaw(stopped);
    return released.length === 0 ? whole : Buffer.concat([whole, released]);
  }

  /** The bytes that are left when nothing follows. */
  end(): Buffer {
    if (this.isRawError) return NOTHING;
    const rest = this.#takeRaw() ?? this.#splitter.rest();
    if (rest.length === 0) return rest;
    if (this.#mayBeRaw && isRawJson(rest)) return this.#judgeRaw(rest) ? NOTHING : rest;
    if (!looksWhole(rest) && eventData(rest) !== undefined) this.#isFinished = false;
    return rest;
  }

  /** Content will not be waited for any longer: what has come so far is an error, or the beginning of an answer. */
  decide(): void {
    if (!this.#isOpening) return;
    const raw = this.#raw?.peek() ?? this.#splitter.unfinished;
    if (isRawJson(raw) && isRawError(raw.toString('utf8'))) this.#noteRawError(raw);
    else this.opening = 'content';
  }

  /** The stream broke off or fell silent: an error that came without framing may be the reason. */
  broken(): void {
    const raw = this.#raw?.peek() ?? this.#splitter.unfinished;
    if (isRawJson(raw) && isRawError(raw.toString('utf8'))) this.#noteRawError(raw);
  }

  /** Only for a stream of which nothing else tells: it ended within an event or without a last one. */
  get isCutShort(): boolean {
    return this.watchesEnd && !this.#isFinished;
  }

  /**
   * It came whole, as far as the connection says, but in a format whose answers end with a finish it has none. Ask at its end.
   */
  get isUnfinished(): boolean {
    return this.opening === 'content' && this.error === undefined && lacksFinish(this.#last);
  }

  /** What its events have told together so far. */
  get usage(): Usage | undefined {
    return this.#counts === undefined ? undefined : usageOf(this.#counts);
  }

  get isMidEvent(): boolean {
    return !this.isRawError && this.#splitter.isMidEvent;
  }

  get #isOpening(): boolean {
    return this.opening !== 'content' && this.opening !== 'error';
  }

  #observe(raw: Buffer): boolean {
    if (this.#mayBeRaw && isRawJson(raw)) return false;
    this.#last.push(raw);
    if (this.#last.length > LAST_EVENTS) this.#last.shift();
    if (this.#isOpening) this.#open(raw);
    else if (isErrorEvent(raw)) this.error ??= eventData(raw) ?? '';
    const counts = countsFromEvent(raw);
    if (counts !== undefined) this.#counts = mergedCounts(this.#counts, counts);
    if (this.watchesEnd) this.#isFinished ||= this.error !== undefined || endsStream(raw);
    return true;
  }

  #open(raw: Buffer): void {
    this.heldEvents += 1;
    const kind = kindOfEvent(raw);
    if (kind === 'error') this.error = eventData(raw) ?? '';
    if (kind === 'content' || kind === 'error' || kind === 'preamble') this.opening = kind;
    else if (this.opening === 'nothing') this.opening = 'comment';
  }

  /** Collects JSON until the stream ends, its events go on, or it proves long. */
  #pushRaw(chunk: Buffer): Buffer {
    const raw = this.#raw;
    if (raw === undefined) return NOTHING;
    const before = this.#rawBytes;
    raw.append(chunk);
    this.#rawBytes += chunk.length;
    const next = nextEvent(raw.peek(), Math.max(0, before - FIELD_BYTES));
    if (next === -1 && this.#rawBytes <= RAW_BYTES_MAX) return NOTHING;
    const bytes = this.#takeRaw() ?? NOTHING;
    if (next !== -1 && this.#judgeRaw(bytes.subarray(0, next))) return NOTHING;
    this.#mayBeRaw = false;
    if (this.#isOpening) this.opening = 'content';
    return this.#splitter.push(bytes);
  }

  #takeRaw(): Buffer | undefined {
    const bytes = this.#raw?.take();
    this.#raw = undefined;
    this.#rawBytes = 0;
    return bytes;
  }

  /** Whether it is an error; else it is an answer, if a strange one. */
  #judgeRaw(bytes: Buffer): boolean {
    const isError = isRawError(bytes.toString('utf8'));
    if (isError) this.#noteRawError(bytes);
    else if (this.#isOpening) this.opening = 'content';
    this.#isFinished = true;
    return isError;
  }

  #noteRawError(bytes: Buffer): void {
    this.isRawError = true;
    this.error ??= bytes.toString('utf8').trim();
    if (this.#isOpening) this.opening = 'error';
  }
}

const FIELDS = ['data:', 'event:', ': '].map((field) => Buffer.from(`\n${field}`));

/** Offset of the first line at or behind `from` that begins an event again, -1 if there is none. */
function nextEvent(bytes: Buffer, from: number): number {
  const places = FIELDS.map((field) => bytes.indexOf(field, from)).filter((place) => place !== -1);
  return places.length === 0 ? -1 : Math.min(...places) + 1;
}

import { GrowingBuffer } from '../json/growing-buffer';
import { SseSplitter } from '../sse/sse';
import { eventData } from '../sse/sse-fields';
import { StreamEnd, typeOf } from '../sse/stream-end';
import { isErrorEvent, isRawError, isRawJson, kindOfEvent } from '../sse/stream-event';
import type { StreamFormat } from '../sse/stream-kinds';
import { EventTokens, type PassedTokens } from './passed-tokens';
import { mergedCounts, usageOf, type TokenCounts, type Usage } from './token-counts';
import { countsFromEvent } from './usage';

const NOTHING = Buffer.alloc(0);
/** Longer JSON without framing is not an error, and is passed on as it comes. */
const RAW_BYTES_MAX = 64 * 1024;
/** How far a field's name may reach into an earlier piece. */
const FIELD_BYTES = 8;

/** What a stream has said so far: nothing, only comments, that an answer is coming, its first content, or an error. */
export type Opening = 'nothing' | 'comment' | 'preamble' | 'content' | 'error';

/**
 * An answer's event stream as its bytes pass: what it begins with, whether an error comes, usage, and whether it may
 * end where it does. What comes out of `push` and `end` is what went in, whole events at a time, but for an error that
 * came as JSON without framing: it never comes out, since clients take it for nothing at all.
 */
export class AnswerStream {
  opening: Opening = 'nothing';
  /** Events before the first content. */
  heldEvents = 0;
  /** Data of the first event that is an error, or that JSON itself. */
  error: string | undefined;
  /** The error came without framing. Nothing comes out any more. */
  isRawError = false;
  readonly #splitter = new SseSplitter(
    (raw) => this.#observe(raw),
    {},
    (ends) => this.#observeLong(ends),
  );
  #raw: GrowingBuffer | undefined;
  #rawBytes = 0;
  #mayBeRaw = true;
  #counts: TokenCounts | undefined;
  /** Something of it was told behind the beginning. */
  #isCounted = false;
  readonly #tokens = new EventTokens();
  readonly #end = new StreamEnd();
  /** JSON without framing that is no error came last. */
  #isRawAnswer = false;

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
    // What has gone out already of JSON without framing is an answer, if a strange one.
    if (this.#mayBeRaw && isRawJson(this.#splitter.unfinished)) this.#isRawAnswer = true;
    const rest = this.#takeRaw() ?? this.#splitter.rest();
    if (rest.length === 0) return rest;
    if (this.#mayBeRaw && isRawJson(rest)) return this.#judgeRaw(rest) ? NOTHING : rest;
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

  /**
   * It ended within an event, or is of a kind whose answers end with a finish, and has none. Ask at its end, of a
   * stream that has content.
   */
  get isUnfinished(): boolean {
    if (this.error !== undefined || this.#isRawAnswer) return false;
    return this.#splitter.endsWithinJson || this.#end.isMissing;
  }

  get format(): StreamFormat | undefined {
    return this.#end.format;
  }

  /**
   * What its events have told together so far; undefined while only Anthropic's first one has, which counts no more
   * than the first word of the answer.
   */
  get usage(): Usage | undefined {
    return this.#counts !== undefined && this.#isCounted ? usageOf(this.#counts) : undefined;
  }

  get passedTokens(): PassedTokens {
    return this.#tokens.passed;
  }

  get isMidEvent(): boolean {
    return !this.isRawError && this.#splitter.isMidEvent;
  }

  get #isOpening(): boolean {
    return this.opening !== 'content' && this.opening !== 'error';
  }

  #observe(raw: Buffer): boolean {
    if (this.#mayBeRaw && isRawJson(raw)) return false;
    this.#isRawAnswer = false;
    this.#end.observe(raw);
    if (this.#isOpening) this.#open(raw);
    else if (isErrorEvent(raw)) this.error ??= eventData(raw) ?? '';
    this.#count(raw);
    return true;
  }

  /** Of an event that is too long to be kept: what tells its type, and its tokens. */
  #observeLong(ends: Buffer): void {
    this.#end.observe(ends);
    this.#count(ends, false);
  }

  #count(raw: Buffer, isWhole = true): void {
    this.#tokens.observe(raw);
    const counts = countsFromEvent(raw, isWhole);
    if (counts === undefined) return;
    this.#counts = mergedCounts(this.#counts, counts);
    this.#isCounted ||= typeOf(raw) !== 'message_start';
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
    this.#isRawAnswer = true;
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
    this.#isRawAnswer = true;
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

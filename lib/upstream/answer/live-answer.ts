import { readAnswer, type ReadAnswer } from '../../openai/answer/answer-facts';
import { AnswerStream } from '../../openai/answer/answer-stream';
import { LineStream } from '../../openai/answer/line-stream';
import { JsonEnd } from '../../openai/json/json-end';
import { framingOf, isVagueType, type Framing } from '../../openai/sse/framing';
import { eventData } from '../../openai/sse/sse';
import { tokensInBytes, type PassedTokens } from '../../openai/answer/passed-tokens';
import { JsonUsageScanner, type Usage } from '../../openai/answer/usage';
import type { Facts } from '../../balancer/facts';
import type { HeaderRecord } from '../../balancer/ports';
import type { BodyEnd, BodySink, UpstreamAnswer } from './answer';
import type { ByteSource } from './byte-source';
import { isIdentity } from './decoding';
import { withShortMasks } from '../redaction/mask';
import { RedactionStream } from '../redaction/redaction-stream';
import type { Redactor } from '../redaction/redactor';
import type { UpstreamRequest } from '../target';

/**
 * An answer that nobody reads yet is paused when it has sent this much; a stream of which nothing is known yet, later.
 */
export const HELD_BYTES_MAX = 64 * 1024;
export const HELD_STREAM_BYTES_MAX = 256 * 1024;

const NO_CONTENT = 204;

/**
 * An answer from its head on. The dial feeds it; a sink reads it, at first what has been held for it. Secrets are
 * hidden as the bytes come in, so nobody gets to see one.
 */
// oxlint-disable-next-line house/class-length -- the states of one answer: held, read, ended or broken off
export class LiveAnswer implements UpstreamAnswer {
  readonly headers: HeaderRecord;
  /** When its head came; milliseconds since the epoch. */
  readonly arrivedAt: number;
  errorText: string | undefined;
  errorData: string | undefined;
  bytes = 0;
  heldBytes = 0;
  /** Lower case; '' if there is none. */
  readonly contentType: string;
  /** The body is not encoded, or not any more. */
  readonly isReadable: boolean;
  readonly #isTypedStream: boolean;
  /** Only of a successful event stream. */
  stream: AnswerStream | undefined;
  /** The first bytes, as long as they are too few to tell whether this is an event stream. */
  #undecided: Buffer | undefined;
  #lines: LineStream | undefined;
  #jsonUsage: JsonUsageScanner | undefined;
  #jsonEnd: JsonEnd | undefined;
  readonly #redaction: RedactionStream;
  #held: Buffer[] = [];
  #sink: BodySink | undefined;
  #isEnded = false;
  #broken: BodyEnd | undefined;
  #brokenFacts: Facts | undefined;
  #usage: Usage | undefined;

  constructor(
    private readonly source: ByteSource,
    readonly status: number,
    headers: HeaderRecord,
    redactor: Redactor,
    private readonly request: Pick<UpstreamRequest, 'model' | 'isStream' | 'expects'> &
      Partial<Pick<UpstreamRequest, 'method'>>,
    private readonly now: () => number,
  ) {
    this.headers = redactor.headers(headers);
    this.arrivedAt = now();
    this.#redaction = new RedactionStream(redactor);
    this.contentType = String(headers['content-type'] ?? '').toLowerCase();
    this.isReadable = isIdentity(headers['content-encoding']);
    this.#isTypedStream = this.isReadable && this.contentType.startsWith('text/event-stream');
    const hasBody = request.method !== 'HEAD' && status !== NO_CONTENT;
    if (!this.isReadable || status >= 300 || !hasBody) return;
    if (this.#isTypedStream) this.stream = new AnswerStream();
    else if (request.isStream === true && isVagueType(this.contentType)) this.#undecided = Buffer.alloc(0);
    else this.#decideFraming('other');
  }

  get isEventStream(): boolean {
    return this.stream !== undefined || this.#isTypedStream;
  }

  /** Nothing that has come tells yet whether it is an event stream. */
  get isUndecided(): boolean {
    return this.#undecided !== undefined;
  }

  /** It came to its end in the middle of its JSON. */
  get endsWithinJson(): boolean {
    return this.#jsonEnd?.isOpen === true;
  }

  receive(chunk: Buffer): void {
    if (this.#broken !== undefined) return;
    this.bytes += chunk.length;
    this.#take(this.#redaction.push(chunk));
    if (this.stream?.isRawError === true) this.#breakRaw();
  }

  end(): void {
    if (this.#broken !== undefined) return;
    this.#take(this.#redaction.end(), true);
    if (this.stream !== undefined) this.#emit(this.stream.end());
    if (this.stream?.isRawError === true) return this.#breakRaw();
    const missing = this.#missingEnd();
    if (missing !== undefined) return this.breakOff('cut', missing);
    this.#isEnded = true;
    this.#usage ??= this.#lines?.usage ?? this.#jsonUsage?.finish();
    this.#sink?.end();
  }

  /** Why what has come is only a part of an answer, though its connection ended well; undefined if it is whole. */
  #missingEnd(): string | undefined {
    const { stream } = this;
    if (stream?.opening === 'content' && stream.isUnfinished) return 'the stream ended without a finish';
    if (this.endsWithinJson) return 'the answer ended in the middle of its JSON';
    this.#lines?.end();
    return this.#lines?.isUnfinished === true ? 'the stream ended without a finish' : undefined;
  }

  breakOff(kind: BodyEnd['kind'], message: string): void {
    if (this.#broken !== undefined || this.#isEnded) return;
    this.#take(this.#redaction.end(), true);
    this.stream?.broken();
    this.#broken = { kind, message, ...this.#breakingPoint() };
    this.#sink?.fail(this.#broken);
  }

  /** What last words have to fit to. */
  #breakingPoint(): Omit<BodyEnd, 'kind' | 'message'> {
    const { stream } = this;
    const lines = this.#lines?.isLines === true ? this.#lines : undefined;
    const errorText = stream?.isRawError === true ? stream.error : undefined;
    return {
      isMidEvent: lines?.isMidLine ?? stream?.isMidEvent ?? false,
      isLines: lines !== undefined,
      format: stream?.format,
      ...(errorText !== undefined && { errorText }),
    };
  }

  /** Nothing more will come of it. */
  get isOver(): boolean {
    return this.#isEnded || this.#broken !== undefined;
  }

  /** What has been held must do, as an answer or as an error. */
  decide(): void {
    if (this.#undecided !== undefined) this.#take(Buffer.alloc(0), true);
    this.stream?.decide();
    if (this.stream?.isRawError === true) this.#breakRaw();
  }

  /** What has been held so far, which stays held. */
  peek(): Buffer {
    if (this.#held.length !== 1) this.#held = [Buffer.concat(this.#held)];
    return this.#held[0] ?? Buffer.alloc(0);
  }

  /**
   * Of a failed answer that has been read as far as it will be: what it says, and the status that it stands for. Keeps
   * its text.
   */
  readError(): ReadAnswer {
    const bytes = this.peek();
    const text = this.isReadable ? bytes.toString('utf8') : '';
    const { stream } = this;
    this.errorText = stream?.isRawError === true ? stream.error : text;
    this.errorData = stream?.error ?? (this.isEventStream ? (eventData(bytes) ?? text) : text);
    return this.#read(this.errorData);
  }

  get usage(): Usage | undefined {
    return this.stream === undefined ? this.#usage : this.stream.usage;
  }

  get passedTokens(): PassedTokens {
    return this.stream?.passedTokens ?? tokensInBytes(this.isReadable ? this.bytes : Infinity);
  }

  get brokenFacts(): Facts | undefined {
    const { stream } = this;
    const error = stream?.opening === 'content' ? stream.error : this.#lines?.error;
    if (error === undefined) return undefined;
    this.#brokenFacts ??= this.#read(error).facts;
    return this.#brokenFacts;
  }

  attach(sink: BodySink): void {
    this.#sink = sink;
    const held = this.#held;
    this.#held = [];
    let wantsMore = true;
    for (const chunk of held) wantsMore = sink.data(chunk);
    if (this.#isEnded) sink.end();
    else if (this.#broken !== undefined) sink.fail(this.#broken);
    else if (wantsMore) this.source.resume();
    else this.source.pause();
  }

  resume(): void {
    this.source.resume();
  }

  abort(): void {
    this.#sink = undefined;
    this.#held = [];
    if (!this.#isEnded) this.source.abort(new Error('the answer is not wanted any more'));
  }

  stop(message: string): void {
    if (this.isOver) return;
    this.breakOff('stopped', message);
    this.source.abort(new Error(message));
  }

  /** `isLast`: what has come so far must do to tell what it is. */
  #take(bytes: Buffer, isLast = false): void {
    const clean = this.#undecided === undefined ? bytes : this.#decideBy(this.#undecided, bytes, isLast);
    if (clean.length === 0) return;
    this.#jsonUsage?.push(clean);
    this.#jsonEnd?.push(clean);
    this.#lines?.push(clean);
    this.#emit(this.stream === undefined ? clean : this.stream.push(clean));
  }

  /** What may be taken now of bytes that are still to tell what they are. */
  #decideBy(earlier: Buffer, bytes: Buffer, isLast: boolean): Buffer {
    const first = earlier.length === 0 ? bytes : Buffer.concat([earlier, bytes]);
    const framing = framingOf(first) ?? (isLast ? 'other' : undefined);
    this.#undecided = framing === undefined ? first : undefined;
    if (framing === undefined) return Buffer.alloc(0);
    this.#decideFraming(framing);
    return first;
  }

  #decideFraming(framing: Framing): void {
    if (framing === 'events') {
      this.stream = new AnswerStream();
      return;
    }
    const { contentType, request, headers, status } = this;
    if (contentType.includes('json'))
      this.#jsonUsage = new JsonUsageScanner(undefined, this.request.expects !== 'answer');
    if (framing === 'json') this.#lines = new LineStream(contentType);
    // Of a short answer with a length all has come, and a part of one ends anywhere.
    const length = Number(headers['content-length'] ?? Infinity);
    const isJudged = request.expects === 'answer' && status !== 206 && contentType.includes('json');
    if (isJudged && length > HELD_BYTES_MAX) this.#jsonEnd = new JsonEnd();
  }

  #emit(chunk: Buffer): void {
    if (chunk.length === 0) return;
    if (this.#sink !== undefined) {
      if (!this.#sink.data(chunk)) this.source.pause();
      return;
    }
    this.#held.push(chunk);
    this.heldBytes += chunk.length;
    const max = this.stream === undefined ? HELD_BYTES_MAX : HELD_STREAM_BYTES_MAX;
    if (this.heldBytes > max) this.source.pause();
  }

  /** Clients would take it for nothing at all, so it becomes the stream's last event. */
  #breakRaw(): void {
    const message = this.brokenFacts?.message ?? 'an error came without the framing of an event';
    this.breakOff('cut', message);
    this.source.abort(new Error('the stream is broken'));
  }

  #read(body: string): ReadAnswer {
    const { headers, request } = this;
    const { model } = request;
    const { status, facts } = readAnswer({ status: this.status, headers, body, model }, this.now());
    return { status, facts: forPeople(facts) };
  }
}

/** What an answer says may be told in a line. */
function forPeople(facts: Facts): Facts {
  const { code, message } = facts;
  const short = (text: string | undefined) => (text === undefined ? undefined : withShortMasks(text));
  return { ...facts, code: short(code), message: short(message) };
}

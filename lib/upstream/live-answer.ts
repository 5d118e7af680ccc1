import { readAnswer, type ReadAnswer } from '../openai/answer-facts';
import { AnswerStream } from '../openai/answer-stream';
import { eventData } from '../openai/sse';
import { JsonUsageScanner, type Usage } from '../openai/usage';
import type { Facts } from '../balancer/facts';
import type { HeaderRecord } from '../balancer/ports';
import type { BodyEnd, BodySink, UpstreamAnswer } from './answer';
import type { ByteSource } from './byte-source';
import { decodedCopy, isIdentity } from './decoding';
import { redactBytes, redactFacts, redactHeaders, redactText } from './redact';
import type { UpstreamKey } from './target';

/** An answer that nobody reads yet is paused when it has sent this much; a stream of which nothing is known yet, later. */
export const HELD_BYTES_MAX = 64 * 1024;
export const HELD_STREAM_BYTES_MAX = 256 * 1024;
/** Of an error that is decoded for reading only. */
const COPY_BYTES_MAX = 1024 * 1024;
/** What cannot be decoded is taken for an answer. */
const NOTHING_READ = Buffer.from('{"data":"unread"}');

/** An answer from its head on. The dial feeds it; a sink reads it, at first what has been held for it. */
export class LiveAnswer implements UpstreamAnswer {
  headers: HeaderRecord;
  errorText: string | undefined;
  errorData: string | undefined;
  bytes = 0;
  heldBytes = 0;
  /** Lower case; '' if there is none. */
  readonly contentType: string;
  /** The body is no longer encoded, or never was. */
  readonly isReadable: boolean;
  readonly isEventStream: boolean;
  /** Only of a successful event stream. */
  readonly stream: AnswerStream | undefined;
  readonly #jsonUsage: JsonUsageScanner | undefined;
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
    private readonly key: UpstreamKey,
    private readonly model: string | undefined,
    private readonly now: () => number,
  ) {
    this.headers = headers;
    this.contentType = String(headers['content-type'] ?? '').toLowerCase();
    this.isReadable = isIdentity(headers['content-encoding']);
    this.isEventStream = this.isReadable && this.contentType.startsWith('text/event-stream');
    if (!this.isReadable || status >= 300) return;
    if (this.isEventStream) this.stream = new AnswerStream(endsWithConnection(headers));
    else if (this.contentType.includes('json')) this.#jsonUsage = new JsonUsageScanner();
  }

  receive(chunk: Buffer): void {
    if (this.#broken !== undefined) return;
    this.bytes += chunk.length;
    this.#jsonUsage?.push(chunk);
    this.#emit(this.stream === undefined ? chunk : this.stream.push(chunk));
    if (this.stream?.isRawError === true) this.#breakRaw();
  }

  end(): void {
    if (this.#broken !== undefined) return;
    const { stream } = this;
    if (stream !== undefined) {
      this.#emit(stream.end());
      if (stream.isRawError) return this.#breakRaw();
      if (stream.isCutShort)
        return this.breakOff('cut', 'the connection closed before the stream was finished');
    }
    this.#isEnded = true;
    this.#usage ??= this.#jsonUsage?.finish();
    this.#sink?.end();
  }

  breakOff(kind: BodyEnd['kind'], message: string): void {
    if (this.#broken !== undefined || this.#isEnded) return;
    const { stream } = this;
    stream?.broken();
    const isMidEvent = stream?.isMidEvent ?? false;
    const error = stream?.isRawError === true ? stream.error : undefined;
    this.#broken = {
      kind,
      message,
      isMidEvent,
      ...(error !== undefined && { errorText: redactText(error, this.key) }),
    };
    this.#sink?.fail(this.#broken);
  }

  /** Nothing more will come of it. */
  get isOver(): boolean {
    return this.#isEnded || this.#broken !== undefined;
  }

  /** What has been held must do, as an answer or as an error. */
  decide(): void {
    this.stream?.decide();
    if (this.stream?.isRawError === true) this.#breakRaw();
  }

  /** What has been held so far, which stays held. */
  peek(): Buffer {
    if (this.#held.length !== 1) this.#held = [Buffer.concat(this.#held)];
    return this.#held[0] ?? Buffer.alloc(0);
  }

  /** The same decoded, as far as it can be. Takes note of the usage in it if that `isWhole`. */
  content(isWhole: boolean): Buffer {
    const bytes = this.peek();
    if (this.isReadable) return bytes;
    const copy = decodedCopy(bytes, this.headers['content-encoding'], COPY_BYTES_MAX) ?? NOTHING_READ;
    if (isWhole && copy !== NOTHING_READ) {
      const scanner = new JsonUsageScanner();
      scanner.push(copy);
      this.#usage = scanner.finish();
    }
    return copy;
  }

  /**
   * Of a failed answer that has been read as far as it will be: what it says, and the status that it stands for. Keeps its
   * text, and hides the key wherever it stands.
   */
  readError(): ReadAnswer {
    this.headers = redactHeaders(this.headers, this.key);
    const text = this.#cleanHeld().toString('utf8');
    const { stream } = this;
    const raw = stream?.error === undefined ? undefined : redactText(stream.error, this.key);
    this.errorText = stream?.isRawError === true ? raw : text;
    this.errorData = raw ?? (this.isEventStream ? (eventData(Buffer.from(text)) ?? text) : text);
    return this.#read(this.errorData);
  }

  get usage(): Usage | undefined {
    return this.stream === undefined ? this.#usage : this.stream.usage;
  }

  get isUnfinished(): boolean {
    return this.#isEnded && this.stream?.isUnfinished === true;
  }

  get brokenFacts(): Facts | undefined {
    const { stream, key } = this;
    if (stream?.opening !== 'content' || stream.error === undefined) return undefined;
    this.#brokenFacts ??= this.#read(redactText(stream.error, key)).facts;
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

  #emit(chunk: Buffer): void {
    if (chunk.length === 0) return;
    const clean = this.stream?.error === undefined ? chunk : redactBytes(chunk, this.key);
    if (this.#sink !== undefined) {
      if (!this.#sink.data(clean)) this.source.pause();
      return;
    }
    this.#held.push(clean);
    this.heldBytes += clean.length;
    const max = this.stream === undefined ? HELD_BYTES_MAX : HELD_STREAM_BYTES_MAX;
    if (this.heldBytes > max) this.source.pause();
  }

  /** Clients would take it for nothing at all, so it becomes the stream's last event. */
  #breakRaw(): void {
    const message = this.brokenFacts?.message ?? 'an error came without the framing of an event';
    this.breakOff('cut', message);
    this.source.abort(new Error('the stream is broken'));
  }

  #cleanHeld(): Buffer {
    const bytes = this.peek();
    const encoding = this.headers['content-encoding'];
    const copy = this.isReadable ? undefined : decodedCopy(bytes, encoding, COPY_BYTES_MAX);
    const text = copy ?? bytes;
    const clean = redactBytes(text, this.key);
    if (clean === text) return text;
    this.headers = { ...this.headers, 'content-length': undefined, 'content-encoding': undefined };
    this.#held = [clean];
    return clean;
  }

  #read(body: string): ReadAnswer {
    const { headers, model } = this;
    const { status, facts } = readAnswer({ status: this.status, headers, body, model }, this.now());
    return { status, facts: redactFacts(facts, this.key) };
  }
}

/** Nothing but the end of its connection ends such a body, so a connection that was lost looks the same. */
function endsWithConnection(headers: HeaderRecord): boolean {
  return headers['content-length'] === undefined && headers['transfer-encoding'] === undefined;
}

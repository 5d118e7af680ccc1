import type { Dispatcher } from 'undici';
import type { HeaderRecord } from '../balancer/ports';
import { errorFromEvent, type UpstreamError } from '../openai/errors';
import { eventData, SseSplitter } from '../openai/sse';
import { JsonUsageScanner, usageFromEvent, type Usage } from '../openai/usage';
import type { BodyEnd, BodySink, UpstreamAnswer } from './answer';
import { redactBytes, redactHeaders, redactText } from './redact';
import type { UpstreamKey } from './target';

/** An answer that nobody reads yet is paused when it has sent this much. */
export const HELD_BYTES_MAX = 64 * 1024;

/** An answer from its head on. The dial feeds it; a sink reads it, at first what has been held for it. */
export class LiveAnswer implements UpstreamAnswer {
  headers: HeaderRecord;
  errorText: string | undefined;
  usage: Usage | undefined;
  bytes = 0;
  streamError: string | undefined;
  /** Of an event stream: something other than comments and the end mark has come. */
  hasEvent = false;
  /** The first event is an error. */
  firstError: UpstreamError | undefined;
  heldBytes = 0;

  readonly isEventStream: boolean;
  readonly #splitter: SseSplitter | undefined;
  readonly #jsonUsage: JsonUsageScanner | undefined;
  #held: Buffer[] = [];
  #sink: BodySink | undefined;
  #ended = false;
  #hasError = false;
  #broken: BodyEnd | undefined;

  constructor(
    private readonly controller: Dispatcher.DispatchController,
    readonly status: number,
    headers: HeaderRecord,
    private readonly key: UpstreamKey,
  ) {
    this.headers = headers;
    const contentType = String(headers['content-type'] ?? '').toLowerCase();
    const isReadable =
      headers['content-encoding'] === undefined || headers['content-encoding'] === 'identity';
    this.isEventStream = isReadable && contentType.startsWith('text/event-stream');
    if (this.isEventStream) this.#splitter = new SseSplitter((raw) => this.#observe(raw));
    else if (isReadable && status < 300 && contentType.includes('json')) {
      this.#jsonUsage = new JsonUsageScanner();
    }
  }

  receive(chunk: Buffer): void {
    this.bytes += chunk.length;
    this.#jsonUsage?.push(chunk);
    const whole = this.#splitter === undefined ? chunk : this.#splitter.push(chunk);
    if (whole.length > 0) this.#emit(this.#hasError ? redactBytes(whole, this.key) : whole);
  }

  end(): void {
    this.#ended = true;
    const rest = this.#splitter?.rest();
    if (rest !== undefined && rest.length > 0) this.#emit(rest);
    this.usage ??= this.#jsonUsage?.finish();
    this.#sink?.end();
  }

  breakOff(kind: BodyEnd['kind'], message: string): void {
    this.#broken = { kind, message, isMidEvent: this.#splitter?.isMidEvent ?? false };
    this.#sink?.fail(this.#broken);
  }

  /** Of a failed answer that has been read as far as it will be: keeps its text, without the key. */
  readError(): string {
    const bytes = Buffer.concat(this.#held);
    const clean = redactBytes(bytes, this.key);
    this.headers = redactHeaders(this.headers, this.key);
    if (clean !== bytes) this.headers = { ...this.headers, 'content-length': undefined };
    this.#held = [clean];
    this.errorText = clean.toString('utf8');
    return this.errorText;
  }

  attach(sink: BodySink): void {
    this.#sink = sink;
    const held = this.#held;
    this.#held = [];
    let wantsMore = true;
    for (const chunk of held) wantsMore = sink.data(chunk);
    if (this.#ended) sink.end();
    else if (this.#broken !== undefined) sink.fail(this.#broken);
    else if (wantsMore) this.controller.resume();
    else this.controller.pause();
  }

  resume(): void {
    this.controller.resume();
  }

  abort(): void {
    this.#sink = undefined;
    this.#held = [];
    if (!this.#ended) this.controller.abort(new Error('the answer is not wanted any more'));
  }

  #emit(chunk: Buffer): void {
    if (this.#sink !== undefined) {
      if (!this.#sink.data(chunk)) this.controller.pause();
      return;
    }
    this.#held.push(chunk);
    this.heldBytes += chunk.length;
    if (this.heldBytes > HELD_BYTES_MAX) this.controller.pause();
  }

  #observe(raw: Buffer): void {
    const error = errorFromEvent(raw);
    if (!this.hasEvent) {
      const data = eventData(raw);
      if (data === undefined || data === '[DONE]') return;
      this.hasEvent = true;
      this.firstError = error;
    }
    if (error !== undefined) {
      this.#hasError = true;
      this.streamError ??= redactText(error.message ?? error.code ?? 'error event', this.key);
    }
    this.usage = usageFromEvent(raw) ?? this.usage;
  }
}

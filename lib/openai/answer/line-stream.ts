import { GrowingBuffer } from '../json/growing-buffer';
import { isErrorEvent } from '../sse/stream-event';
import { StreamEnd } from '../sse/stream-end';
import type { StreamFormat } from '../sse/stream-kinds';
import { mergedCounts, usageOf, type TokenCounts, type Usage } from './token-counts';
import { countsFromEvent } from './usage';

const LF = 0x0a;
const OPEN_BRACE = 0x7b;
/** A longer line is not looked into. */
const LINE_BYTES_MAX = 256 * 1024;
const LINES_TYPE = /ndjson|jsonl|json-lines|json-seq|stream\+json/;
const DATA = Buffer.from('data: ');

/** Watches an answer that may be a stream of lines, each of them JSON, as it passes. One text of JSON is none. */
export class LineStream {
  /** The first line that is an error. */
  error: string | undefined;
  readonly #line = new GrowingBuffer();
  #lineBytes = 0;
  readonly #end = new StreamEnd();
  #counts: TokenCounts | undefined;
  #objects = 0;
  readonly #isTyped: boolean;

  constructor(contentType: string) {
    this.#isTyped = LINES_TYPE.test(contentType);
  }

  push(chunk: Buffer): void {
    let at = 0;
    for (let lf = chunk.indexOf(LF); lf !== -1; lf = chunk.indexOf(LF, at)) {
      this.#extend(chunk.subarray(at, lf));
      this.#endLine();
      at = lf + 1;
    }
    this.#extend(chunk.subarray(at));
  }

  /** Nothing follows: what has come of a last line counts, and stays a line without its end. */
  end(): void {
    const lineBytes = this.#lineBytes;
    this.#endLine();
    this.#lineBytes = lineBytes;
  }

  /** It is one of these. */
  get isLines(): boolean {
    return this.#isTyped || this.#objects > 1;
  }

  /** The last line that came has no end. */
  get isMidLine(): boolean {
    return this.#lineBytes > 0;
  }

  /** Ask at its end. */
  get isUnfinished(): boolean {
    return this.isLines && this.error === undefined && this.#end.isMissing;
  }

  get format(): StreamFormat | undefined {
    return this.#end.format;
  }

  get usage(): Usage | undefined {
    return this.#counts === undefined ? undefined : usageOf(this.#counts);
  }

  #extend(piece: Buffer): void {
    this.#lineBytes += piece.length;
    if (this.#lineBytes <= LINE_BYTES_MAX) this.#line.append(piece);
  }

  #endLine(): void {
    const isShort = this.#lineBytes <= LINE_BYTES_MAX;
    const line = this.#line.take();
    this.#lineBytes = 0;
    if (!isShort || line[0] !== OPEN_BRACE) return;
    this.#objects += 1;
    const event = Buffer.concat([DATA, line]);
    this.#end.observe(event);
    if (this.isLines && isErrorEvent(event)) this.error ??= line.toString('utf8');
    const counts = countsFromEvent(event);
    if (counts !== undefined) this.#counts = mergedCounts(this.#counts, counts);
  }
}

import { errorEvent } from '../../openai/errors/errors';
import { GATEWAY_ERRORS } from './errors';
import { PassingResponse } from './passing-response';

/** A response whose head has gone out. */
export class HeadlessResponse extends PassingResponse {
  override start(): void {
    // The client has the head of a stream already.
  }
}

const LINE_START = 'data: ';
const LAST_WORDS = errorEvent({
  message: 'The upstream broke off in the middle of its answer.',
  type: GATEWAY_ERRORS.stream_cut.type,
  code: 'stream_cut',
});

/** Sends a body of JSON as one event, as it comes, and the end mark behind it, to a client that expects events. */
export class EventResponse extends HeadlessResponse {
  #hasBegun = false;

  override write(chunk: Buffer): boolean {
    // Byte for byte, so that a character may be cut by the end of a chunk. A CR in JSON means nothing.
    const text = chunk.toString('latin1').replaceAll('\r', '').replaceAll('\n', `\n${LINE_START}`);
    const start = this.#hasBegun ? '' : LINE_START;
    this.#hasBegun = true;
    return this.response.write(Buffer.from(start + text, 'latin1'));
  }

  override end(chunk?: Buffer): void {
    if (chunk !== undefined) this.write(chunk);
    this.response.end(Buffer.from(`${this.#hasBegun ? '\n\n' : ''}data: [DONE]\n\n`));
  }

  override breakOff(): void {
    const words = this.#hasBegun ? Buffer.concat([Buffer.from('\n\n'), LAST_WORDS]) : LAST_WORDS;
    this.response.breakOff(words);
  }
}

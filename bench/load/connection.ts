import { connect, type Socket } from 'node:net';
import type { Target } from './job';

const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = '\r\n0\r\n\r\n';

/**
 * One kept-alive HTTP/1.1 connection that sends one request again and again. Made to cost little, not to be general.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #request: Buffer;
  #status = 0;
  /** Bytes of the body that are missing; -1 if the head is, Infinity if only the last chunk will tell. */
  #missing = -1;
  #tail = '';
  #isWaiting = false;

  constructor(
    target: Target,
    private readonly on: {
      readonly answered: (status: number) => void;
      readonly data?: (chunk: Buffer) => void;
      /** Closed by the other side; `isWaiting` tells whether an answer was still to come. */
      readonly lost: (isWaiting: boolean) => void;
    },
  ) {
    this.#request = requestBytes(target);
    this.#socket = connect({ port: target.port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk) => this.#receive(chunk));
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => this.on.lost(this.#isWaiting));
  }

  /** Of the last answer. */
  get status(): number {
    return this.#status;
  }

  send(): void {
    this.#missing = -1;
    this.#isWaiting = true;
    this.#socket.write(this.#request);
  }

  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    const body = this.#missing === -1 ? this.#readHead(chunk) : chunk;
    this.on.data?.(body);
    if (this.#missing === Infinity) {
      this.#tail = (this.#tail + body.toString('latin1', Math.max(0, body.length - 7))).slice(-7);
      if (this.#tail === LAST_CHUNK) this.#answered();
      return;
    }
    this.#missing -= body.length;
    if (this.#missing === 0) this.#answered();
  }

  #answered(): void {
    this.#isWaiting = false;
    this.on.answered(this.#status);
  }

  /** The heads in these measurements fit into one packet. */
  #readHead(chunk: Buffer): Buffer {
    const end = chunk.indexOf(HEAD_END);
    const head = chunk.toString('latin1', 0, end).toLowerCase();
    this.#status = Number(head.slice(9, 12));
    const length = /\r\ncontent-length: (\d+)/.exec(head)?.[1];
    this.#missing = length === undefined ? Infinity : Number(length);
    this.#tail = '\r\n';
    return chunk.subarray(end + HEAD_END.length);
  }
}

function requestBytes({ path, headers, body, port }: Target): Buffer {
  const lines = Object.entries({
    host: `127.0.0.1:${port}`,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    accept: 'application/json',
    'user-agent': 'OpenAI/JS 6.49.0',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}

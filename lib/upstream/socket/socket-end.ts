import { WebSocket, type RawData } from 'ws';
import type { Redactor } from '../redaction/redactor';

export interface Frame {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

/** What comes of an open connection. Called from its events, so it must not throw. */
export interface SocketSink {
  frame(frame: Frame): void;
  ping(data: Buffer): void;
  pong(data: Buffer): void;
  /** Nothing follows. `code` is 1006 if the connection was lost. */
  closed(code: number, reason: string): void;
}

/** What we have closed a connection for: a message beyond the limit, or one that breaks the protocol. */
export type Flaw = 'too_large' | 'protocol';

const TOO_LARGE: ReadonlySet<unknown> = new Set([
  'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH',
  'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH',
  'WS_ERR_TOO_MANY_BUFFERED_PARTS',
]);

/** Sends of more than this wait for their reader. */
const WAITING_BYTES_MAX = 2 ** 20;

/** Why it is not read: nobody takes what comes, its reader is slow, memory is short, or something is looked at. */
export type Holder = 'sink' | 'reader' | 'memory' | 'look';
/** So long may the other side take to say goodbye too. */
const GOODBYE_MS = 2_000;
/** So long its last words have to get there. */
const HANG_UP_MS = 500;
const ASK_EVERY_MS = 5_000;
const ARE_YOU_THERE = Buffer.from('are-you-there');

/** One side of a tunnel: an open WebSocket, paused until it has a sink. */
export class SocketEnd {
  #sink: SocketSink | undefined;
  #isClosed = false;
  #flaw: Flaw | undefined;
  readonly #holders = new Set<Holder>(['sink']);
  #goodbye: NodeJS.Timeout | undefined;
  #asking: NodeJS.Timeout | undefined;
  /** Called when what was to be sent has gone. */
  onDrain: () => void = () => undefined;
  /** Called for each message that has come whole, before anybody else is. */
  onFrame: () => void = () => undefined;

  constructor(
    private readonly socket: WebSocket,
    /** Hides secrets in what comes. */
    private readonly redactor?: Redactor,
  ) {
    socket.pause();
    socket.binaryType = 'nodebuffer';
    // The 'close' event that follows says all there is to know, but for what we have closed it for.
    socket.on('error', (error) => (this.#flaw ??= flawOf(error)));
    socket.on('message', (data, isBinary) => {
      this.onFrame();
      this.#sink?.frame(this.#read(data, isBinary));
    });
    socket.on('ping', (data) => this.#sink?.ping(this.#clean(data)));
    socket.on('pong', (data) => {
      if (!data.equals(ARE_YOU_THERE)) this.#sink?.pong(this.#clean(data));
    });
    socket.on('close', (code, reason) => {
      this.#isClosed = true;
      clearTimeout(this.#goodbye);
      this.#stopAsking();
      const told = reason.toString('utf8');
      this.#sink?.closed(code, this.redactor?.text(told) ?? told);
    });
  }

  /** The subprotocol that was agreed on; '' for none. */
  get protocol(): string {
    return this.socket.protocol;
  }

  /** Why we have closed it by ourselves, if we have: then `closed` has the code 1006. */
  get flaw(): Flaw | undefined {
    return this.#flaw;
  }

  get isOpen(): boolean {
    return !this.#isClosed && this.socket.readyState === WebSocket.OPEN;
  }

  attach(sink: SocketSink): void {
    this.#sink = sink;
    this.release('sink');
  }

  /** Reads no more until all that hold it have let go. */
  hold(by: Holder): void {
    this.#holders.add(by);
    this.socket.pause();
    // Nobody hears the end of a connection that is not read, but what is sent to one that is gone is rejected.
    this.#asking ??= setInterval(() => this.ping(ARE_YOU_THERE), ASK_EVERY_MS);
  }

  release(by: Holder): void {
    if (!this.#holders.delete(by) || this.#holders.size > 0) return;
    this.#stopAsking();
    this.socket.resume();
  }

  #stopAsking(): void {
    clearInterval(this.#asking);
    this.#asking = undefined;
  }

  /** False asks to wait for `onDrain`. */
  send({ data, isBinary }: Frame): boolean {
    if (!this.isOpen) return true;
    this.socket.send(data, { binary: isBinary }, () => {
      if (this.socket.bufferedAmount === 0) this.onDrain();
    });
    return this.socket.bufferedAmount < WAITING_BYTES_MAX;
  }

  ping(data: Buffer): void {
    if (this.isOpen) this.socket.ping(data);
  }

  pong(data: Buffer): void {
    if (this.isOpen) this.socket.pong(data);
  }

  /** Says goodbye; a code that may not be sent says that something went wrong. */
  close(code: number, reason = ''): void {
    if (this.#isClosed) return;
    this.#goodbye ??= setTimeout(() => this.socket.terminate(), GOODBYE_MS);
    if (code === NO_CODE) this.socket.close();
    else this.socket.close(isSendable(code) ? code : WENT_WRONG, shortReason(reason));
    // One that is paused would never hear the answer.
    this.#holders.clear();
    this.#stopAsking();
    this.socket.resume();
  }

  /** Says goodbye, and hears no more. */
  hangUp(code: number): void {
    if (this.#isClosed) return;
    this.hold('memory');
    this.socket.close(code);
    this.#goodbye ??= setTimeout(() => this.socket.terminate(), HANG_UP_MS);
  }

  /** At once, without a word. */
  destroy(): void {
    this.#sink = undefined;
    this.#stopAsking();
    this.socket.terminate();
  }

  #read(data: RawData, isBinary: boolean): Frame {
    return { data: this.#clean(asBuffer(data)), isBinary };
  }

  #clean(bytes: Buffer): Buffer {
    return this.redactor?.redact(bytes, true).bytes ?? bytes;
  }
}

/** `ws` names what it does not take, and has told the other side of it. */
function flawOf(error: Error): Flaw | undefined {
  const { code } = error as { code?: unknown };
  if (TOO_LARGE.has(code)) return 'too_large';
  return typeof code === 'string' && code.startsWith('WS_ERR_') ? 'protocol' : undefined;
}

/** The other side has closed without one. */
const NO_CODE = 1005;
const WENT_WRONG = 1011;
/** Of a close frame there are 125 bytes, two of which are the code. */
const REASON_BYTES_MAX = 123;

/** RFC 6455 section 7.4: 1004 to 1006 and 1015 are never sent. */
function isSendable(code: number): boolean {
  return (code >= 1000 && code <= 1014 && (code < 1004 || code > 1006)) || (code >= 3000 && code <= 4999);
}

function shortReason(reason: string): string {
  if (Buffer.byteLength(reason) <= REASON_BYTES_MAX) return reason;
  // A character that is cut through is left out.
  return Buffer.from(reason)
    .subarray(0, REASON_BYTES_MAX)
    .toString('utf8')
    .replace(/\ufffd+$/, '');
}

function asBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

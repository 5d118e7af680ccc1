import type { ClientRequest, IncomingMessage } from 'node:http';
import { WebSocket, type ClientOptions } from 'ws';
import type { Outcome } from '../../balancer/attempts/verdict';
import { ANSWER } from '../../balancer/facts';
import type { HeaderRecord, StopSignal } from '../../balancer/ports';
import { readAnswer } from '../../openai/answer/answer-facts';
import { answerIdIn } from '../../openai/answer/answer-id';
import { accountOf } from '../../openai/limits/account';
import { seenLimits } from '../../openai/limits/seen-limits';
import type { buildConnector } from 'undici';
import { describeError, outcomeOfError } from '../dial/failure';
import type { Redactor } from '../redaction/redactor';
import { SocketEnd } from './socket-end';

/** A handshake to be made, possibly several times. */
export interface SocketHandshake {
  readonly url: URL;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly protocols: readonly string[];
  /** The model asked for, if there is one. */
  readonly model: string | undefined;
  /** Of one message. */
  readonly bytesMax: number;
  readonly timeoutMs: number;
}

/** An answer to the handshake that is no WebSocket. */
export interface RefusedHandshake {
  readonly status: number;
  readonly headers: HeaderRecord;
  readonly body: Buffer;
}

export interface SocketDialed {
  readonly outcome: Outcome;
  readonly socket?: SocketEnd;
  readonly refused?: RefusedHandshake;
}

const REFUSAL_BYTES_MAX = 64 * 1024;
/** For what a refusal says. */
const REFUSAL_MS = 5_000;

export interface SocketWay {
  readonly connect: buildConnector.connector;
  readonly redactor: Redactor;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** One attempt to open a WebSocket. Never rejects: whatever goes wrong is the outcome. */
export function dialSocket(
  handshake: SocketHandshake,
  way: SocketWay,
  signal: StopSignal,
): Promise<SocketDialed> {
  return new Promise((resolve) => {
    try {
      new SocketDial(handshake, way, signal, resolve);
    } catch (error) {
      // What it is to be sent with cannot be sent.
      const message = way.redactor.text(describeError(error));
      resolve({ outcome: { kind: 'dial_failed', at: 'upstream', message } });
    }
  });
}

type Told = Pick<Extract<Outcome, { kind: 'answer' }>, 'limits' | 'account' | 'upstreamId'>;

class SocketDial {
  readonly #socket: WebSocket;
  readonly #timer: NodeJS.Timeout;
  /** The request may have got there. */
  #isConnected = false;
  #told: Told = {};

  constructor(
    private readonly handshake: SocketHandshake,
    private readonly way: SocketWay,
    private readonly signal: StopSignal,
    private readonly resolve: (dialed: SocketDialed) => void,
  ) {
    const { url, protocols, timeoutMs } = handshake;
    const socket = new WebSocket(url, [...protocols], this.#options);
    this.#socket = socket;
    this.#timer = setTimeout(() => this.#onTimeout(), timeoutMs);
    signal.addEventListener('abort', this.#onAbort, { once: true });
    socket.on('error', (error) => this.#onError(error));
    socket.on('upgrade', ({ headers }) => (this.#told = this.#toldIn(headers)));
    socket.on('open', () => {
      const outcome: Outcome = { kind: 'answer', status: SWITCHED, facts: ANSWER, ...this.#told };
      this.#settle({ outcome, socket: new SocketEnd(socket, way.redactor) });
    });
    socket.on('unexpected-response', (_request: ClientRequest, response) => {
      void readRefusal(response, way.redactor).then((refused) => this.#onRefused(refused));
    });
    if (signal.aborted) this.#onAbort();
  }

  get #options(): ClientOptions {
    const { headers, bytesMax, url } = this.handshake;
    const connect = (_options: unknown, callback: buildConnector.Callback): void =>
      this.way.connect(wayTo(url), (...result) => {
        this.#isConnected = result[0] === null;
        callback(...result);
      });
    return {
      headers: headerRecord(headers),
      perMessageDeflate: false,
      autoPong: false,
      followRedirects: false,
      maxPayload: bytesMax,
      // Node calls back, as its own agents do.
      createConnection: connect as unknown as NonNullable<ClientOptions['createConnection']>,
    };
  }

  readonly #onAbort = (): void => this.#settle({ outcome: { kind: 'client_closed' } });

  #onTimeout(): void {
    const outcome: Outcome = this.#isConnected
      ? { kind: 'timeout', phase: 'headers' }
      : { kind: 'dial_failed', at: 'upstream', message: 'no connection in time' };
    this.#settle({ outcome });
  }

  #onError(error: Error): void {
    const told = outcomeOfError(error, this.#isConnected);
    const message = this.way.redactor.text(describeError(error));
    this.#settle({ outcome: 'message' in told ? { ...told, message } : told });
  }

  #onRefused(refused: RefusedHandshake): void {
    const { status, headers, body } = refused;
    const answer = { status, headers, body: body.toString('utf8'), model: this.handshake.model };
    const read = readAnswer(answer, this.way.now());
    this.#settle({ outcome: { kind: 'answer', ...read, ...this.#toldIn(headers) }, refused });
  }

  #toldIn(headers: HeaderRecord): Told {
    const limits = seenLimits(headers, this.way.now());
    return { limits, account: accountOf(headers), upstreamId: answerIdIn(headers) };
  }

  #settle(dialed: SocketDialed): void {
    clearTimeout(this.#timer);
    this.signal.removeEventListener('abort', this.#onAbort);
    // What is not open by now never will be.
    if (dialed.socket === undefined) this.#socket.terminate();
    this.resolve(dialed);
  }
}

const SWITCHED = 101;

function wayTo({ protocol, hostname, host, port }: URL): buildConnector.Options {
  const isSecure = protocol === 'wss:';
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    protocol: isSecure ? 'https:' : 'http:',
    hostname: bare,
    host,
    port: port || (isSecure ? '443' : '80'),
    servername: '',
  };
}

/** With the secrets of its request hidden. */
async function readRefusal(response: IncomingMessage, redactor: Redactor): Promise<RefusedHandshake> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('error', () => undefined);
  const timer = setTimeout(() => response.destroy(), REFUSAL_MS);
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > REFUSAL_BYTES_MAX) break;
    }
  } catch {
    // Its status tells enough.
  }
  clearTimeout(timer);
  const { statusCode = 502, headers } = response;
  const body = redactor.redact(Buffer.concat(chunks), true).bytes;
  return { status: statusCode, headers: redactor.headers(headers), body };
}

/** Of headers with the same name the values stand behind one another. */
function headerRecord(list: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {};
  for (let at = 0; at + 1 < list.length; at += 2) {
    const [name = '', value = ''] = [list[at], list[at + 1]];
    const known = record[name];
    record[name] = known === undefined ? value : `${known}, ${value}`;
  }
  return record;
}

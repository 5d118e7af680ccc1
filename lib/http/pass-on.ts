import { Agent, request, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { endUnread, hasBody, isCostlyRest, sendContinue } from '../gateway/body/unread-body';
import { refuse, type Refusal } from './door/refusal';

/**
 * Carries the connection's address to where no connection is handed on, with a proof that nobody outside wrote it.
 */
export const PEER_HEADER = 'x-openai-balance-connection';

/** They are about one connection, and each of the two has its own. */
const OF_ONE_CONNECTION: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'upgrade', 'te', 'trailer'],
]);

const UNREACHABLE: Refusal = {
  status: 503,
  code: 'not_available',
  message: 'The process of the dashboard does not answer.',
};

/** Where the process is that answers what is not the gateway's, and what proves to it who asks. */
export interface PassOnTo {
  readonly socketPath: string;
  readonly proof: string;
}

/** Passes requests on to another process of the program and its answers back, as they come, both ways. */
export class PassOn {
  readonly #agent = new Agent({ keepAlive: true });

  constructor(private readonly to: PassOnTo) {}

  /** Never throws. */
  handle(req: IncomingMessage, res: ServerResponse): void {
    const { proof, socketPath } = this.to;
    const passed = request({
      socketPath,
      agent: this.#agent,
      method: req.method,
      path: req.url,
      headers: requestHeaders(req, `${proof} ${req.socket.remoteAddress ?? ''}`),
    });
    req.on('error', ignore);
    res.on('error', ignore);
    res.on('close', () => passed.destroy());
    passed.on('continue', () => sendContinue(res));
    passed.on('response', (answer) => passBack(answer, passed, req, res));
    // Once there is an answer, its own end tells.
    passed.on('error', () => refuse(req, res, UNREACHABLE));
    if (hasBody(req)) {
      passed.flushHeaders();
      req.pipe(passed);
    } else passed.end();
  }

  close(): void {
    this.#agent.destroy();
  }
}

function passBack(
  answer: IncomingMessage,
  passed: ClientRequest,
  req: IncomingMessage,
  res: ServerResponse,
): void {
  answer.on('error', ignore);
  if (res.destroyed || res.headersSent) return;
  const isLast = isCostlyRest(req, res);
  const headers = withoutHopByHop(answer.rawHeaders);
  if (isLast) headers.push('connection', 'close');
  res.writeHead(answer.statusCode ?? 502, answer.statusMessage, headers);
  // Of a stream of events the head comes long before the first.
  res.flushHeaders();
  answer.pipe(res, { end: false });
  answer.on('end', () => {
    req.unpipe(passed);
    if (isLast) endUnread(req, res, '');
    else res.end();
  });
  // It must not look whole.
  answer.on('close', () => {
    if (!answer.complete) res.socket?.destroySoon();
  });
}

function requestHeaders(req: IncomingMessage, peer: string): string[] {
  const headers = withoutHopByHop(req.rawHeaders, PEER_HEADER);
  if (hasBody(req)) {
    if (req.headers['transfer-encoding'] !== undefined) headers.push('transfer-encoding', 'chunked');
  } else if (req.headers['content-length'] === undefined) headers.push('content-length', '0');
  return [...headers, PEER_HEADER, peer];
}

/** Names and values in turn, as they came. */
function withoutHopByHop(raw: readonly string[], besides = ''): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [name = '', value = ''] = [raw[i], raw[i + 1]];
    const lower = name.toLowerCase();
    if (OF_ONE_CONNECTION.has(lower) || lower === 'transfer-encoding' || lower === besides) continue;
    kept.push(name, value);
  }
  return kept;
}

function ignore(): void {
  // The 'close' event that follows says all there is to know.
}

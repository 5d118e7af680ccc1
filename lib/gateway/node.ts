import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorBody } from '../openai/errors';
import { BodyCollector, type BodyResult, type ClientRequest, type ClientResponse } from './exchange';
import type { Gateway } from './gateway';
import { requestIdFrom } from './request-id';
import { parseRoute } from './route';
import { Stop } from './stop';

/**
 * The gateway's way in from `node:http`. Returns false, having touched nothing, if the path is not the gateway's;
 * otherwise it takes the request over and never throws.
 */
export function handleNode(gateway: Gateway, req: IncomingMessage, res: ServerResponse): boolean {
  const route = parseRoute(req.url ?? '/');
  if (route === undefined) return false;
  void gateway.handle(route, new NodeRequest(req, res), new NodeResponse(res));
  return true;
}

class NodeRequest implements ClientRequest {
  readonly signal = new Stop();

  constructor(
    private readonly req: IncomingMessage,
    res: ServerResponse,
  ) {
    // Without listeners an error of a torn connection would end the process.
    req.on('error', ignore);
    res.on('error', ignore);
    res.on('close', () => {
      if (!res.writableFinished) this.signal.abort();
    });
  }

  get method(): string {
    return this.req.method ?? 'GET';
  }

  get remoteAddress(): string | undefined {
    return this.req.socket.remoteAddress;
  }

  get url(): string {
    return this.req.url ?? '/';
  }

  get rawHeaders(): readonly string[] {
    return this.req.rawHeaders;
  }

  header(name: string): string | undefined {
    const value = this.req.headers[name];
    return Array.isArray(value) ? value[0] : value;
  }

  readBody(bytesMax: number): Promise<BodyResult> {
    const { req, signal } = this;
    if (Number(req.headers['content-length'] ?? 0) > bytesMax) {
      return Promise.resolve({ ok: false, reason: 'too_large' });
    }
    return new Promise((resolve) => {
      const collector = new BodyCollector(bytesMax);
      req.on('data', (chunk: Buffer) => {
        if (collector.add(chunk)) return;
        // What still comes is read and thrown away, so that the client gets to hear the answer.
        req.removeAllListeners('data');
        req.resume();
        resolve({ ok: false, reason: 'too_large' });
      });
      req.on('end', () => resolve({ ok: true, body: collector.body }));
      signal.addEventListener('abort', () => resolve({ ok: false, reason: 'client_closed' }));
    });
  }
}

class NodeResponse implements ClientResponse {
  constructor(private readonly res: ServerResponse) {}

  start(status: number, headers: readonly string[]): void {
    if (this.res.headersSent || this.res.destroyed) return;
    this.res.writeHead(status, headers as string[]);
  }

  write(chunk: Buffer): boolean {
    return this.res.write(chunk);
  }

  onDrain(resume: () => void): void {
    this.res.on('drain', resume);
  }

  end(chunk?: Buffer): void {
    if (chunk === undefined) this.res.end();
    else this.res.end(chunk);
  }

  breakOff(lastWords: Buffer | undefined): void {
    const { res } = this;
    if (lastWords !== undefined && !res.destroyed) res.write(lastWords);
    // Flushes what was written and closes, without the final chunk that would make the answer look whole.
    const socket = res.socket;
    if (socket === null) res.destroy();
    else socket.destroySoon();
  }
}

function ignore(): void {
  // The 'close' event that follows says all there is to know.
}

const PARSE_ERRORS: Readonly<Record<string, readonly [status: string, code: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'headers_too_large',
    'The request headers are too large.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'request_timeout', 'The request did not arrive in time.'],
};
const MALFORMED = ['400 Bad Request', 'malformed_request', 'The request is not valid HTTP.'] as const;

/** Answers what could not even be parsed as a request; for the server's `clientError` event. */
export function handleClientError(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, code, message] = PARSE_ERRORS[error.code ?? ''] ?? MALFORMED;
  const body = errorBody({ message, type: 'invalid_request_error', code });
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `x-request-id: ${requestIdFrom(undefined)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

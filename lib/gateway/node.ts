import type { IncomingMessage, ServerResponse } from 'node:http';
import { SMALL_BODY_BYTES } from './body/body-budget';
import type { BodyShare } from './body/body-share';
import {
  BodyCollector,
  type BodyResult,
  type BodyTrouble,
  type ClientRequest,
  type ClientResponse,
} from './exchange/exchange';
import type { Gateway } from './gateway';
import { parseRoute } from './request/route';
import { Stop } from '../balancer/stop';
import { endUnread, isCostlyRest, letBodyCome, markClosing } from './body/unread-body';

/**
 * The gateway's way in from `node:http`. Returns false, having touched nothing, if the path is not the gateway's;
 * otherwise it takes the request over and never throws.
 */
export function handleNode(gateway: Gateway, req: IncomingMessage, res: ServerResponse): boolean {
  const route = parseRoute(req.url ?? '/');
  if (route === undefined) return false;
  void gateway.handle(route, new NodeRequest(req, res), new NodeResponse(req, res));
  return true;
}

export class NodeRequest implements ClientRequest {
  readonly signal = new Stop();

  constructor(
    private readonly req: IncomingMessage,
    private readonly res: ServerResponse,
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

  readBody(bytesMax: number, share: BodyShare): Promise<BodyResult> {
    const declared = Number(this.req.headers['content-length'] ?? 0);
    if (declared > bytesMax) return Promise.resolve({ ok: false, reason: 'too_large' });
    const collector = new BodyCollector(bytesMax, declared);
    const granted = declared <= SMALL_BODY_BYTES || share.grow(declared, this.signal);
    if (granted === true) return this.#collect(collector, share);
    // Nothing is read until then, and what does not fit into the connection's buffers stays with the client.
    return granted.then((isGranted) =>
      isGranted ? this.#collect(collector, share) : { ok: false, reason: this.#whyRefused },
    );
  }

  get #whyRefused(): 'client_closed' | 'no_memory' {
    return this.signal.aborted ? 'client_closed' : 'no_memory';
  }

  #collect(collector: BodyCollector, share: BodyShare): Promise<BodyResult> {
    const { req, signal } = this;
    letBodyCome(req, this.res);
    return new Promise((resolve) => {
      const stop = (reason: BodyTrouble): void => {
        req.removeAllListeners('data');
        req.pause();
        resolve({ ok: false, reason });
      };
      const watch = (): void => share.watch({ bytes: () => collector.bytes, giveUp: () => stop('stalled') });
      // Of what is small nothing is held before it comes, and most of it comes at once.
      if (share.bytes > 0) watch();
      req.on('data', (chunk: Buffer) => {
        if (!collector.add(chunk)) return stop('too_large');
        if (share.reading === undefined && !collector.isWhole) watch();
        if (collector.bytes <= share.bytes) return;
        const granted = share.grow(collector.claim, signal);
        if (granted === true) return;
        req.pause();
        void granted.then((isGranted) => (isGranted ? req.resume() : stop(this.#whyRefused)));
      });
      req.on('end', () => {
        share.complete(collector.bytes);
        resolve({ ok: true, body: collector.body });
      });
      signal.addEventListener('abort', () => resolve({ ok: false, reason: 'client_closed' }));
      if (signal.aborted) resolve({ ok: false, reason: 'client_closed' });
    });
  }
}

export class NodeResponse implements ClientResponse {
  #isLast = false;

  constructor(
    private readonly req: IncomingMessage,
    private readonly res: ServerResponse,
  ) {}

  start(status: number, headers: readonly string[]): void {
    if (this.res.headersSent || this.res.destroyed) return;
    this.#isLast = isCostlyRest(this.req, this.res);
    this.res.writeHead(status, (this.#isLast ? [...headers, 'connection', 'close'] : headers) as string[]);
  }

  write(chunk: Buffer): boolean {
    return this.res.write(chunk);
  }

  onDrain(resume: () => void): void {
    this.res.on('drain', resume);
  }

  end(chunk?: Buffer): void {
    if (this.#isLast) endUnread(this.req, this.res, chunk ?? '');
    else if (chunk === undefined) this.res.end();
    else this.res.end(chunk);
  }

  closeAfter(): void {
    if (this.res.headersSent) return;
    this.res.shouldKeepAlive = false;
    markClosing(this.req.socket);
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

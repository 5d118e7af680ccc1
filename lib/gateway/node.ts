import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BodyShare } from './body/body-share';
import { IncomingBody } from './body/incoming-body';
import type { BodyResult, BodyTrouble, Spool } from './body/intake';
import type { ClientRequest, ClientResponse } from './exchange/exchange';
import type { Gateway } from './gateway';
import type { Timers } from './exchange/timers';
import { parseRoute } from './request/route';
import { endSoon, holdTogether } from './answer/sent-together';
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

  readBody(bytesMax: number, share: BodyShare, spool?: Spool, timers?: Timers): Promise<BodyResult> {
    const { signal } = this;
    const header = (name: string) => this.header(name);
    const declared = Number(this.req.headers['content-length'] ?? 0);
    const incoming = new IncomingBody({ bytesMax, share, spool, signal, timers, header }, declared);
    const claimed = incoming.claim();
    if (claimed === true) return this.#collect(incoming, share);
    if (typeof claimed === 'string') return Promise.resolve({ ok: false, reason: claimed });
    // Nothing is read until then, and what does not fit into the connection's buffers stays with the client.
    return claimed.then((reason) => {
      if (reason === true) return this.#collect(incoming, share);
      incoming.drop();
      return { ok: false, reason };
    });
  }

  #collect(incoming: IncomingBody, share: BodyShare): Promise<BodyResult> {
    const { req, signal } = this;
    letBodyCome(req, this.res);
    return new Promise((resolve) => {
      const stop = (reason: BodyTrouble): void => {
        req.removeAllListeners('data');
        req.pause();
        incoming.drop();
        resolve({ ok: false, reason });
      };
      incoming.begin(() => stop('idle'));
      const watch = (): void => incoming.watch(() => stop('stalled'));
      // Of what is small nothing is held before it comes, and most of it comes at once.
      if (share.bytes > 0 || incoming.isOnDisk) watch();
      req.on('data', (chunk: Buffer) => {
        const taken = incoming.add(chunk);
        if (typeof taken === 'string') return stop(taken);
        if (!incoming.isWatched) watch();
        if (taken === true) return;
        req.pause();
        void taken.then((now) => (now === true ? req.resume() : stop(now)));
      });
      req.on('end', () => resolve(incoming.end()));
      const leave = (): void => {
        incoming.drop();
        resolve({ ok: false, reason: 'client_closed' });
      };
      signal.addEventListener('abort', leave);
      if (signal.aborted) leave();
    });
  }
}

/** Larger pieces go out at once. */
const SMALL_BYTES = 16 * 1024;

export class NodeResponse implements ClientResponse {
  #isLast = false;
  #hasBegun = false;
  #isEnded = false;

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
    this.#hasBegun = true;
    if (chunk.length < SMALL_BYTES) holdTogether(this.res.socket);
    return this.res.write(chunk);
  }

  onDrain(resume: () => void): void {
    // It may come from within the write of another answer, and so from within that answer's parser.
    this.res.on('drain', () => process.nextTick(resume));
  }

  end(chunk?: Buffer): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (this.#isLast) endUnread(this.req, this.res, chunk ?? '');
    else if (!this.#hasBegun && (chunk?.length ?? 0) < SMALL_BYTES) endSoon(this.res, chunk);
    else this.res.end(chunk);
  }

  closeAfter(): void {
    if (this.res.headersSent) return;
    this.res.shouldKeepAlive = false;
    markClosing(this.req.socket);
  }

  breakOff(lastWords: Buffer | undefined): void {
    const { res } = this;
    // It is whole, though it may not have gone out yet.
    if (this.#isEnded) return;
    if (lastWords !== undefined && !res.destroyed) res.write(lastWords);
    // From Node 24 on it keeps pieces of a chunked answer to itself until the end of this turn: they would be lost.
    if (res.writableCorked > 0) res.uncork();
    // Flushes what was written and closes, without the final chunk that would make the answer look whole.
    const socket = res.socket;
    if (socket === null) res.destroy();
    else socket.destroySoon();
  }
}

function ignore(): void {
  // The 'close' event that follows says all there is to know.
}

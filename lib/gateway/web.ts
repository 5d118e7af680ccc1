import { errorBody } from '../openai/errors/errors';
import type { BodyShare } from './body/body-share';
import { IncomingBody } from './body/incoming-body';
import type { BodyResult, BodyTrouble, Spool } from './body/intake';
import type { ClientRequest, ClientResponse } from './exchange/exchange';
import type { Timers } from './exchange/timers';
import type { Gateway } from './gateway';
import { requestIdOf } from './request/request-id';
import { parseRoute } from './request/route';
import { Stop } from '../balancer/stop';

/** Statuses whose `Response` may not have a body. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/** The gateway's way in from a web `Request`, for Next's route handlers. Resolves as soon as the head is known. */
export function handleWeb(gateway: Gateway, request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const route = parseRoute(pathname + search);
  if (route === undefined) {
    const body = errorBody({
      message: 'There is no such path. The API is below /v1.',
      type: 'invalid_request_error',
      code: 'unknown_path',
    });
    const requestId = requestIdOf((name) => request.headers.get(name) ?? undefined);
    const headers = { 'content-type': 'application/json', 'x-request-id': requestId };
    return Promise.resolve(new Response(body, { status: 404, headers }));
  }
  return new Promise((resolve) => {
    const stop = new Stop();
    request.signal.addEventListener('abort', () => stop.abort(), { once: true });
    const response = new WebResponse(request.method, resolve, () => stop.abort());
    void gateway.handle(route, new WebRequest(request, pathname + search, stop), response);
  });
}

class WebRequest implements ClientRequest {
  readonly remoteAddress = undefined;
  #rawHeaders: string[] | undefined;

  constructor(
    private readonly request: Request,
    readonly url: string,
    readonly signal: Stop,
  ) {}

  get method(): string {
    return this.request.method;
  }

  get rawHeaders(): readonly string[] {
    this.#rawHeaders ??= [...this.request.headers].flat();
    return this.#rawHeaders;
  }

  header(name: string): string | undefined {
    return this.request.headers.get(name) ?? undefined;
  }

  async readBody(bytesMax: number, share: BodyShare, spool?: Spool, timers?: Timers): Promise<BodyResult> {
    const { signal } = this;
    const header = (name: string) => this.header(name);
    const declared = Number(this.header('content-length') ?? 0);
    const incoming = new IncomingBody({ bytesMax, share, spool, signal, timers, header }, declared);
    const reader = this.request.body?.getReader();
    const stop = (reason: BodyTrouble): BodyResult => {
      incoming.drop();
      void reader?.cancel().catch(() => undefined);
      return { ok: false, reason };
    };
    const claiming = incoming.claim();
    const claimed = claiming instanceof Promise ? await claiming : claiming;
    if (claimed !== true) return stop(claimed);
    let givenUp: BodyTrouble | undefined;
    const giveUp = (reason: BodyTrouble): void => {
      givenUp = reason;
      stop(reason);
    };
    incoming.begin(() => giveUp('idle'));
    incoming.watch(() => giveUp('stalled'));
    try {
      const trouble = await collected(reader, incoming);
      if (givenUp !== undefined) return { ok: false, reason: givenUp };
      return trouble === true ? await incoming.end() : stop(trouble);
    } catch {
      return stop('client_closed');
    }
  }
}

/** Reads to the end, or to where it becomes too much. Rejects if the client goes. */
async function collected(
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
  incoming: IncomingBody,
): Promise<true | BodyTrouble> {
  if (reader === undefined) return true;
  for (let part = await reader.read(); part.value !== undefined; part = await reader.read()) {
    const taken = await incoming.add(Buffer.from(part.value));
    if (taken !== true) return taken;
  }
  return true;
}

class WebResponse implements ClientResponse {
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #resume: (() => void) | undefined;
  #isClosed = false;
  #isBreaking = false;

  constructor(
    private readonly method: string,
    private readonly resolve: (response: Response) => void,
    private readonly onClientGone: () => void,
  ) {}

  start(status: number, headers: readonly string[]): void {
    const record = new Headers();
    for (let i = 0; i + 1 < headers.length; i += 2) record.append(headers[i] ?? '', headers[i + 1] ?? '');
    if (BODILESS.has(status) || this.method === 'HEAD') {
      this.#isClosed = true;
      this.resolve(new Response(null, { status, headers: record }));
      return;
    }
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#pull(),
        cancel: () => {
          this.#isClosed = true;
          this.onClientGone();
        },
      },
      // One byte: `pull` comes when everything has been taken.
      { highWaterMark: 1, size: (chunk) => chunk?.byteLength ?? 0 },
    );
    this.resolve(new Response(body, { status, headers: record }));
  }

  write(chunk: Buffer): boolean {
    if (this.#isClosed || this.#controller === undefined) return true;
    this.#controller.enqueue(chunk);
    return (this.#controller.desiredSize ?? 0) > 0;
  }

  onDrain(resume: () => void): void {
    this.#resume = resume;
  }

  end(chunk?: Buffer): void {
    if (chunk !== undefined) this.write(chunk);
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#controller?.close();
  }

  closeAfter(): void {
    // The connection is the server's.
  }

  breakOff(lastWords: Buffer | undefined): void {
    if (this.#controller === undefined) {
      // No head went out: the client has gone, or the answer's head was no valid one.
      this.resolve(new Response(null, { status: 502 }));
      return;
    }
    if (this.#isClosed) return;
    const isTaken = lastWords === undefined ? this.#isDrained() : this.write(lastWords);
    // An error throws away what has not been taken yet, so it waits for that.
    if (isTaken) this.#errorSoon();
    else this.#isBreaking = true;
  }

  #pull(): void {
    if (this.#isBreaking) this.#errorSoon();
    else this.#resume?.();
  }

  /** What has been taken is on its way to the client only after a turn, and an error would overtake it. */
  #errorSoon(): void {
    setImmediate(() => this.#error());
  }

  #isDrained(): boolean {
    return (this.#controller?.desiredSize ?? 0) > 0;
  }

  #error(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#controller?.error(new Error('the upstream broke off in the middle of its answer'));
  }
}

import type { Readable } from 'node:stream';
import type { StopSignal } from '../balancer/ports';
import type { Dialed } from '../balancer/attempts/transport';
import type { UpstreamAnswer } from './answer/answer';
import { presentedCredentials, queryCredentials } from './headers/client-credentials';
import { keyPlace } from './headers/key-place';
import { upstreamPath } from './headers/request-query';
import { Dial } from './dial/dial';
import { Dispatchers, type EgressTarget } from './dial/dispatchers';
import { Redactors } from './redaction/redactors';
import { upstreamRequestHeaders } from './headers/request-headers';
import { dialSocket, type SocketDialed } from './socket/socket-dial';
import { placeBeside } from './place';
import type { UpstreamKey, UpstreamRequest, UpstreamSocketRequest, UpstreamTarget } from './target';

/** Sends requests to providers. */
export class UpstreamClient {
  readonly #dispatchers = new Dispatchers();
  readonly #redactors = new Redactors();

  constructor(
    private readonly options: {
      /** The clock by which answers tell when their trouble is over. Default: the system's. */
      readonly now?: () => number;
      /** Called for each dial that failed because this machine lacks a resource, with its name: "file descriptors". */
      readonly onOwnTrouble?: (shortOf: string) => void;
    } = {},
  ) {}

  /**
   * One attempt, through the egress proxy if one is given and directly only if none is. Never rejects: whatever goes
   * wrong is the outcome. When the signal fires the upstream request ends at once. The body's bytes go out as they
   * are, and come in without the secrets that the request is made with. `mayGiveUp`: asked when the first content is
   * due; it is waited for if not.
   */
  dial(
    target: UpstreamTarget,
    key: UpstreamKey,
    request: UpstreamRequest,
    signal: StopSignal,
    egress?: EgressTarget,
    mayGiveUp?: () => boolean,
  ): Promise<Dialed<UpstreamAnswer>> {
    return new Promise((resolve) => {
      const { now = () => Date.now(), onOwnTrouble } = this.options;
      const settle = (dialed: Dialed<UpstreamAnswer>): void => {
        if (dialed.outcome.kind === 'own_trouble') onOwnTrouble?.(dialed.outcome.shortOf);
        resolve(dialed);
      };
      const redactor = this.#redactors.for(target, key, egress);
      const isThroughEgress = egress !== undefined;
      const dial = new Dial({ target, redactor, request, signal, isThroughEgress, now, mayGiveUp }, settle);
      try {
        const { dispatcher, pathPrefix } = this.#dispatchers.for(target, egress);
        const { path, headers } = headOf(target, key, request, pathPrefix);
        dispatcher.dispatch(
          {
            method: request.method,
            path,
            headers: withLength(headers, request),
            body: bodyOf(request, dial),
            // The dial has a timer of its own, which also covers connecting and the first event.
            headersTimeout: 0,
            bodyTimeout: target.idleTimeoutMs,
          },
          dial,
        );
      } catch (error) {
        dial.refuse(error);
      }
    });
  }

  /**
   * One attempt to open a WebSocket, in the same way. Never rejects. What comes through it comes without the secrets
   * that it was opened with.
   */
  async openSocket(
    target: UpstreamTarget,
    key: UpstreamKey,
    request: UpstreamSocketRequest,
    signal: StopSignal,
    egress?: EgressTarget,
  ): Promise<SocketDialed> {
    const { now = () => Date.now(), onOwnTrouble } = this.options;
    const { rawHeaders, protocols, model, bytesMax } = request;
    const redactor = this.#redactors.for(target, key, egress);
    const connect = this.#dispatchers.connectorFor(target, egress);
    const { origin, pathname } = new URL(target.baseUrl);
    const asked = { path: request.path, place: request.place, rawHeaders: withoutHandshake(rawHeaders) };
    const { path, headers } = headOf(target, key, asked, pathname.replace(/\/+$/, ''));
    const url = new URL((origin + path).replace(/^http/i, 'ws'));
    const { timeoutMs } = target;
    const handshake = { url, headers, protocols, model, bytesMax, timeoutMs };
    const dialed = await dialSocket(handshake, { connect, redactor, now }, signal);
    if (dialed.outcome.kind === 'own_trouble') onOwnTrouble?.(dialed.outcome.shortOf);
    return dialed;
  }

  /** Closes the connections of all other providers and egress proxies once their requests are done. */
  keepOnly(providers: ReadonlySet<string>, egressIds: ReadonlySet<string>): void {
    this.#dispatchers.keepOnly(providers, egressIds);
  }

  close(): Promise<void> {
    return this.#dispatchers.close();
  }
}

/** Of what is in memory it is known. */
function withLength(headers: string[], { body }: UpstreamRequest): string[] {
  if (body !== undefined && !Buffer.isBuffer(body)) headers.push('content-length', String(body.length));
  return headers;
}

function bodyOf({ body }: UpstreamRequest, dial: Dial): Buffer | Readable | null {
  if (body === undefined) return null;
  return Buffer.isBuffer(body) ? body : body.stream(() => dial.sending());
}

/** Each of the two connections has a handshake of its own. */
function withoutHandshake(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter((_, at) => !/^sec-websocket-/i.test(rawHeaders[at & ~1] ?? ''));
}

/** What a request begins with. `prefix`: the path of the base URL. */
function headOf(
  target: UpstreamTarget,
  { secret }: UpstreamKey,
  { path: asked, place: ownPlace, rawHeaders }: Pick<UpstreamRequest, 'path' | 'place' | 'rawHeaders'>,
  prefix: string,
): { readonly path: string; readonly headers: string[] } {
  const whole = (ownPlace === undefined ? prefix : placeBeside(prefix, ownPlace)) + asked;
  const { auth, query, customHeaders } = target;
  const mark = whole.indexOf('?');
  const place = keyPlace(auth, mark === -1 ? whole : whole.slice(0, mark));
  const inQuery = mark === -1 ? [] : queryCredentials(whole.slice(mark));
  const headers = upstreamRequestHeaders(rawHeaders, secret, customHeaders, place, inQuery);
  if (mark === -1 && query === undefined && place.in === 'header') return { path: whole, headers };
  const credentials = mark === -1 ? [] : [...presentedCredentials(rawHeaders), ...inQuery];
  const key = place.in === 'query' ? { name: place.name, secret } : undefined;
  return { path: upstreamPath(whole, credentials, { query, key }), headers };
}

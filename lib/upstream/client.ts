import type { Readable } from 'node:stream';
import type { StopSignal } from '../balancer/ports';
import type { Dialed } from '../balancer/attempts/transport';
import type { UpstreamAnswer } from './answer/answer';
import { presentedCredentials, withoutQueryCredentials } from './headers/client-credentials';
import { Dial } from './dial/dial';
import { Dispatchers, type EgressTarget } from './dial/dispatchers';
import { Redactors } from './redaction/redactors';
import { upstreamRequestHeaders } from './headers/request-headers';
import { dialSocket, type SocketDialed } from './socket/socket-dial';
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
   * are, and come in without the secrets that the request is made with.
   */
  dial(
    target: UpstreamTarget,
    key: UpstreamKey,
    request: UpstreamRequest,
    signal: StopSignal,
    egress?: EgressTarget,
  ): Promise<Dialed<UpstreamAnswer>> {
    return new Promise((resolve) => {
      const { now = () => Date.now(), onOwnTrouble } = this.options;
      const settle = (dialed: Dialed<UpstreamAnswer>): void => {
        if (dialed.outcome.kind === 'own_trouble') onOwnTrouble?.(dialed.outcome.shortOf);
        resolve(dialed);
      };
      const redactor = this.#redactors.for(target, key, egress);
      const isThroughEgress = egress !== undefined;
      const dial = new Dial({ target, redactor, request, signal, isThroughEgress, now }, settle);
      try {
        const { dispatcher, pathPrefix } = this.#dispatchers.for(target, egress);
        dispatcher.dispatch(
          {
            method: request.method,
            path: pathPrefix + pathFor(request),
            headers: headersOf(request, key, target),
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
    const headers = upstreamRequestHeaders(withoutHandshake(rawHeaders), key.secret, target.customHeaders);
    const url = new URL((target.baseUrl + pathFor(request)).replace(/^http/i, 'ws'));
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

function headersOf(
  { rawHeaders, body }: UpstreamRequest,
  key: UpstreamKey,
  target: UpstreamTarget,
): string[] {
  const headers = upstreamRequestHeaders(rawHeaders, key.secret, target.customHeaders);
  // Of what is in memory it is known.
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

function pathFor({ path, rawHeaders }: Pick<UpstreamRequest, 'path' | 'rawHeaders'>): string {
  return path.includes('?') ? withoutQueryCredentials(path, presentedCredentials(rawHeaders)) : path;
}

import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { clientAddress, UNKNOWN_ADDRESS, type ClientAddress } from '../auth/client-address';
import { isClosing, markClosing } from '../gateway/body/unread-body';
import type { Gateway } from '../gateway/gateway';
import { handleNode } from '../gateway/node';
import { isAllowedMethod } from '../gateway/request/methods';
import { handleWeb } from '../gateway/web';
import type { Connections } from '../process/connections';
import type { Logger } from '../process/logger';
import { isAdminPath } from './admin/addresses';
import { AdminApi, type AdminApiParts } from './admin/admin-api';
import { handleAdminNode, headersOf } from './admin/node';
import { answerClientError, answerConnect } from './connection/broken-request';
import { followHalfClose } from './connection/half-close';
import { Door } from './door/door';
import { allowedAt, PAGES } from './door/places';
import { notAllowed, refuse, type Refusal } from './door/refusal';
import { flawOf, pathnameOf } from './door/request-target';
import { handleHealth, type Readiness } from './health';
import type { MetricsEndpoint } from './metrics-endpoint';
import { compressAnswer } from './pages/compress-answers';
import type { StaticFiles } from './pages/static-files';

export interface FrontParts {
  readonly gateway: Gateway;
  readonly connections: Connections;
  readonly logger: Logger;
  readonly admin: Pick<AdminApiParts, 'auth' | 'now' | 'parts'>;
  readonly metricsEndpoint: MetricsEndpoint;
  readonly staticFiles: StaticFiles;
  readonly readiness: () => Promise<Readiness>;
  /** Told of each request that is refused as none, with the status that it got. No log knows of it. */
  readonly onRefused: (status: number) => void;
}

export type NextHandler = (req: IncomingMessage, res: ServerResponse) => unknown;

/** Carries the connection's address past Next, which hands no connection on; with a proof that nobody else wrote it. */
const ADDRESS_HEADER = 'x-openai-balance-connection';

const UNKNOWN_EXPECTATION: Refusal = {
  status: 417,
  code: 'expectation_failed',
  message: 'Nothing but `Expect: 100-continue` is understood.',
};

/** All that comes in: to the gateway, to what answers beside it, or to Next. */
export class Front {
  readonly adminApi: AdminApi;
  readonly #addressProof = randomBytes(16).toString('hex');
  readonly #door = new Door({
    refusalOf: (req, signal) =>
      this.adminApi.refusalOf({ headers: headersOf(req), method: req.method ?? 'GET', signal }),
    onBug: (error) => this.parts.logger.error({ err: error }, 'a request failed by our own fault'),
  });

  constructor(private readonly parts: FrontParts) {
    const { auth, now, parts: adminParts } = parts.admin;
    this.adminApi = new AdminApi({
      auth,
      now,
      parts: adminParts,
      addressOf: (headers) => this.addressOf(headers),
      onBug: (error, requestId) => parts.logger.error({ err: error, requestId }, 'an admin request failed'),
    });
  }

  /** Answers, or hands on to Next what is Next's: then the request says where it comes from, and its body is small. */
  handle(req: IncomingMessage, res: ServerResponse, toNext: NextHandler): void {
    if (isClosing(req.socket)) return;
    if (this.parts.connections.closeBehindAnswer) {
      res.shouldKeepAlive = false;
      markClosing(req.socket);
    }
    const flaw = flawOf(req);
    if (flaw !== undefined) return this.#refuse(req, res, refusalOfFlaw(flaw, req.method ?? 'GET'));
    if (handleNode(this.parts.gateway, req, res)) return;
    req.headers[ADDRESS_HEADER] = `${this.#addressProof} ${req.socket.remoteAddress ?? ''}`;
    this.#door.handle(req, res, (admitted) => this.#handleAdmitted(admitted, res, toNext));
  }

  /** For the server's `checkExpectation` event: nothing but `100-continue` is met. */
  handleExpectation(req: IncomingMessage, res: ServerResponse): void {
    if (!isClosing(req.socket)) this.#refuse(req, res, UNKNOWN_EXPECTATION);
  }

  /** Who sent a request that came through `handle`. Without `server.mjs` nobody knows: then all are one. */
  addressOf(headers: Headers): ClientAddress {
    const [proof, address] = headers.get(ADDRESS_HEADER)?.split(' ') ?? [];
    if (proof !== this.#addressProof) return UNKNOWN_ADDRESS;
    return clientAddress(address, headers.get('x-forwarded-for') ?? undefined);
  }

  handleWeb(request: Request): Promise<Response> {
    return handleWeb(this.parts.gateway, request);
  }

  handleMetrics(request: Request): Promise<Response> {
    return this.parts.metricsEndpoint.handleWeb(request, this.addressOf(request.headers));
  }

  /** For a new connection of a server with `httpAllowHalfOpen`. */
  handleConnection(socket: Socket): void {
    followHalfClose(socket);
  }

  handleClientError(error: Error, socket: Duplex): void {
    const status = answerClientError(error, socket);
    if (status !== undefined) this.parts.onRefused(status);
  }

  handleConnect(req: IncomingMessage, socket: Duplex): void {
    this.parts.onRefused(answerConnect(req, socket));
  }

  #refuse(req: IncomingMessage, res: ServerResponse, refusal: Refusal): void {
    refuse(req, res, refusal);
    this.parts.onRefused(refusal.status);
  }

  #handleAdmitted(req: IncomingMessage, res: ServerResponse, toNext: NextHandler): void {
    const { metricsEndpoint, readiness, staticFiles } = this.parts;
    if (metricsEndpoint.handle(req, res)) return;
    if (handleHealth(readiness, req, res)) return;
    const handOn = (): void => {
      compressAnswer(req, res);
      const pathname = pathnameOf(req.url ?? '/');
      if (isAdminPath(pathname) && !PAGES.has(pathname)) handleAdminNode(this.adminApi, req, res);
      else void toNext(req, res);
    };
    if (!staticFiles.handle(req, res, handOn)) handOn();
  }
}

/** A method that nothing takes comes first: `TRACE *`. */
function refusalOfFlaw(message: string, method: string): Refusal {
  if (!isAllowedMethod(method)) return notAllowed(allowedAt('/v1'));
  return { status: 400, code: 'malformed_request', message };
}

import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { clientAddress, UNKNOWN_ADDRESS, type ClientAddress } from '../auth/client-address';
import type { Gateway } from '../gateway/gateway';
import { handleWeb } from '../gateway/web';
import type { Connections } from '../process/connections';
import type { Logger } from '../process/logger';
import { isAdminPath } from './admin/addresses';
import type { AdminApiParts } from './admin/admin-api';
import { LateAdminApi } from './admin/late-admin-api';
import { handleAdminNode, headersOf } from './admin/node';
import { Door } from './door/door';
import { PAGES } from './door/places';
import { refuse, type Refusal } from './door/refusal';
import { pathnameOf } from './door/request-target';
import { Entrance } from './entrance';
import { handleHealth, type Readiness } from './health';
import type { MetricsEndpoint } from './metrics-endpoint';
import type { StaticFiles } from './pages/static-files';
import { PEER_HEADER } from './pass-on';
import { createPublicServer } from './public-server';

export interface FrontParts {
  readonly gateway: Gateway;
  readonly connections: Connections;
  readonly logger: Logger;
  readonly admin: Pick<AdminApiParts, 'auth' | 'now' | 'parts'>;
  /** Waits until what was changed is in force at all processes of this program. */
  readonly onChanged: () => Promise<void>;
  readonly metricsEndpoint: MetricsEndpoint;
  readonly staticFiles: StaticFiles;
  readonly readiness: () => Promise<Readiness>;
  /** Told of each request that is refused as none, with the status that it got. No log knows of it. */
  readonly onRefused: (status: number) => void;
}

export type NextHandler = (req: IncomingMessage, res: ServerResponse) => unknown;

const NOT_PASSED_ON: Refusal = {
  status: 403,
  code: 'forbidden',
  message: 'This way in is for the workers of the program.',
};

const BUG: Refusal = { status: 500, code: 'internal_error', message: 'The program made a mistake.' };

/** A worker may wait between two requests for as long as it likes, and what it passes on it has looked at. */
const PRIVATE_OPTIONS = {
  maxHeaderSize: 64 * 1024,
  keepAliveTimeout: 0,
  headersTimeout: 0,
  requestTimeout: 0,
  requireHostHeader: false,
};

/** All that comes in: to the gateway, to what answers beside it, or to Next. */
export class Front {
  readonly adminApi: LateAdminApi;
  /** Whoever knows it may say where a request comes from. */
  readonly proof = randomBytes(16).toString('hex');
  readonly #door = new Door({
    refusalOf: (req, signal) =>
      this.adminApi.refusalOf(
        { headers: headersOf(req), method: req.method ?? 'GET', signal },
        pathnameOf(req.url ?? '/'),
      ),
    onBug: (error) => this.parts.logger.error({ err: error }, 'a request failed by our own fault'),
  });

  constructor(private readonly parts: FrontParts) {
    const { auth, now, parts: adminParts } = parts.admin;
    this.adminApi = new LateAdminApi({
      auth,
      now,
      parts: adminParts,
      onChanged: parts.onChanged,
      addressOf: (headers) => this.addressOf(headers),
      onBug: (error, requestId) => parts.logger.error({ err: error, requestId }, 'an admin request failed'),
    });
  }

  /** For clients: answers, or hands on to Next what is Next's. Such a request says where it comes from. */
  publicServer(toNext: NextHandler): Server {
    const { gateway, connections, onRefused } = this.parts;
    const beyond = (req: IncomingMessage, res: ServerResponse): void => {
      req.headers[PEER_HEADER] = `${this.proof} ${req.socket.remoteAddress ?? ''}`;
      this.#handleBeyond(req, res, toNext);
    };
    return createPublicServer(new Entrance({ gateway, connections, onRefused, beyond }), connections);
  }

  /** For workers, which pass on what is not the gateway's and prove it. */
  privateServer(toNext: NextHandler): Server {
    const handle = (req: IncomingMessage, res: ServerResponse): void => {
      const [proof] = String(req.headers[PEER_HEADER]).split(' ', 1);
      if (proof === this.proof) this.#handleBeyond(req, res, toNext);
      else refuse(req, res, NOT_PASSED_ON);
    };
    return createServer(PRIVATE_OPTIONS, handle).on('checkContinue', handle);
  }

  /** Who sent a request that came through a server of this. Without `server.mjs` nobody knows: then all are one. */
  addressOf(headers: Headers): ClientAddress {
    const [proof, address] = headers.get(PEER_HEADER)?.split(' ') ?? [];
    if (proof !== this.proof) return UNKNOWN_ADDRESS;
    return clientAddress(address, headers.get('x-forwarded-for') ?? undefined);
  }

  handleWeb(request: Request): Promise<Response> {
    return handleWeb(this.parts.gateway, request);
  }

  handleMetrics(request: Request): Promise<Response> {
    return this.parts.metricsEndpoint.handleWeb(request, this.addressOf(request.headers));
  }

  #handleBeyond(req: IncomingMessage, res: ServerResponse, toNext: NextHandler): void {
    this.#door.handle(req, res, (admitted) => this.#handleAdmitted(admitted, res, toNext));
  }

  #handleAdmitted(req: IncomingMessage, res: ServerResponse, toNext: NextHandler): void {
    const { metricsEndpoint, readiness, staticFiles } = this.parts;
    if (metricsEndpoint.handle(req, res, () => this.addressOf(headersOf(req)))) return;
    if (handleHealth(readiness, req, res)) return;
    const handOn = (): void =>
      void this.#handOn(req, res, toNext).catch((error: unknown) => {
        this.parts.logger.error({ err: error }, 'a request failed by our own fault');
        refuse(req, res, BUG);
      });
    if (!staticFiles.handle(req, res, handOn)) handOn();
  }

  async #handOn(req: IncomingMessage, res: ServerResponse, toNext: NextHandler): Promise<void> {
    // Loaded for the first one.
    const { compressAnswer } = await import('./pages/compress-answers');
    compressAnswer(req, res);
    const pathname = pathnameOf(req.url ?? '/');
    if (isAdminPath(pathname) && !PAGES.has(pathname)) handleAdminNode(this.adminApi, req, res);
    else await toNext(req, res);
  }
}

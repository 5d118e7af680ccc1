import { randomBytes } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AdminParts } from '../admin/context';
import type { AdminAuth } from '../auth/admin-auth';
import { clientAddress, UNKNOWN_ADDRESS, type ClientAddress } from '../auth/client-address';
import type { SignInEvents } from '../auth/next-auth-options';
import type { Gateway } from '../gateway/gateway';
import { handleNode } from '../gateway/node';
import { isAllowedMethod } from '../gateway/request/methods';
import { isClosing, markClosing } from '../gateway/body/unread-body';
import { handleWeb } from '../gateway/web';
import type { Jobs } from '../jobs/jobs';
import type { EgressWriter } from '../store/write-behind/checkpoint-egress';
import type { StateWriter } from '../store/write-behind/checkpoint-state';
import type { KeyProber } from '../probing/keys/probe-keys';
import type { Tasks } from '../tasks/tasks';
import type { LiveSettings } from '../config/live-settings';
import type { StartupSettings } from '../config/startup';
import type { Store } from '../store/open-store';
import type { LogWriter } from '../store/write-behind/log-writer';
import type { UpstreamClient } from '../upstream/client';
import { adminRefusal } from '../http/admin/admin-refusal';
import { authorise } from '../http/admin/authorise';
import type { Connections } from '../process/connections';
import { handleHealth, type Readiness } from '../http/health';
import { answerClientError, answerConnect } from '../http/connection/broken-request';
import { compressAnswer } from '../http/pages/compress-answers';
import { Door } from '../http/door/door';
import { followHalfClose } from '../http/connection/half-close';
import { allowedAt } from '../http/door/places';
import { notAllowed, refuse, type Refusal } from '../http/door/refusal';
import { flawOf } from '../http/door/request-target';
import type { StaticFiles } from '../http/pages/static-files';
import { serveLastRequests } from '../http/connection/last-requests';
import type { Logger } from '../process/logger';
import type { MetricsEndpoint } from '../http/metrics-endpoint';
import type { SignOutWriter } from '../store/write-behind/sign-out-writer';
import type { Troubles } from '../process/troubles';

export interface RuntimeParts {
  readonly startup: StartupSettings;
  readonly settings: LiveSettings;
  readonly store: Store;
  readonly upstream: UpstreamClient;
  readonly gateway: Gateway;
  readonly connections: Connections;
  readonly troubles: Troubles;
  readonly logWriter: LogWriter;
  readonly stateWriter: StateWriter;
  readonly egressWriter: EgressWriter;
  readonly signOutWriter: SignOutWriter;
  readonly jobs: Jobs;
  readonly tasks: Tasks;
  readonly keyProber: KeyProber;
  readonly admin: RuntimeAdmin;
  readonly tokenUsage: { close(): Promise<void> };
  readonly logger: Logger;
  readonly metricsEndpoint: MetricsEndpoint;
  readonly staticFiles: StaticFiles;
  /** Hangs up on whoever follows what happens. */
  readonly stopAdmin: () => void;
  readonly stopFollowing: () => void;
}

/** What the routes of the dashboard and of the admin API work with. */
export interface RuntimeAdmin {
  readonly parts: AdminParts;
  readonly auth: AdminAuth;
  readonly signInEvents: SignInEvents;
  readonly now: () => number;
}

export type NextHandler = (req: IncomingMessage, res: ServerResponse) => unknown;

const PING_MS_MAX = 1_000;

/** Carries the connection's address past Next, which hands no connection on; with a proof that nobody else wrote it. */
const ADDRESS_HEADER = 'x-openai-balance-connection';

const UNKNOWN_EXPECTATION: Refusal = {
  status: 417,
  code: 'expectation_failed',
  message: 'Nothing but `Expect: 100-continue` is understood.',
};

/** The running program: everything that was built at start, and how it ends. */
export class Runtime {
  #isDraining = false;
  readonly #addressProof = randomBytes(16).toString('hex');
  #stopping: Promise<void> | undefined;
  readonly #door = new Door({
    refusalOf: (req, signal) => this.#adminRefusalOf(req, signal),
    onBug: (error) => this.parts.logger.error({ err: error }, 'a request failed by our own fault'),
  });

  constructor(private readonly parts: RuntimeParts) {}

  get host(): string {
    return this.parts.startup.HOST;
  }

  get port(): number {
    return this.parts.startup.PORT;
  }

  /** Of schedules and of the dashboard; an IANA name. */
  get timeZone(): string {
    return this.parts.settings.current.TIMEZONE;
  }

  get logger(): Logger {
    return this.parts.logger;
  }

  get jobs(): Jobs {
    return this.parts.jobs;
  }

  get tasks(): Tasks {
    return this.parts.tasks;
  }

  get keyProber(): KeyProber {
    return this.parts.keyProber;
  }

  get admin(): RuntimeAdmin {
    return this.parts.admin;
  }

  /** Keeps the server's connections within what the process has room for. */
  follow(server: Server): void {
    this.parts.connections.follow(server);
  }

  /** Answers, or hands on to Next what is Next's: then the request says where it comes from, and its body is small. */
  handle(req: IncomingMessage, res: ServerResponse, toNext: NextHandler): void {
    if (isClosing(req.socket)) return;
    if (this.parts.connections.closeBehindAnswer) {
      res.shouldKeepAlive = false;
      markClosing(req.socket);
    }
    const flaw = flawOf(req);
    if (flaw !== undefined) return refuse(req, res, refusalOfFlaw(flaw, req.method ?? 'GET'));
    if (handleNode(this.parts.gateway, req, res)) return;
    req.headers[ADDRESS_HEADER] = `${this.#addressProof} ${req.socket.remoteAddress ?? ''}`;
    this.#door.handle(req, res, (admitted) => {
      if (this.parts.metricsEndpoint.handle(admitted, res)) return;
      if (handleHealth(() => this.readiness(), admitted, res)) return;
      const handOn = (): void => {
        compressAnswer(admitted, res);
        void toNext(admitted, res);
      };
      if (!this.parts.staticFiles.handle(admitted, res, handOn)) handOn();
    });
  }

  /** For the server's `checkExpectation` event: nothing but `100-continue` is met. */
  handleExpectation(req: IncomingMessage, res: ServerResponse): void {
    if (!isClosing(req.socket)) refuse(req, res, UNKNOWN_EXPECTATION);
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
    answerClientError(error, socket);
  }

  handleConnect(req: IncomingMessage, socket: Duplex): void {
    answerConnect(req, socket);
  }

  async readiness(): Promise<Readiness> {
    const isDatabaseUp = await Promise.race([this.parts.store.ping(), tooLate()]).then(
      () => true,
      () => false,
    );
    const { checks } = this.parts.troubles;
    const isWell = Object.values(checks).every((state) => state === 'ok');
    return {
      isReady: isDatabaseUp && isWell && !this.#isDraining,
      checks: {
        database: isDatabaseUp ? 'ok' : 'failing',
        gateway: this.#isDraining ? 'draining' : 'ok',
        ...checks,
      },
    };
  }

  /**
   * Serves for DRAIN_SECONDS on, if it `mayDrain`, then lets nobody in, lets requests in flight finish for up to
   * SHUTDOWN_TIMEOUT, writes everything down and closes. Safe to call twice. Never rejects.
   */
  stop(server?: Server, mayDrain = true): Promise<void> {
    this.#stopping ??= this.#stop(server, mayDrain);
    return this.#stopping;
  }

  async #adminRefusalOf(req: IncomingMessage, signal: AbortSignal): Promise<Refusal | undefined> {
    try {
      await authorise(this, { headers: headersOf(req), method: req.method ?? 'GET', signal });
      return undefined;
    } catch (error) {
      return adminRefusal(error, (bug) => this.parts.logger.error({ err: bug }, 'an admin request failed'));
    }
  }

  async #stop(server: Server | undefined, mayDrain: boolean): Promise<void> {
    const { gateway, connections, settings, jobs, tasks, upstream, store, logger } = this.parts;
    const { logWriter, stateWriter, egressWriter } = this.parts;
    const { DRAIN_SECONDS, SHUTDOWN_TIMEOUT } = settings.current;
    const drainMs = mayDrain && server !== undefined ? DRAIN_SECONDS * 1000 : 0;
    const deadlineMs = SHUTDOWN_TIMEOUT * 1000;
    logger.info({ inFlight: gateway.inFlight, drainMs, deadlineMs }, 'stopping');
    this.#isDraining = true;
    const tasksClosed = after(drainMs).then(() => {
      this.parts.stopAdmin();
      return tasks.close();
    });
    await serveLastRequests({ gateway, connections, logger, drainMs, deadlineMs }, server);
    this.parts.stopFollowing();
    settings.close();
    await tasksClosed;
    await jobs.close();
    await upstream.close();
    await logWriter.close();
    await stateWriter.close();
    await egressWriter.close();
    await this.parts.signOutWriter.close();
    await this.parts.tokenUsage.close();
    await store
      .close()
      .catch((error: unknown) => logger.error({ err: error }, 'closing the database failed'));
    logger.info('stopped');
    logger.flush();
  }
}

/** A method that nothing takes comes first: `TRACE *`. */
function refusalOfFlaw(message: string, method: string): Refusal {
  if (!isAllowedMethod(method)) return notAllowed(allowedAt('/v1'));
  return { status: 400, code: 'malformed_request', message };
}

function headersOf({ headers }: IncomingMessage): Headers {
  const all = new Headers();
  for (const name in headers) {
    for (const value of [headers[name] ?? []].flat()) all.append(name, value);
  }
  return all;
}

/** Rejects when the database has not answered in the time that whoever asks for /ready has. */
async function tooLate(): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, PING_MS_MAX).unref());
  throw new Error('the database has not answered in time');
}

function after(ms: number): Promise<void> {
  return ms === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}

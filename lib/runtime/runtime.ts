import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AdminParts } from '../admin/context';
import type { AdminAuth } from '../auth/admin-auth';
import { clientAddress, UNKNOWN_ADDRESS, type ClientAddress } from '../auth/client-address';
import type { SignInEvents } from '../auth/next-auth-options';
import type { Gateway } from '../gateway/gateway';
import { handleClientError, handleNode } from '../gateway/node';
import { handleWeb } from '../gateway/web';
import type { Jobs } from '../jobs/jobs';
import type { EgressWriter } from '../jobs/checkpoint-egress';
import type { StateWriter } from '../jobs/checkpoint-state';
import type { KeyProber } from '../jobs/probe-keys';
import type { Tasks } from '../jobs/tasks';
import type { LiveSettings } from '../config/live-settings';
import type { StartupSettings } from '../config/startup';
import type { Store } from '../store';
import type { LogWriter } from '../store/log-writer';
import type { UpstreamClient } from '../upstream/client';
import { handleHealth, type Readiness } from './health';
import type { Logger } from './logger';
import type { MetricsEndpoint } from './metrics-endpoint';

const IDLE_SWEEP_MS = 20;

export interface RuntimeParts {
  readonly startup: StartupSettings;
  readonly settings: LiveSettings;
  readonly store: Store;
  readonly upstream: UpstreamClient;
  readonly gateway: Gateway;
  readonly logWriter: LogWriter;
  readonly stateWriter: StateWriter;
  readonly egressWriter: EgressWriter;
  readonly jobs: Jobs;
  readonly tasks: Tasks;
  readonly keyProber: KeyProber;
  readonly admin: RuntimeAdmin;
  readonly tokenUsage: { close(): Promise<void> };
  readonly logger: Logger;
  readonly metricsEndpoint: MetricsEndpoint;
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

/** Carries the connection's address past Next, which hands no connection on; with a proof that nobody else wrote it. */
const ADDRESS_HEADER = 'x-openai-balance-connection';

/** The running program: everything that was built at start, and how it ends. */
export class Runtime {
  #isDraining = false;
  readonly #addressProof = randomBytes(16).toString('hex');
  #stopping: Promise<void> | undefined;

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

  /** False if the path is Next's. Then the request says where it comes from. */
  handle(req: IncomingMessage, res: ServerResponse): boolean {
    if (handleNode(this.parts.gateway, req, res)) return true;
    if (this.parts.metricsEndpoint.handle(req, res)) return true;
    if (handleHealth(() => this.readiness(), req, res)) return true;
    req.headers[ADDRESS_HEADER] = `${this.#addressProof} ${req.socket.remoteAddress ?? ''}`;
    return false;
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

  handleClientError(error: Error, socket: Duplex): void {
    handleClientError(error, socket);
  }

  async readiness(): Promise<Readiness> {
    const isDatabaseUp = await this.parts.store.ping().then(
      () => true,
      () => false,
    );
    return {
      isReady: isDatabaseUp && !this.#isDraining,
      checks: {
        database: isDatabaseUp ? 'ok' : 'failing',
        gateway: this.#isDraining ? 'draining' : 'ok',
      },
    };
  }

  /**
   * Takes no new requests, lets those in flight finish for up to SHUTDOWN_TIMEOUT, writes everything down and closes.
   * Safe to call twice. Never rejects.
   */
  stop(server?: Server): Promise<void> {
    this.#stopping ??= this.#stop(server);
    return this.#stopping;
  }

  async #stop(server: Server | undefined): Promise<void> {
    const { gateway, settings, jobs, tasks, upstream, store, logger } = this.parts;
    const { logWriter, stateWriter, egressWriter } = this.parts;
    const deadlineMs = settings.current.SHUTDOWN_TIMEOUT * 1000;
    logger.info({ inFlight: gateway.inFlight, deadlineMs }, 'stopping');
    this.#isDraining = true;
    gateway.drain();
    this.parts.stopAdmin();
    const tasksClosed = tasks.close();
    const isIdle = await Promise.race([drained(gateway, server).then(() => true), after(deadlineMs)]);
    if (!isIdle) logger.warn({ inFlight: gateway.inFlight }, 'requests were cut off at the deadline');
    server?.closeAllConnections();
    this.parts.stopFollowing();
    settings.close();
    await tasksClosed;
    await jobs.close();
    await upstream.close();
    await logWriter.close();
    await stateWriter.close();
    await egressWriter.close();
    await this.parts.tokenUsage.close();
    await store
      .close()
      .catch((error: unknown) => logger.error({ err: error }, 'closing the database failed'));
    logger.info('stopped');
    logger.flush();
  }
}

/** Resolves when no request is in flight and every answer has left the house. */
async function drained(gateway: Gateway, server: Server | undefined): Promise<void> {
  const closed = server === undefined ? undefined : once(server, 'close');
  server?.close();
  await gateway.idle();
  if (server === undefined) return;
  // A kept-alive connection becomes idle when its last answer has been sent, and nobody else closes it then.
  const sweeper = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
  server.closeIdleConnections();
  await closed;
  clearInterval(sweeper);
}

function after(ms: number): Promise<false> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), ms).unref();
  });
}

import type { Server } from 'node:http';
import { Front, type NextHandler } from '../http/front';
import type { Readiness } from '../http/health';
import type { MetricsEndpoint } from '../http/metrics-endpoint';
import { LatePages } from '../http/pages/late-pages';
import type { StaticFiles } from '../http/pages/static-files';
import { logWritten, type Logger } from '../process/logger';
import { steadyClock } from '../process/system-ports';
import type { AdminStage, BelowAdmin } from './stages/admin';
import { cannotListen } from './cannot-listen';
import { stopProgram } from './stop';
import { ChangesTaken } from './workers/changes-taken';
import type { Workers } from './workers/workers';

export interface RuntimeParts extends BelowAdmin {
  readonly admin: AdminStage;
  readonly metricsEndpoint: MetricsEndpoint;
  readonly stopAlerts: () => Promise<void>;
  readonly staticFiles: StaticFiles;
  /** Undefined if this process serves clients itself. */
  readonly workers: Workers | undefined;
}

const PING_MS_MAX = 1_000;

/** The running program: everything that was built at start, what comes in, and how it ends. */
export class Runtime {
  readonly front: Front;
  #server: Server | undefined;
  #isDraining = false;
  #stopping: Promise<void> | undefined;

  constructor(private readonly parts: RuntimeParts) {
    const { machine, installation, workers, gateway, admin, metricsEndpoint, staticFiles } = parts;
    const taken = workers && new ChangesTaken(installation.store.changeNotes, () => workers.takeOver());
    this.front = new Front({
      gateway: gateway.gateway,
      connections: machine.ownLimits.connections,
      logger: machine.logger,
      admin,
      onChanged: () => taken?.wait() ?? Promise.resolve(),
      metricsEndpoint,
      staticFiles,
      readiness: () => this.readiness(),
      onRefused: (status) => gateway.metrics.refusedAtDoor(status),
    });
  }

  get host(): string {
    return this.parts.installation.startup.HOST;
  }

  get port(): number {
    return this.parts.installation.startup.PORT;
  }

  /** Of schedules and of the dashboard; an IANA name. */
  get timeZone(): string {
    return this.parts.settings.current.TIMEZONE;
  }

  get logger(): Logger {
    return this.parts.machine.logger;
  }

  get admin(): AdminStage {
    return this.parts.admin;
  }

  /**
   * Begins to serve. Resolves with the port when clients can connect; rejects with the reason, for people, if they
   * never will. What there was to say about the start has been written by then. Next is loaded for the first page.
   */
  async open(loadNext: () => Promise<NextHandler>): Promise<number> {
    const pages = new LatePages(loadNext, (error) =>
      this.logger.error({ err: error }, 'loading the pages failed; the next request for one tries again'),
    );
    const port = await this.#listen(pages.handle);
    await logWritten(this.logger);
    return port;
  }

  async #listen(toNext: NextHandler): Promise<number> {
    const { workers } = this.parts;
    await this.parts.sharing.begun();
    if (workers === undefined) {
      this.#server = this.front.publicServer(toNext);
      return listen(this.#server, { port: this.port, host: this.host });
    }
    this.#server = this.front.privateServer(toNext);
    await listen(this.#server, { path: workers.socketPath });
    return workers.start(this.front.proof);
  }

  async readiness(): Promise<Readiness> {
    const isDatabaseUp = await Promise.race([this.parts.installation.store.ping(), tooLate()]).then(
      () => true,
      () => false,
    );
    const { checks } = this.parts.machine.ownLimits.troubles;
    const isWell = Object.values(checks).every((state) => state === 'ok');
    return {
      isReady: isDatabaseUp && isWell && !this.#isDraining,
      checks: {
        database: isDatabaseUp ? 'ok' : 'failing',
        gateway: this.#isDraining ? 'draining' : 'ok',
        ...checks,
        ...this.#sharedCheck(),
      },
    };
  }

  #sharedCheck(): Pick<Readiness['checks'], 'shared'> {
    const state = this.parts.sharing.state;
    if (state === undefined || this.parts.sharing.onMachine) return {};
    return {
      shared:
        state.name === 'shared'
          ? 'ok'
          : `local since ${new Date(steadyClock.wallOf(state.since)).toISOString()}`,
    };
  }

  /**
   * Serves for DRAIN_SECONDS on, if it `mayDrain`, then lets nobody in, lets requests in flight finish for up to
   * SHUTDOWN_TIMEOUT, writes everything down and closes. Safe to call twice. Never rejects.
   */
  stop(mayDrain = true): Promise<void> {
    this.#isDraining = true;
    this.#stopping ??= stopProgram(this.parts, this.#server, mayDrain);
    return this.#stopping;
  }

  /** Without regard to anybody. */
  kill(): never {
    this.parts.workers?.kill();
    process.exit(1);
  }
}

/** Rejects when the database has not answered in the time that whoever asks for /ready has. */
async function tooLate(): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, PING_MS_MAX).unref());
  throw new Error('the database has not answered in time');
}

function listen(server: Server, where: { port: number; host: string } | { path: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new Error(cannotListen(error))));
    server.listen(where, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

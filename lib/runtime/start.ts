import { join } from 'node:path';
import { Egresses } from '../balancer/egresses';
import type { BalancerEvents } from '../balancer/events';
import { readEnvFile } from '../config/env-file';
import { readEnvironment, type Environment } from '../config/env';
import { openLiveSettings, type LiveSettings } from '../config/live-settings';
import { reconcile, type SettingProblem } from '../config/reconcile';
import type { Settings } from '../config/settings';
import { readStartupSettings, type StartupSettings } from '../config/startup';
import { Gateway } from '../gateway/gateway';
import { EgressWriter } from '../jobs/checkpoint-egress';
import { StateWriter } from '../jobs/checkpoint-state';
import { Jobs } from '../jobs/jobs';
import { probeEgresses } from '../jobs/probe-egress';
import { pruneLogs } from '../jobs/prune-logs';
import { rollUpStats } from '../jobs/roll-up-stats';
import { Tasks } from '../jobs/tasks';
import { openStore } from '../store';
import { createLogWriter } from '../store/log-writer';
import { UpstreamClient } from '../upstream/client';
import { Configuration } from './configuration';
import { databaseOptions } from './database-options';
import { createEgressProbing, egressCheckIntervalMs } from './egress-probing';
import { createLogIds } from './log-id';
import { createLogger, setLogLevel, type Logger } from './logger';
import { loadInventory } from './provider-sync';
import { Providers } from './providers';
import { createRecorder } from './recorder';
import { Runtime } from './runtime';
import { SecretsFile } from './secrets';
import { settingsStore } from './settings-store';
import { systemClock, systemRandom } from './system-ports';

/** The settings are wrong, so the program cannot start. The message is for people. */
export class StartError extends Error {
  readonly code = 'start_failed';
}

/** Builds everything once, in the order of its needs. Rejects with `start_failed` if the settings are wrong. */
export async function startRuntime(): Promise<Runtime> {
  const now = (): number => systemClock.now();
  const logger = createLogger();
  const environment = readEnvironment();
  const startup = readStartup(environment);
  const secrets = new SecretsFile(startup.DATA_DIR);
  const store = await openStore({
    database: databaseOptions(startup),
    encryptionKey: secrets.encryptionKey(startup.ENCRYPTION_KEY),
    migrationsDir: join(process.cwd(), 'prisma', 'migrations'),
    now,
  });
  const onUnreadable = (what: string, id: string): void =>
    logger.error(
      { what, id },
      'a stored secret cannot be decrypted with this encryption key and is left out',
    );

  const opened = await openLiveSettings({
    store: settingsStore(store, now, (name) => onUnreadable('setting', name)),
    startup,
    environment: environment.values,
    envFile: environment.envFile,
    onProblem: (problem) => logger.error({ source: problem.source }, problem.message),
    onSaveError: (error) => logger.error({ err: error }, 'saving settings failed'),
    onListenerError: (error) => logger.error({ err: error }, 'applying settings failed'),
  });
  if (!opened.ok) throw new StartError(describeProblems(opened.problems));
  const { settings } = opened;
  setLogLevel(logger, settings.current.LOG_LEVEL);

  const logWriter = createLogWriter({
    store,
    clock: { now, setTimer },
    onDrop: (count) => logger.warn({ count }, 'log rows were dropped'),
    onError: (error) => logger.error({ err: error }, 'writing logs failed; it is tried again'),
  });
  const stateWriter = new StateWriter(store.keys, now, (error) =>
    logger.error({ err: error }, 'writing key states failed; it is tried again'),
  );
  const egressWriter = new EgressWriter(store.egress, (error) =>
    logger.error({ err: error }, 'writing proxy states failed; it is tried again'),
  );
  const events = balancerEvents(logger, stateWriter, egressWriter);
  const egresses = new Egresses(systemRandom, events);
  const providers = new Providers(systemRandom, events, egresses);
  const upstream = new UpstreamClient();
  const configuration = new Configuration({
    store,
    settings,
    providers,
    inventory: await loadInventory(store, onUnreadable),
    madeToken: () => madeToken(secrets),
    now,
    publish(config) {
      gateway.configure(config);
      const egressIds = [...egresses.states].map((egress) => egress.config.egressId);
      upstream.keepOnly(new Set(config.providers.keys()), new Set(egressIds));
      logger.info('settings applied');
    },
    onError: (error) => logger.error({ err: error }, 'applying settings failed; it is tried again'),
  });
  const gateway = new Gateway(await configuration.compile(), {
    clock: systemClock,
    random: systemRandom,
    upstream,
    recorder: createRecorder({
      writer: logWriter,
      logger,
      newId: createLogIds(),
      mayKeepRequestBody: () => settings.current.ERROR_LOG_RECORD_REQUEST_BODY,
    }),
    onBug: (error, requestId) => logger.error({ err: error, requestId }, 'a request failed by our own fault'),
  });
  const stopFollowingProviders = configuration.follow();
  const stopFollowingLevel = settings.subscribe((current) => setLogLevel(logger, current.LOG_LEVEL));
  warnOfSharedToken(settings, logger);

  const tasks = new Tasks({
    now,
    onListenerError: (error) => logger.error({ err: error }, 'telling of a task failed'),
  });
  const egressProbing = createEgressProbing(egresses, settings, now, logger);
  const stopping = new AbortController();
  const regularWork = [
    pruneLogs(store, () => retention(settings.current), now),
    rollUpStats(store, now),
    probeEgresses(egressProbing, () => egressCheckIntervalMs(settings), stopping.signal),
  ];
  const jobs = new Jobs(regularWork, {
    timezone: settings.current.TIMEZONE,
    now,
    onFinished: ({ name, lastResult }) => logger.info({ job: name, ...lastResult }, 'job finished'),
  });
  // Whoever is down already need not be found out by traffic.
  if (settings.current.PROXY_AUTO_CHECK_ENABLED) void jobs.run('probe-egress');
  return new Runtime({
    startup,
    settings,
    store,
    upstream,
    gateway,
    logWriter,
    stateWriter,
    egressWriter,
    jobs,
    tasks,
    logger,
    stopFollowing() {
      stopping.abort();
      stopFollowingProviders();
      stopFollowingLevel();
    },
  });
}

function readStartup(environment: Environment): StartupSettings {
  const file = readEnvFile(environment.envFile);
  const read = readStartupSettings(environment.values, file.status === 'ok' ? file.values : {});
  if (!read.ok) {
    // The other settings are looked at too, so that everything that is wrong is told at once.
    const { problems } = reconcile([], {
      environment: environment.values,
      ...(file.status === 'ok' && { file: file.values }),
    });
    throw new StartError(describeProblems([...read.problems, ...problems]));
  }
  return read.settings;
}

function describeProblems(problems: readonly SettingProblem[]): string {
  const lines = problems.map((problem) => `  ${problem.message} (from the ${problem.source})`);
  return ['The settings are wrong:', ...lines].join('\n');
}

/** Shows a newly made token once, on standard output and not in the log. */
function madeToken(secrets: SecretsFile): string {
  const { token, isNew } = secrets.clientToken();
  if (isNew) {
    process.stdout.write(
      `\nNo ALLOWED_TOKENS are set, so a client token was made. It is kept in ${secrets.path}:\n\n    ${token}\n\n`,
    );
  }
  return token;
}

function warnOfSharedToken({ current }: LiveSettings, logger: Logger): void {
  if (current.AUTH_TOKEN !== '' && !current.ALLOWED_TOKENS.includes(current.AUTH_TOKEN)) return;
  logger.warn('the admin token is also a client token; set AUTH_TOKEN to a token of its own');
}

function retention(settings: Settings) {
  return {
    requestLogDays: settings.AUTO_DELETE_REQUEST_LOGS_ENABLED
      ? settings.AUTO_DELETE_REQUEST_LOGS_DAYS
      : undefined,
    errorLogDays: settings.AUTO_DELETE_ERROR_LOGS_ENABLED ? settings.AUTO_DELETE_ERROR_LOGS_DAYS : undefined,
  };
}

/** Every change of a key is written behind; those that a person wants to know of are logged. */
function balancerEvents(
  logger: Logger,
  stateWriter: StateWriter,
  egressWriter: EgressWriter,
): BalancerEvents {
  return {
    keyChanged(provider, key, change) {
      stateWriter.note(key, change);
      if (change !== 'disabled') return;
      logger.warn({ provider, key: key.config.hint, reason: key.disabled?.reason }, 'key disabled');
    },
    breakerChanged(provider, { state, reason }) {
      logger.warn({ provider, state, reason }, 'breaker changed');
    },
    sharedCause(provider, reason, keys, egress) {
      const proxy = egress && { proxy: egress.config.hint };
      logger.warn(
        { provider, ...proxy, reason, keys: keys.length },
        `not the keys but the ${egress === undefined ? 'provider' : 'proxy'}: their penalties were taken back`,
      );
    },
    egressChanged(egress) {
      egressWriter.note(egress);
    },
    egressBreakerChanged(egress, { state, reason }) {
      logger.warn({ proxy: egress.config.hint, state, reason }, 'breaker of a proxy changed');
    },
  };
}

function setTimer(fn: () => void, ms: number): { cancel(): void } {
  const timer = setTimeout(fn, ms);
  timer.unref();
  return { cancel: () => clearTimeout(timer) };
}

import { join } from 'node:path';
import { AdminAuth } from '../auth/admin-auth';
import { clientAddress } from '../auth/client-address';
import { GuessLimiter } from '../auth/guess-limiter';
import { Egresses } from '../balancer/egress/egresses';
import { readEnvFile } from '../config/env-file';
import { readEnvironment, type Environment } from '../config/env';
import { openLiveSettings } from '../config/live-settings';
import { misspeltSettings } from '../config/misspelt';
import { reconcile, type SettingProblem } from '../config/reconcile';
import { readStartupSettings, type StartupSettings } from '../config/startup';
import { Gateway } from '../gateway/gateway';
import { EgressWriter } from '../store/write-behind/checkpoint-egress';
import { StateWriter } from '../store/write-behind/checkpoint-state';
import { TokenUsage } from '../store/write-behind/checkpoint-tokens';
import { Jobs } from '../jobs/jobs';
import { Tasks } from '../tasks/tasks';
import { Metrics } from '../metrics/metrics';
import { openStore } from '../store/open-store';
import { createLogWriter } from '../store/write-behind/log-writer';
import { UsageBook } from '../store/usage/usage-book';
import { UpstreamClient } from '../upstream/client';
import { AdminListeners, createAdminParts } from './admin-parts';
import { createAddressQuestion, createModelsQuestion } from '../probing/ask-models';
import { balancerEvents } from './events/balancer-events';
import { Configuration } from '../inventory/configuration';
import { databaseOptions } from './settings/database-options';
import { egressBindings } from '../inventory/egress-bindings';
import { createEgressProbing } from '../probing/egress/egress-probing';
import { instanceId } from '../process/instance-id';
import { StaticFiles } from '../http/pages/static-files';
import { createKeyProber } from '../probing/keys/key-probing';
import { createLogIds } from './events/log-id';
import { createLogger, setLogLevel, type Logger } from '../process/logger';
import { MetricsEndpoint, metricsTokens } from '../http/metrics-endpoint';
import { watchOtherServers } from '../process/other-servers';
import { watchOutages } from '../probing/outages/outage-watch';
import { OutsideChanges } from '../inventory/outside-changes';
import { loadInventory } from '../inventory/provider-sync';
import { Providers } from '../inventory/providers';
import { createRecorder } from './events/recorder';
import { createRegularWork } from './regular-work';
import { OwnLimits } from '../process/own-limits';
import { Runtime } from './runtime';
import { SecretsFile } from './settings/secrets';
import { createSignInEvents } from './events/sign-in-events';
import { SignOutWriter } from '../store/write-behind/sign-out-writer';
import { settingsStore } from './settings/settings-store';
import { warnOfHeldBack, warnOfTokens } from './settings/settings-warnings';
import { steadyClock, systemClock, systemRandom, systemTimers } from '../process/system-ports';
import { VERSION } from '../process/version';

/** The settings are wrong, so the program cannot start. The message is for people. */
export class StartError extends Error {
  readonly code = 'start_failed';
}

/** Builds everything once, in the order of its needs. Rejects with `start_failed` if the settings are wrong. */
export async function startRuntime(): Promise<Runtime> {
  const now = Date.now;
  // What rests, waits or comes again goes by this one, and not by a clock that may be set.
  const steadyNow = (): number => steadyClock.now();
  const logger = createLogger();
  const environment = readEnvironment();
  const startup = readStartup(environment);
  const secrets = new SecretsFile(startup.DATA_DIR);
  const encryptionKey = secrets.encryptionKey(startup.ENCRYPTION_KEY);
  const database = databaseOptions(startup);
  const store = await openStore({
    database,
    encryptionKey,
    oldEncryptionKeys: secrets.oldEncryptionKeys(startup.ENCRYPTION_KEY, startup.ENCRYPTION_KEY_OLD),
    migrationsDir: join(process.cwd(), 'prisma', 'migrations'),
    now,
  });
  const stopWatchingServers = watchOtherServers(database, logger, now);
  const onUnreadable = (what: string, id: string): void =>
    logger.error(
      { what, id },
      'a stored secret cannot be decrypted with this encryption key and is not used',
    );

  const outsideChanges = new OutsideChanges(store.changeNotes);
  await outsideChanges.begin();
  const opened = await openLiveSettings({
    store: settingsStore(store, now, (name) => onUnreadable('setting', name), {
      instanceId: instanceId(startup.DATA_DIR),
      envFile: environment.envFile,
      namesAtStart: namesOf(environment),
    }),
    startup,
    environment: environment.values,
    envFile: environment.envFile,
    onProblem: (problem) => logger.error({ source: problem.source }, problem.message),
    onHeldBack: (names, waitMs) => warnOfHeldBack(names, waitMs, environment.envFile, logger),
    onSaveError: (error) => logger.error({ err: error }, 'saving settings failed'),
    onListenerError: (error) => logger.error({ err: error }, 'applying settings failed'),
  });
  if (!opened.ok) throw new StartError(describeProblems(opened.problems));
  const { settings } = opened;
  setLogLevel(logger, settings.current.LOG_LEVEL);
  warnOfSlips(environment.envFile, logger);

  const ownLimits = new OwnLimits(logger);
  const logWriter = createLogWriter({
    store,
    clock: { now: steadyNow, setTimer },
    onUsage: (delta) => usageBook.note(delta),
    onDrop: (count) => logger.warn({ count }, 'log rows were dropped'),
    onError: (error) => {
      ownLimits.writeFailed(error);
      logger.error({ err: error }, 'writing logs failed; it is tried again');
    },
  });
  const usageBook = new UsageBook(store.rollups, logWriter, steadyNow);
  const stateWriter = new StateWriter(store.keys, steadyClock, (error) =>
    logger.error({ err: error }, 'writing key states failed; it is tried again'),
  );
  const egressWriter = new EgressWriter(store.egress, steadyClock, (error) =>
    logger.error({ err: error }, 'writing proxy states failed; it is tried again'),
  );
  const listeners = new AdminListeners(steadyNow);
  const metrics = new Metrics();
  const ownEvents = balancerEvents({
    logger,
    stateWriter,
    egressWriter,
    live: listeners.live,
    isInUse: (provider, key) => {
      const pool = gateway.config.providers.get(provider)?.pool;
      return pool === undefined || pool.key(key.config.keyId) === key;
    },
    onProbeWanted: (keyId) => keyProber.verifyInDoubt(keyId, stopping.signal),
  });
  const events = metrics.countingEvents(ownEvents);
  const egresses = new Egresses(systemRandom, events);
  const providers = new Providers(systemRandom, events, egresses, steadyClock);
  const upstream = new UpstreamClient({
    now: steadyNow,
    onOwnTrouble: (shortOf) => ownLimits.troubles.met(shortOf),
  });
  const inventory = await loadInventory(store, onUnreadable);
  const tokenUsage = new TokenUsage(store.clientTokens, inventory.clientTokens, now, (error) =>
    logger.error({ err: error }, 'writing the use of client tokens failed; it is tried again'),
  );
  const configuration = new Configuration({
    store,
    settings,
    providers,
    inventory,
    onTokenUsed: (id) => tokenUsage.used(id),
    madeToken: () => madeToken(secrets),
    now,
    flushKeyStates: () => stateWriter.flush(),
    onAuthTokenLost: () =>
      logger.warn(
        'AUTH_TOKEN is gone from the settings; the one so far opens the dashboard until the next start',
      ),
    publish(config) {
      gateway.configure(config);
      const egressIds = [...egresses.states].map((egress) => egress.config.egressId);
      upstream.keepOnly(new Set(config.providers.keys()), new Set(egressIds));
      logger.info('settings applied');
    },
    onError: (error) => logger.error({ err: error }, 'applying settings failed; it is tried again'),
  });
  const limiter = new GuessLimiter(steadyNow, (address, waitSeconds) =>
    logger.warn({ address, waitSeconds }, 'too many wrong tokens'),
  );
  const gateway = new Gateway(await configuration.compile(), {
    clock: systemClock,
    random: systemRandom,
    timers: systemTimers,
    upstream,
    load: ownLimits.load,
    recorder: metrics.counting(
      listeners.tolls.counting(
        listeners.shares.counting(
          createRecorder({
            writer: logWriter,
            logger,
            newId: createLogIds(),
            wallOf: (at) => steadyClock.wallOf(at),
            mayKeepRequestBody: () => settings.current.ERROR_LOG_RECORD_REQUEST_BODY,
            onRequest(row) {
              listeners.rates.note(row);
              listeners.live.requestFinished();
            },
          }),
          {
            now: steadyNow,
            isOut: (slug) => providers.poolOf(slug)?.outage.current(steadyNow()) !== undefined,
            isResting: (slug, model) => providers.poolOf(slug)?.restReasonOf(model) !== undefined,
          },
        ),
        (slug) => providers.poolOf(slug)?.outage.since,
      ),
    ),
    onWrongTokens: (request, count) =>
      limiter.wrong(
        clientAddress(request.remoteAddress, request.header('x-forwarded-for')),
        'gateway',
        count,
      ),
    onBug: (error, requestId) => logger.error({ err: error, requestId }, 'a request failed by our own fault'),
  });
  metrics.watch({
    now: steadyNow,
    inFlight: () => gateway.inFlight,
    pools: () => providers.pools.values(),
    egresses: () => egresses.states,
    logStats: () => logWriter.stats,
  });
  const stopWatchingLoad = ownLimits.watch(gateway, logWriter);
  const stopFollowingProviders = configuration.follow();
  const stopFollowingLevel = settings.subscribe((current) => setLogLevel(logger, current.LOG_LEVEL));
  warnOfTokens(settings.current, configuration.adminToken, logger);

  const tasks = new Tasks({
    now,
    onListenerError: (error) => logger.error({ err: error }, 'telling of a task failed'),
  });
  const egressProbing = createEgressProbing({
    egresses,
    settings,
    providers: () => gateway.config.providers.values(),
    now: steadyNow,
    logger,
  });
  const stopping = new AbortController();
  watchOutages({ clock: systemClock, gateway, upstream, egressProbing, signal: stopping.signal });
  const keyProber = createKeyProber({ clock: systemClock, random: systemRandom, tasks, gateway, upstream });
  const regularWork = createRegularWork({
    store,
    settings,
    keyProber,
    egressProbing,
    now,
    stopping: stopping.signal,
  });
  const jobs = new Jobs(regularWork, {
    timezone: settings.current.TIMEZONE,
    now: steadyNow,
    wallOf: (at) => steadyClock.wallOf(at),
    onFinished({ name, lastResult }) {
      listeners.live.jobChanged();
      logger.info({ job: name, ...lastResult }, 'job finished');
    },
  });
  const admin = createAdminParts(
    {
      version: VERSION,
      now,
      liveTime: steadyClock,
      store,
      settings,
      configuration,
      pools: providers.pools,
      egresses,
      egressProbing,
      keyProber,
      tasks,
      jobs,
      usage: usageBook,
      tokenUse: (id) => tokenUsage.of(id),
      inFlight: () => gateway.inFlight,
      askModels: createModelsQuestion({ clock: systemClock, gateway, upstream, pools: providers.pools }),
      askAddress: createAddressQuestion({
        clock: systemClock,
        upstream,
        egresses,
        sharedBinding: () => egressBindings(configuration.inventory.egresses, false)({ mode: 'shared' }),
        customHeaders: () => settings.current.CUSTOM_HEADERS,
      }),
      flushLogs: () => logWriter.flush(),
      catchUpLogs: () => logWriter.catchUp(),
      flushKeyStates: () => stateWriter.flush(),
      onError: (error, what) => logger.error({ err: error }, what),
    },
    listeners,
  );
  const signOutWriter = new SignOutWriter({
    write: async (session) => {
      await store.signedOutSessions.add(session);
      await store.changeNotes.leave([{ kind: 'sign_out', session }]);
    },
    onError: (error) => logger.error({ err: error }, 'saving a sign-out failed; it is tried again'),
    after: (ms, call) => void setTimeout(call, ms).unref(),
  });
  const auth = new AdminAuth({
    encryptionKey,
    adminToken: () => configuration.adminToken,
    sessionSeconds: () => settings.current.ADMIN_SESSION_EXPIRE,
    limiter,
    now,
    saveSignedOut: (session) => signOutWriter.save(session),
  });
  auth.learnSignedOut(await store.signedOutSessions.list());
  const stopFollowingChanges = outsideChanges.follow({
    auth,
    settings,
    configuration,
    pools: providers.pools,
    onUnreadable,
    onApplied(notes) {
      listeners.live.changed('settings', 'providers', 'keys');
      logger.info({ changes: notes.length }, 'changes made by commands are in force');
    },
    onError: (error) => logger.error({ err: error }, 'looking for changes failed; it is tried again'),
  });
  void store.rollups.recount(stopping.signal).catch((error: unknown) => {
    if (!stopping.signal.aborted)
      logger.error({ err: error }, 'counting the past anew failed; the next start goes on with it');
  });
  // Whoever is down already need not be found out by traffic.
  if (settings.current.PROXY_AUTO_CHECK_ENABLED) void jobs.run('probe-egress');
  return new Runtime({
    startup,
    settings,
    store,
    upstream,
    gateway,
    connections: ownLimits.connections,
    troubles: ownLimits.troubles,
    logWriter,
    stateWriter,
    egressWriter,
    signOutWriter,
    jobs,
    tasks,
    keyProber,
    tokenUsage,
    admin: {
      parts: admin.parts,
      auth,
      signInEvents: createSignInEvents(store, logger),
      now,
    },
    stopAdmin: () => admin.stop(),
    logger,
    metricsEndpoint: new MetricsEndpoint(
      metrics,
      () => metricsTokens(configuration.adminToken, settings.current),
      limiter,
      (error) => logger.error({ err: error }, 'telling the metrics failed'),
    ),
    staticFiles: StaticFiles.of(process.cwd()),
    stopFollowing() {
      stopping.abort();
      stopWatchingLoad();
      stopFollowingProviders();
      stopFollowingLevel();
      stopFollowingChanges();
      stopWatchingServers();
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
      `\nNo ALLOWED_TOKENS are set, so a token was made. Clients send it as their API key, and it opens the dashboard ` +
        `as long as there is no AUTH_TOKEN. It is kept in ${secrets.path}:\n\n    ${token}\n\n`,
    );
  }
  return token;
}

function namesOf({ values, envFile }: Environment) {
  const file = readEnvFile(envFile);
  return {
    environment: Object.keys(values),
    file: file.status === 'ok' ? Object.keys(file.values) : [],
  };
}

function warnOfSlips(envFile: string, logger: Logger): void {
  const file = readEnvFile(envFile);
  if (file.status !== 'ok') return;
  for (const { name, meant } of misspeltSettings(Object.keys(file.values))) {
    logger.warn(`${name} in ${envFile} is not a setting; did you mean ${meant}?`);
  }
}

function setTimer(fn: () => void, ms: number): { cancel(): void } {
  const timer = setTimeout(fn, ms);
  timer.unref();
  return { cancel: () => clearTimeout(timer) };
}

import { join } from 'node:path';
import { clientAddress } from '../../auth/client-address';
import type { LiveSettings } from '../../config/live-settings';
import { BodyFolder } from '../../gateway/body/body-folder';
import { emptyConfig } from '../../gateway/config';
import type { ClientRequest } from '../../gateway/exchange/exchange';
import { Gateway } from '../../gateway/gateway';
import type { Recorder } from '../../gateway/record/record';
import { TokenUses } from '../../gateway/tokens/token-uses';
import { Configuration } from '../../inventory/configuration';
import { Metrics } from '../../metrics/metrics';
import { cataloguePrice } from '../../pricing/catalogue';
import { PriceBook } from '../../pricing/price-book';
import { setLogLevel } from '../../process/logger';
import { DISK } from '../../process/troubles';
import { steadyClock, systemClock, systemRandom, systemTimers } from '../../process/system-ports';
import { UpstreamClient } from '../../upstream/client';
import type { Tracer } from '../../tracing/tracer';
import type { AdminListeners } from '../admin-listeners';
import { createLogIds } from '../events/log-id';
import { billed, pricing } from '../events/priced';
import { createRecorder } from '../events/recorder';
import { MadeToken } from '../settings/made-token';
import { warnOfTokens } from '../settings/settings-warnings';
import type { GuessingStage } from './guessing';
import type { Installation } from './installation';
import { tokenCounterOf, type InventoryStage } from './inventory';
import type { Machine } from './machine';
import { openTracing } from './tracing';
import type { WriteBehind } from './write-behind';

/** The gateway, and its configuration. */
export interface GatewayStage {
  readonly gateway: Gateway;
  readonly upstream: UpstreamClient;
  readonly configuration: Configuration;
  /** What client tokens use of their limits and budgets. */
  readonly tokenUses: TokenUses;
  readonly madeToken: MadeToken;
  readonly metrics: Metrics;
  /** Undefined where requests are not traced. */
  readonly tracer: Tracer | undefined;
}

interface Below {
  readonly machine: Machine;
  readonly installation: Installation;
  readonly settings: LiveSettings;
  readonly writeBehind: WriteBehind;
  readonly inventory: InventoryStage;
  readonly guessing: GuessingStage;
  readonly listeners: AdminListeners;
}

/** The gateway with its configuration in force, which from now on follows the settings. */
export async function openGateway(below: Below): Promise<GatewayStage> {
  const { machine, installation, settings, writeBehind, guessing } = below;
  const { logger, ownLimits, steadyNow, stopping } = machine;
  const metrics = new Metrics();
  const tracer = await openTracing(machine, installation);
  const upstream = new UpstreamClient({
    now: steadyNow,
    onOwnTrouble: (shortOf) => ownLimits.troubles.met(shortOf),
  });
  const prices = priceBook(settings, () => configuration);
  const { company, spending } = below.inventory;
  const tokenUses = new TokenUses({ clock: systemClock, wallNow: machine.now, company, spending });
  const bodyFiles = new BodyFolder(join(installation.startup.DATA_DIR, 'bodies'), (error, isFull) => {
    if (isFull) ownLimits.troubles.met(DISK);
    else logger.warn({ err: error }, 'a request body could not be written below DATA_DIR/bodies');
  });
  await bodyFiles.clean();
  const gateway = new Gateway(emptyConfig(), {
    bodyFiles,
    clock: systemClock,
    random: systemRandom,
    timers: systemTimers,
    upstream,
    owners: writeBehind.owners,
    load: ownLimits.load,
    tokens: tokenUses,
    costOf: (provider, model, usage) => prices.costOf(provider, model, billed(usage), machine.now()),
    addressOf,
    recorder: pricing(countedRecorder(below, metrics, tracer), prices, wallOf),
    tracing: tracer,
    onWrongTokens: (request, count) => guessing.limiter.wrong(addressesOf(request), 'gateway', count),
    onBug: (error, requestId) => logger.error({ err: error, requestId }, 'a request failed by our own fault'),
  });
  const madeToken = await MadeToken.open({ ...installation, now: machine.now, logger });
  const configuration = createConfiguration(below, { gateway, upstream, tokenUses }, madeToken, prices);
  gateway.configure(await configuration.compile());
  watchTraffic(metrics, below, gateway);
  if (tracer !== undefined) metrics.watchSpans(() => tracer.counts);
  const stops = [
    ownLimits.watch(gateway, writeBehind.logWriter),
    configuration.follow(),
    settings.subscribe((current) => {
      setLogLevel(logger, current.LOG_LEVEL);
      prices.forget();
    }),
  ];
  stopping.signal.addEventListener('abort', () => stops.forEach((stop) => stop()));
  warnOfTokens(settings.current, configuration.adminToken, logger);
  return { gateway, upstream, configuration, tokenUses, madeToken, metrics, tracer };
}

function addressesOf(request: ClientRequest) {
  return clientAddress(request.remoteAddress, request.header('x-forwarded-for'));
}

const addressOf = (request: ClientRequest): string => addressesOf(request).address;

/** Finished requests are counted and traced before they are logged. */
function countedRecorder(below: Below, metrics: Metrics, tracer: Tracer | undefined): Recorder {
  const recorder = recorderOf(below);
  return metrics.counting(tracer?.tracing(recorder) ?? recorder);
}

function wallOf(at: number): number {
  return steadyClock.wallOf(at);
}

function priceBook(settings: LiveSettings, configuration: () => Configuration): PriceBook {
  return new PriceBook({
    own: () => settings.current.MODEL_PRICES,
    catalogue: cataloguePrice,
    baseUrlOf: (slug) => configuration().inventory.providers.find((row) => row.slug === slug)?.baseUrl,
  });
}

function watchTraffic(metrics: Metrics, { machine, inventory, writeBehind }: Below, gateway: Gateway): void {
  metrics.watch({
    now: machine.steadyNow,
    inFlight: () => gateway.inFlight,
    waiting: () => gateway.waiting.depth,
    pools: () => inventory.providers.pools.values(),
    egresses: () => inventory.egresses.states,
    logStats: () => writeBehind.logWriter.stats,
  });
}

/** Each finished request is logged, counted and sent to open pages. */
function recorderOf({ machine, settings, writeBehind, inventory, listeners }: Below): Recorder {
  const { logger, steadyNow } = machine;
  const { logWriter, usageBook } = writeBehind;
  const poolOf = (slug: string) => inventory.providers.poolOf(slug);
  const recorder = createRecorder({
    writer: {
      request: (row) => logWriter.request(row),
      error: (row) => logWriter.error(row),
      usage(delta) {
        logWriter.usage(delta);
        usageBook.note(delta);
      },
    },
    logger,
    newId: createLogIds(),
    wallOf,
    mayKeepRequestBody: () => settings.current.ERROR_LOG_RECORD_REQUEST_BODY,
    onRequest(row) {
      listeners.rates.note(row);
      listeners.live.requestFinished();
    },
  });
  const withShares = listeners.shares.counting(recorder, {
    now: steadyNow,
    isOut: (slug) => poolOf(slug)?.outage.current(steadyNow()) !== undefined,
    isResting: (slug, model) => poolOf(slug)?.restReasonOf(model) !== undefined,
  });
  return listeners.tolls.counting(withShares, (slug) => poolOf(slug)?.outage.since);
}

function createConfiguration(
  below: Below,
  { gateway, upstream, tokenUses }: Pick<GatewayStage, 'gateway' | 'upstream' | 'tokenUses'>,
  madeToken: MadeToken,
  prices: PriceBook,
): Configuration {
  const { machine, installation, settings, writeBehind, inventory } = below;
  const { logger, now } = machine;
  const configuration: Configuration = new Configuration({
    store: installation.store,
    settings,
    providers: inventory.providers,
    inventory: inventory.stored,
    onTokenUsed: (id) => tokenCounterOf(inventory, id).used(id),
    madeToken: () => madeToken.inUse(),
    now,
    flushKeyStates: () => writeBehind.stateWriter.flush(),
    onAuthTokenLost: () =>
      logger.warn(
        'AUTH_TOKEN is gone from the settings; the one so far opens the dashboard until the next start',
      ),
    publish(config) {
      gateway.configure(config);
      prices.forget();
      const tokenIds = new Set(configuration.inventory.clientTokens.map(({ id }) => id));
      tokenUses.keepOnly((id) => tokenIds.has(id));
      const egressIds = [...inventory.egresses.states].map((egress) => egress.config.egressId);
      upstream.keepOnly(new Set(config.providers.keys()), new Set(egressIds));
      logger.info('settings applied');
    },
    onError: (error) => logger.error({ err: error }, 'applying settings failed; it is tried again'),
  });
  return configuration;
}

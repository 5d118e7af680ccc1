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
import { egressBindings } from '../../inventory/egress-bindings';
import { Metrics } from '../../metrics/metrics';
import { setLogLevel } from '../../process/logger';
import { DISK } from '../../process/troubles';
import { steadyClock, systemClock, systemRandom, systemTimers } from '../../process/system-ports';
import { UpstreamClient } from '../../upstream/client';
import type { PriceBook } from '../../pricing/price-book';
import type { Tracer } from '../../tracing/tracer';
import type { AdminListeners } from '../admin-listeners';
import { createLogIds } from '../events/log-id';
import { billed, Pricing, tellsTotalOnly } from '../events/priced';
import { createRecorder } from '../events/recorder';
import { MadeToken } from '../settings/made-token';
import { warnOfTokens } from '../settings/settings-warnings';
import type { GuessingStage } from './guessing';
import type { Installation } from './installation';
import { tokenCounterOf, type InventoryStage } from './inventory';
import type { Machine } from './machine';
import { openTracing } from './tracing';
import { openPrices, type PricesStage } from './prices';
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
  readonly prices: PricesStage;
  /** Undefined where requests are not traced. */
  readonly tracer: Tracer | undefined;
  /** All requests that have finished so far are recorded. */
  recorded(): Promise<void>;
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
  const { logger, ownLimits, steadyNow } = machine;
  const metrics = new Metrics();
  const tracer = await openTracing(machine, installation);
  const upstream = new UpstreamClient({
    now: steadyNow,
    onOwnTrouble: (shortOf) => ownLimits.troubles.met(shortOf),
  });
  const prices = await openPricesOf(below, () => configuration.inventory);
  const { company, spending } = below.inventory;
  const tokenUses = new TokenUses({ clock: systemClock, wallNow: machine.now, company, spending });
  const bodyFiles = await openBodyFiles(machine, installation);
  const { countedReads: counted } = installation.store;
  const recorder = new Pricing(countedRecorder(below, metrics, tracer), {
    book: prices.book,
    counted,
    wallOf,
  });
  const gateway = new Gateway(emptyConfig(), {
    bodyFiles,
    clock: systemClock,
    random: systemRandom,
    timers: systemTimers,
    upstream,
    owners: writeBehind.owners,
    load: ownLimits.load,
    tokens: tokenUses,
    costOf: (provider, model, usage) =>
      tellsTotalOnly(usage) ? undefined : prices.book.costOf(provider, model, billed(usage), machine.now()),
    addressOf,
    recorder,
    tracing: tracer,
    onWrongTokens: (request, count) => guessing.limiter.wrong(addressesOf(request), 'gateway', count),
    onBug: (error, requestId) => logger.error({ err: error, requestId }, 'a request failed by our own fault'),
  });
  const madeToken = await MadeToken.open({ ...installation, now: machine.now, logger });
  const configuration = createConfiguration(below, { gateway, upstream, tokenUses }, madeToken, prices.book);
  gateway.configure(await configuration.compile());
  watchTraffic(metrics, below, gateway);
  metrics.watchTokens(() => configuration.namedTokens);
  if (tracer !== undefined) metrics.watchSpans(() => tracer.counts);
  followSettings(below, { gateway, configuration, prices });
  warnOfTokens(settings.current, configuration.adminToken, logger);
  const recorded = () => recorder.settled();
  return { gateway, upstream, configuration, tokenUses, madeToken, metrics, prices, tracer, recorded };
}

/** Until the program stops. */
function followSettings(
  { machine: { logger, ownLimits, stopping }, settings, writeBehind }: Below,
  { gateway, configuration, prices }: Pick<GatewayStage, 'gateway' | 'configuration' | 'prices'>,
): void {
  const stops = [
    ownLimits.watch(gateway, writeBehind.logWriter),
    configuration.follow(),
    settings.subscribe((current) => {
      setLogLevel(logger, current.LOG_LEVEL);
      prices.book.forget();
      void prices.updates.load();
    }),
  ];
  stopping.signal.addEventListener('abort', () => stops.forEach((stop) => stop()));
}

async function openBodyFiles({ logger, ownLimits }: Machine, { startup }: Installation): Promise<BodyFolder> {
  const folder = new BodyFolder(join(startup.DATA_DIR, 'bodies'), (error, isFull) => {
    if (isFull) ownLimits.troubles.met(DISK);
    else logger.warn({ err: error }, 'a request body could not be written below DATA_DIR/bodies');
  });
  await folder.clean();
  return folder;
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

function openPricesOf(
  { machine, settings, installation, inventory }: Below,
  view: () => Configuration['inventory'],
): Promise<PricesStage> {
  return openPrices({
    machine,
    settings,
    store: installation.store,
    baseUrlOf: (slug) => view().providers.find((row) => row.slug === slug)?.baseUrl,
    egresses: inventory.egresses,
    sharedBinding: () => egressBindings(view().egresses, false)({ mode: 'shared' }),
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

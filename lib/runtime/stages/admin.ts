import type { AdminParts } from '../../admin/context';
import { AdminAuth } from '../../auth/admin-auth';
import { Discovery } from '../../auth/oidc/discover';
import type { SignInEvents } from '../../auth/next-auth-options';
import type { Crowd } from '../../balancer/waiting/waiting-room';
import type { LiveSettings } from '../../config/live-settings';
import { egressBindings } from '../../inventory/egress-bindings';
import type { Jobs } from '../../jobs/jobs';
import { createAddressQuestion, createModelsQuestion } from '../../probing/ask-models';
import { steadyClock, systemClock } from '../../process/system-ports';
import { VERSION } from '../../process/version';
import { SignOutWriter } from '../../store/write-behind/sign-out-writer';
import type { AdminListeners } from '../admin-listeners';
import { createAdminParts } from '../admin-parts';
import { createSignInEvents } from '../events/sign-in-events';
import type { AlertsStage } from './alerts';
import type { GatewayStage } from './gateway';
import type { GuessingStage } from './guessing';
import type { Installation } from './installation';
import { tokenCounterOf, type InventoryStage } from './inventory';
import type { Machine } from './machine';
import type { ProbingStage } from './probing';
import type { SharingStage } from './sharing';
import type { WriteBehind } from './write-behind';

/** What the routes of the dashboard and of the admin API work with. */
export interface AdminStage {
  readonly parts: AdminParts;
  readonly auth: AdminAuth;
  readonly signInEvents: SignInEvents;
  readonly discovery: Discovery;
  readonly signOutWriter: SignOutWriter;
  readonly now: () => number;
  /** Ends all live streams. */
  readonly stop: () => void;
}

export interface BelowAdmin {
  readonly machine: Machine;
  readonly installation: Installation;
  readonly settings: LiveSettings;
  readonly writeBehind: WriteBehind;
  readonly inventory: InventoryStage;
  readonly guessing: GuessingStage;
  readonly gateway: GatewayStage;
  readonly probing: ProbingStage;
  readonly jobs: Jobs;
  readonly alerts: AlertsStage;
  readonly sharing: SharingStage;
  readonly listeners: AdminListeners;
}

export async function openAdmin(below: BelowAdmin): Promise<AdminStage> {
  const { machine, installation, settings, gateway, guessing } = below;
  const { logger, now } = machine;
  const { store } = installation;
  const { parts, stop } = partsOf(below);
  const signOutWriter = new SignOutWriter({
    write: (session) => store.signedOutSessions.add(session),
    onError: (error) => logger.error({ err: error }, 'saving a sign-out failed; it is tried again'),
  });
  const auth = new AdminAuth({
    encryptionKey: installation.encryptionKey,
    adminToken: () => gateway.configuration.adminToken,
    sessionSeconds: () => settings.current.ADMIN_SESSION_EXPIRE,
    oidc: () => settings.current,
    limiter: guessing.limiter,
    now,
    saveSignedOut: (session) => signOutWriter.save(session),
  });
  auth.learnSignedOut(await store.signedOutSessions.list());
  const signInEvents = createSignInEvents(store, logger);
  return { parts, auth, signInEvents, discovery: new Discovery(now), signOutWriter, now, stop };
}

function partsOf(below: BelowAdmin): ReturnType<typeof createAdminParts> {
  const { machine, installation, settings, writeBehind, inventory, gateway, probing, jobs, sharing } = below;
  const { logger, now } = machine;
  const { providers, egresses } = inventory;
  const { configuration, upstream } = gateway;
  const { logWriter, stateWriter, usageBook } = writeBehind;
  return createAdminParts(
    {
      version: VERSION,
      now,
      liveTime: steadyClock,
      store: installation.store,
      settings,
      configuration,
      pools: providers.pools,
      egresses,
      ...probing,
      jobs,
      instances: sharing,
      shortages: () => below.alerts.shortages.current,
      alerts: below.alerts.alerts,
      usage: usageBook,
      spending: spendingOf(inventory, gateway),
      tokenUse: (id) => summed(tokenCounterOf(inventory, id).of(id), sharing.elsewhere.tokenUse(id)),
      prices: pricesOf(gateway),
      inFlight: () => gateway.gateway.inFlight,
      waiting: () => gateway.gateway.waiting.depth,
      crowdOf: (pool) => joined(gateway.gateway.waiting.crowdOf(pool), sharing.elsewhere.crowdOf(pool)),
      askModels: createModelsQuestion({
        clock: systemClock,
        gateway: gateway.gateway,
        upstream,
        pools: providers.pools,
      }),
      askAddress: createAddressQuestion({
        clock: systemClock,
        upstream,
        egresses,
        sharedBinding: () => egressBindings(configuration.inventory.egresses, false)({ mode: 'shared' }),
        customHeaders: () => settings.current.CUSTOM_HEADERS,
      }),
      flushLogs: () => logWriter.flush(),
      catchUpLogs: () => logWriter.catchUp(),
      catchUpCounts: () => sharing.catchUpCounts(),
      flushKeyStates: () => stateWriter.flush(),
      onError: (error, what) => logger.error({ err: error }, what),
    },
    below.listeners,
  );
}

function pricesOf({ prices }: GatewayStage): AdminParts['prices'] {
  const { updates, book } = prices;
  return {
    get inUse() {
      return updates.inUse;
    },
    fetch: (signal) => updates.fetch(signal),
    priceOf: (provider, model, at) => book.priceOf(provider, model, at),
  };
}

function spendingOf(
  { spending, tokenUsage }: InventoryStage,
  { tokenUses }: GatewayStage,
): AdminParts['spending'] {
  return {
    of: (id, period) => spending.of(id, period).spent,
    reset: (id, stored) => tokenUsage.spentReset(id, stored),
    capacityOf: (id, limits) => tokenUses.capacityOf(id, limits),
  };
}

type TokenUse = ReturnType<AdminParts['tokenUse']>;

function summed(here: TokenUse, elsewhere: TokenUse): TokenUse {
  const lastUsedAt = Math.max(here.lastUsedAt ?? 0, elsewhere.lastUsedAt ?? 0);
  return {
    requestCount: here.requestCount + elsewhere.requestCount,
    lastUsedAt: lastUsedAt === 0 ? null : lastUsedAt,
  };
}

function joined(here: Crowd | undefined, elsewhere: Crowd | undefined): Crowd | undefined {
  if (here === undefined || elsewhere === undefined) return here ?? elsewhere;
  return { count: here.count + elsewhere.count, since: Math.min(here.since, elsewhere.since) };
}

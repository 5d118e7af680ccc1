import { onTestFinished } from 'vitest';
import type { AdminContext } from '../../../lib/admin/context';
import type { KeyFilter } from '../../../lib/admin/contract/keys';
import { listKeys } from '../../../lib/admin/keys/list';
import { Egresses } from '../../../lib/balancer/egress/egresses';
import { SILENT } from '../../../lib/balancer/events';
import type { Pool } from '../../../lib/balancer/pool/pool';
import { openLiveSettings } from '../../../lib/config/live-settings';
import { readStartupSettings } from '../../../lib/config/startup';
import type { GatewayConfig } from '../../../lib/gateway/config';
import { EgressWriter } from '../../../lib/store/write-behind/checkpoint-egress';
import { StateWriter } from '../../../lib/store/write-behind/checkpoint-state';
import { Jobs } from '../../../lib/jobs/jobs';
import { Tasks } from '../../../lib/tasks/tasks';
import { AdminListeners } from '../../../lib/runtime/admin-listeners';
import { createAdminParts } from '../../../lib/runtime/admin-parts';
import { Configuration } from '../../../lib/inventory/configuration';
import { loadInventory } from '../../../lib/inventory/inventory';
import { Providers } from '../../../lib/inventory/providers';
import { settingsStore } from '../../../lib/runtime/settings/settings-store';
import type { Store } from '../../../lib/store/open-store';
import { UsageBook } from '../../../lib/store/usage/usage-book';
import { NOW, temporaryStore } from '../inventory/support';

/** What a form says of a new provider, but for its name and address: nothing of its own. */
export const NEW_PROVIDER = {
  isEnabled: true,
  selectionPolicy: null,
  timeoutSeconds: null,
  firstTokenTimeoutSeconds: null,
  maxFailures: null,
  maxRetries: null,
  testModel: null,
  customHeaders: {},
  modelRequestKey: null,
  fallbacks: [] as string[],
  egress: { mode: 'shared' },
} as const;

const NOTHING = { inFlight: 0, waiting: 0, minutes: [], troubles: [] };

export interface World {
  readonly context: AdminContext;
  readonly store: Store;
  readonly clock: { now: number };
  readonly stateWriter: StateWriter;
  /** As the pools tell of what traffic does to a key. */
  readonly noteKey: StateWriter['note'];
  /** What is known of proxies is written. */
  readonly flushEgresses: () => Promise<void>;
  /** What the gateway works by now. */
  readonly gateway: () => GatewayConfig;
  readonly pool: (slug: string) => Pool;
  /** A second start on the same store: what has been kept. */
  readonly restarted: () => ReturnType<typeof loadInventory>;
  readonly audit: () => Promise<{ action: string; target: string; actor: string; detail: string }[]>;
}

/** The admin API over a real store, real pools and real settings, with nobody to ask upstream. */
export async function world(
  environment: Readonly<Record<string, string>> = {},
  given: Partial<AdminContext> = {},
  shared?: Store,
): Promise<World> {
  const clock = { now: NOW };
  const now = () => clock.now;
  const store = shared ?? (await temporaryStore());
  const startup = readStartupSettings({}, {});
  if (!startup.ok) throw new Error('the defaults are wrong');
  const opened = await openLiveSettings({
    store: settingsStore(store, now, () => undefined),
    startup: startup.settings,
    environment: {
      ALLOWED_TOKENS: 'sk-client-0123456789',
      AUTH_TOKEN: 'sk-admin-0123456789',
      ...environment,
    },
    envFile: '/nowhere/.env',
    onProblem: ({ message }) => {
      throw new Error(message);
    },
    onSaveError: fail,
    watch: false,
  });
  if (!opened.ok) throw new Error(opened.problems.map(({ message }) => message).join());
  const { settings } = opened;

  const listeners = new AdminListeners(now);
  const liveTime = { now, wallOf: (at: number) => at, steadyOf: (at: number) => at };
  const stateWriter = new StateWriter(store.keys, liveTime, fail);
  const egressWriter = new EgressWriter(store.egress, liveTime, fail);
  const events = {
    ...SILENT,
    egressChanged: (...[egress, change]: Parameters<EgressWriter['note']>) =>
      egressWriter.note(egress, change),
    keyChanged: (_provider: string, ...[key, change]: Parameters<StateWriter['note']>) =>
      stateWriter.note(key, change),
  };
  const random = { next: () => 0 };
  const egresses = new Egresses(random, events);
  const providers = new Providers(random, events, egresses, liveTime);
  let published: GatewayConfig | undefined;
  const configuration = new Configuration({
    store,
    settings,
    providers,
    inventory: await loadInventory(store, fail),
    onTokenUsed: () => undefined,
    madeToken: () => 'sk-made-0123456789',
    now,
    publish: (config) => void (published = config),
    onError: fail,
  });
  published = await configuration.compile();
  const stopFollowing = configuration.follow();
  const tasks = new Tasks({ now, onListenerError: fail });
  const jobs = new Jobs([], { timezone: 'UTC', now, onFinished: () => undefined });
  const admin = createAdminParts(
    {
      version: 'test',
      now,
      liveTime,
      store,
      settings,
      configuration,
      pools: providers.pools,
      egresses,
      egressProbing: {
        egresses,
        check: () => Promise.resolve({ latencyMs: 5, status: 200, error: undefined }),
        reach: () => Promise.resolve({ latencyMs: 5, status: 200, error: undefined }),
        now,
        failuresMax: () => 3,
        onChange: () => undefined,
      },
      keyProber: { verify: fail, verifyKey: fail },
      tasks,
      jobs,
      instances: {
        state: undefined,
        onMachine: false,
        selfId: 'self',
        isUnheard: false,
        elsewhere: NOTHING,
        list: () => [],
      },
      shortages: () => [],
      alerts: {
        states: () => Promise.resolve(new Map()),
        test: fail,
        edit: (work) => work(),
      },
      spending: {
        of: () => ({ nano: 0, tokens: 0, requests: 0 }),
        reset: () => undefined,
        capacityOf: () => ({}),
      },
      tokenUse: () => ({ requestCount: 0, lastUsedAt: null }),
      prices: {
        inUse: { source: 'package', at: NOW, models: 1, problem: undefined },
        fetch: () => Promise.resolve({ ok: true }),
        priceOf: () => undefined,
      },
      inFlight: () => 0,
      waiting: () => 0,
      crowdOf: () => undefined,
      askModels: fail,
      askAddress: fail,
      flushLogs: () => Promise.resolve(),
      catchUpLogs: () => Promise.resolve(),
      catchUpCounts: () => Promise.resolve(),
      usage: new UsageBook(
        store.rollups,
        { withUnwritten: async (read, join) => join(await read(), []) },
        now,
      ),
      flushKeyStates: () => stateWriter.flush(),
      onError: fail,
      ...given,
    },
    listeners,
  );
  onTestFinished(async () => {
    stopFollowing();
    admin.stop();
    settings.close();
    await tasks.close();
    await jobs.close();
    await stateWriter.close();
    await egressWriter.close();
  });
  const caller = {
    by: 'bearer',
    role: 'admin',
    name: null,
    address: '203.0.113.7',
    expiresAt: null,
    isOver: () => false,
    signal: new AbortController().signal,
  } as const;
  const context: AdminContext = { ...admin.parts, caller };
  return {
    context,
    store,
    clock,
    stateWriter,
    noteKey: (key, change) => stateWriter.note(key, change),
    flushEgresses: () => egressWriter.flush(),
    gateway: () => published ?? fail('nothing was published'),
    pool: (slug) => published?.providers.get(slug)?.pool ?? fail(`no provider ${slug}`),
    async restarted() {
      await stateWriter.flush();
      return loadInventory(store, fail);
    },
    audit: () => store.audit.page({ limit: 500 }),
  };
}

function fail(problem?: unknown): never {
  throw problem instanceof Error
    ? problem
    : new Error(typeof problem === 'string' ? problem : 'not expected');
}

/** Hints, or whatever else, of the keys that pass; by provider and order of adding. */
export async function keysOf(context: AdminContext, filter: KeyFilter = {}) {
  const { items } = await listKeys(context, {
    page: 1,
    pageSize: 500,
    sort: 'createdAt',
    order: 'asc',
    ...filter,
  });
  return items;
}

/** A key whose hint ends in its name, of four characters. */
export const keyNamed = (name: string): string =>
  `sk-${'0123456789abcdef'.repeat(2)}${name.padStart(4, '-')}`;

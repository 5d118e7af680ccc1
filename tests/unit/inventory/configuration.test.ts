import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { Egresses } from '../../../lib/balancer/egress/egresses';
import { SILENT } from '../../../lib/balancer/events';
import type { LiveSettings } from '../../../lib/config/live-settings';
import type { SettingName, Settings } from '../../../lib/config/settings';
import type { SettingsListener } from '../../../lib/config/settings-state';
import type { GatewayConfig } from '../../../lib/gateway/config';
import { Configuration } from '../../../lib/inventory/configuration';
import { loadInventory } from '../../../lib/inventory/inventory';
import { Providers } from '../../../lib/inventory/providers';
import type { Store } from '../../../lib/store/open-store';
import { NOW, providerConfig, settings, temporaryStore } from './support';

const TOKEN = 'sk-client-0123456789';

let store: Store;
let live: ReturnType<typeof fakeLiveSettings>;
let providers: Providers;
let published: GatewayConfig[];
let errors: unknown[];
let configuration: Configuration;

/** Settings that a test changes by hand. */
function fakeLiveSettings() {
  const listeners = new Set<SettingsListener>();
  let current = settings({ ALLOWED_TOKENS: [TOKEN], API_KEYS: ['sk-a'] });
  return {
    get current() {
      return current;
    },
    change(changed: Partial<Settings>) {
      current = { ...current, ...changed };
      for (const listener of listeners) listener(current, new Set(Object.keys(changed) as SettingName[]));
    },
    /** What others have written to the store. */
    written: {} as Partial<Settings>,
    refresh() {
      this.change(this.written);
      return Promise.resolve();
    },
    subscribe(listener: SettingsListener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

beforeEach(async () => {
  store = await temporaryStore();
  live = fakeLiveSettings();
  const random = { next: () => 0 };
  providers = new Providers(random, SILENT, new Egresses(random, SILENT), {
    now: () => NOW,
    steadyOf: (at) => at,
  });
  published = [];
  errors = [];
  configuration = new Configuration({
    store,
    settings: live as unknown as LiveSettings,
    providers,
    inventory: await loadInventory(store, () => undefined),
    onTokenUsed: () => undefined,
    madeToken: () => 'sk-made-0123456789',
    now: () => NOW,
    publish: (config) => void published.push(config),
    onError: (error) => void errors.push(error),
  });
  published.push(await configuration.compile());
  onTestFinished(configuration.follow());
});

const latest = (): GatewayConfig => published.at(-1) ?? expect.fail('nothing was published');
const secretsOf = (slug: string) => {
  const pool = latest().providers.get(slug)?.pool;
  return [...(pool?.keys ?? [])].map((key) => key.config.secret).sort();
};

it('publishes what changed, and keeps the pool with its live state', async () => {
  const { pool } = latest().providers.get('default')!;
  const key = [...pool.keys][0]!;
  key.requestCount = 42;
  live.change({ API_KEYS: ['sk-a', 'sk-b'], BASE_URL: 'https://new.example/v1' });
  await configuration.settled();
  expect(latest().providers.get('default')).toMatchObject({ target: { baseUrl: 'https://new.example/v1' } });
  expect(latest().providers.get('default')?.pool).toBe(pool);
  expect(secretsOf('default')).toEqual(['sk-a', 'sk-b']);
  expect(key.requestCount).toBe(42);
});

it('gives a pool its new keys and publishes where they are for in one step: nothing can run in between', async () => {
  const steps: string[] = [];
  const compile = providers.compile.bind(providers);
  vi.spyOn(providers, 'compile').mockImplementation((...args) => {
    const compiled = compile(...args);
    steps.push('keys');
    queueMicrotask(() => steps.push('somebody else'));
    return compiled;
  });
  vi.spyOn(published, 'push').mockImplementation((config) => {
    steps.push('published');
    return published.unshift(config);
  });
  live.change({ API_KEYS: ['sk-b'], BASE_URL: 'https://new.example/v1' });
  await configuration.settled();
  expect(steps).toEqual(['keys', 'published', 'somebody else']);
});

it('applies changes in order, so that the last one counts', async () => {
  live.change({ API_KEYS: ['sk-b'] });
  live.change({ MAX_RETRIES: 9 });
  live.change({ API_KEYS: ['sk-c'], FILTERED_MODELS: ['gpt-old'] });
  await configuration.settled();
  expect(secretsOf('default')).toEqual(['sk-c']);
  expect(latest().filteredModels.names).toEqual(['gpt-old']);
  expect(latest().providers.get('default')?.pool.config.maxRetries).toBe(9);
});

it('asks the database nothing for settings that concern no provider', async () => {
  const list = vi.spyOn(store.settings, 'list');
  live.change({ MAX_RETRIES: 9, MAX_BODY_MB: 1, STREAM_KEEPALIVE_SECONDS: 2 });
  await configuration.settled();
  expect(list).not.toHaveBeenCalled();
  expect(latest()).toMatchObject({ bodyBytesMax: 2 ** 20, streamKeepAliveMs: 2_000 });
});

it('keeps everything as it was while the database refuses, and makes up for it by itself', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const before = latest();
  const list = vi.spyOn(store.settings, 'list').mockRejectedValueOnce(new Error('locked'));
  live.change({ API_KEYS: ['sk-b'], BASE_URL: 'https://new.example/v1' });
  await configuration.settled();
  expect(errors).toMatchObject([{ message: 'locked' }]);
  expect(latest()).toBe(before);
  expect(secretsOf('default')).toEqual(['sk-a']);
  list.mockRestore();
  vi.runOnlyPendingTimers();
  await configuration.settled();
  expect(secretsOf('default')).toEqual(['sk-b']);
});

it('makes good a change that was broken off halfway, with a provider and keys already written', async () => {
  vi.spyOn(store, 'keepUp').mockRejectedValueOnce(new Error('the plug was pulled'));
  live.change({ API_KEYS: ['sk-b'], PROVIDERS_CONFIG: [providerConfig('other', ['sk-c'])] });
  await configuration.settled();
  expect(errors).toMatchObject([{ message: 'the plug was pulled' }]);
  expect([...latest().providers.keys()]).toEqual(['default']);
  // Any change is an occasion to try again.
  live.change({ PROVIDERS_CONFIG: [providerConfig('other', ['sk-c', 'sk-d'])] });
  await configuration.settled();
  expect(errors).toHaveLength(1);
  expect([secretsOf('default'), secretsOf('other')]).toEqual([['sk-b'], ['sk-c', 'sk-d']]);
});

it('publishes nothing of a change that waits for the database together with a later one that does not', async () => {
  vi.spyOn(store.settings, 'list').mockRejectedValueOnce(new Error('locked'));
  live.change({ API_KEYS: ['sk-b'], BASE_URL: 'https://new.example/v1' });
  await configuration.settled();
  live.change({ ALLOWED_TOKENS: [TOKEN, 'sk-client-more'] });
  await configuration.settled();
  const provider = latest().providers.get('default');
  // Either both or none: never the new address with the old keys.
  expect([provider?.target.baseUrl, secretsOf('default')]).toEqual(['https://api.openai.com/v1', ['sk-a']]);
});

it.each<{ what: string; more: Partial<Settings> }>([
  { what: 'provider', more: {} },
  { what: 'provider at another address', more: { BASE_URL: 'https://new.example/v1' } },
])('lets nobody in by a token of others before their keys and $what are there', async ({ more }) => {
  const [provider] = await store.providers.list(() => undefined);
  live.written = { ALLOWED_TOKENS: ['sk-client-of-others'], ...more };
  await store.upkeep.keys.importMany(provider!.id, [{ value: 'sk-of-others' }], 'dashboard');
  const seen: unknown[] = [];
  vi.spyOn(published, 'push').mockImplementation((config) => {
    const isIn = config.access.check(() => 'sk-client-of-others').ok;
    const { pool, target } = config.providers.get('default')!;
    const keys = pool.keys.map((key) => key.config.secret).sort();
    return seen.push([isIn, keys, target.baseUrl]);
  });
  await configuration.takeOver(() => undefined);
  await configuration.settled();
  const all = [true, ['sk-a', 'sk-of-others'], more.BASE_URL ?? 'https://api.openai.com/v1'];
  expect(seen).toEqual(seen.map(() => all));
  expect(seen).not.toHaveLength(0);
});

it('does nothing any more once it has been stopped', async () => {
  const count = published.length;
  const stop = configuration.follow();
  stop();
  live.change({ API_KEYS: ['sk-b'] });
  await configuration.settled();
  expect(published).toHaveLength(count);
});

it('lets in the client tokens and the admin token; the made one only where none is configured', async () => {
  const letsIn = (token: string) =>
    latest().access.check((name) => (name === 'x-api-key' ? token : undefined)).ok;
  live.change({ AUTH_TOKEN: 'sk-admin-0123456789' });
  await configuration.settled();
  expect([TOKEN, 'sk-admin-0123456789', 'sk-made-0123456789'].map(letsIn)).toEqual([true, true, false]);
  live.change({ ALLOWED_TOKENS: [] });
  await configuration.settled();
  expect([TOKEN, 'sk-admin-0123456789', 'sk-made-0123456789'].map(letsIn)).toEqual([false, true, true]);
});

it("lets a provider's own limits and headers win over the general ones", async () => {
  live.change({
    MAX_RETRIES: 1,
    MAX_FAILURES: 2,
    TIME_OUT: 3,
    FIRST_TOKEN_TIMEOUT: 6,
    COOLDOWN_SECONDS: 4,
    SELECTION_POLICY: 'weighted',
    CUSTOM_HEADERS: { 'X-Team': 'blue', 'X-All': 'yes' },
    PROVIDERS_CONFIG: [
      providerConfig('own', ['sk-o'], {
        max_retries: 10,
        max_failures: 20,
        timeout: 30,
        first_token_timeout: 0,
        selection_policy: 'sticky',
        custom_headers: { 'x-team': 'red' },
        limits: { requests_per_minute: 60 },
        api_keys: [{ value: 'sk-o', weight: 1, limits: { concurrency: 2 }, account: 'team' }],
      }),
      providerConfig('plain', ['sk-p']),
    ],
  });
  await configuration.settled();
  const { own, plain } = Object.fromEntries(latest().providers);
  expect(own?.pool.config).toMatchObject({
    maxRetries: 10,
    maxFailures: 20,
    policy: 'sticky',
    cooldownMs: 4_000,
    limits: { requestsPerMinute: 60 },
  });
  expect(own?.pool.keys[0]?.config).toMatchObject({ limits: { concurrency: 2 }, account: 'team' });
  expect(own?.target).toMatchObject({
    timeoutMs: 30_000,
    firstTokenTimeoutMs: 0,
    customHeaders: { 'x-team': 'red', 'X-All': 'yes' },
  });
  expect(own?.target.customHeaders).not.toHaveProperty('X-Team');
  expect(plain?.pool.config).toMatchObject({ maxRetries: 1, maxFailures: 2, policy: 'weighted' });
  expect(plain?.pool.config.limits).toBeUndefined();
  expect(plain?.pool.keys[0]?.config).toMatchObject({ limits: undefined, account: undefined });
  expect(plain?.target).toMatchObject({
    timeoutMs: 3_000,
    firstTokenTimeoutMs: 6_000,
    customHeaders: { 'X-Team': 'blue', 'X-All': 'yes' },
  });
});

it('gives a key what it used of its limits before the start', async () => {
  const limits = { requests_per_day: 5 };
  live.change({ PROVIDERS_CONFIG: [{ ...providerConfig('own', ['sk-used', 'sk-new']), limits }] });
  await configuration.settled();
  const [used] = latest().providers.get('own')?.pool.keys ?? [];
  const uses = JSON.stringify({ at: NOW, whole: { d: [NOW + 3_600_000, 5, 0] } });
  await store.keys.saveStates([{ keyId: used!.config.keyId, uses }]);
  const restarted = new Providers({ next: () => 0 }, SILENT, providers.egresses, {
    now: () => NOW,
    steadyOf: (at) => at,
  });
  restarted.compile(await loadInventory(store, () => undefined), settings());
  const waits = restarted
    .poolOf('own')
    ?.keys.map(({ account, limits: effective }) => account!.waitMs(effective, 'm', 0, NOW));
  expect(waits?.[0]).toBeGreaterThan(0);
  expect(waits?.[1]).toBe(0);
});

import { beforeEach, describe, expect, it } from 'vitest';
import type { Settings } from '../../../lib/config/settings';
import { planProviders } from '../../../lib/inventory/provider-plan';
import { loadInventory, type Inventory } from '../../../lib/inventory/inventory';
import { syncProviders } from '../../../lib/inventory/provider-sync';
import type { Store } from '../../../lib/store/open-store';
import { anotherStore, NOW, providerConfig, settings, temporaryStore } from './support';

let store: Store;

beforeEach(async () => {
  store = await temporaryStore();
});

const load = () => loadInventory(store, (what, id) => expect.fail(`${what} ${id} is unreadable`));
const sync = async (changed: Partial<Settings>, from?: Inventory) =>
  syncProviders(store, from ?? (await load()), planProviders(settings(changed)), NOW);

/** Key values by slug. */
function keysOf({ providers, keys }: Inventory): Record<string, string[]> {
  return Object.fromEntries(
    providers.map(({ id, slug }) => [
      slug,
      [...(keys.get(id)?.values() ?? [])].map(({ value }) => value).sort(),
    ]),
  );
}

const rowsOf = ({ keys }: Inventory) => [...keys.values()].flatMap((rows) => [...rows.values()]);

describe('the store is brought in line with the settings', () => {
  it('and the inventory that comes back is the one that a new start reads', async () => {
    const synced = await sync({
      API_KEYS: ['sk-a', 'sk-b'],
      PROVIDERS_CONFIG: [providerConfig('other', ['sk-c'], { timeout: 5, fallbacks: ['default'] })],
    });
    expect(keysOf(synced)).toEqual({ default: ['sk-a', 'sk-b'], other: ['sk-c'] });
    expect(synced.providers[1]).toMatchObject({
      source: 'environment',
      timeoutSeconds: 5,
      fallbacks: ['default'],
    });
    const read = await load();
    expect(read.providers).toEqual(synced.providers);
    expect(keysOf(read)).toEqual(keysOf(synced));
  });

  it('a key that vanishes is removed, one that stays keeps its id and state, one that comes is added', async () => {
    const first = await sync({ API_KEYS: ['sk-a', 'sk-b'] });
    const kept = rowsOf(first).find(({ value }) => value === 'sk-b')!;
    await store.upkeep.keys.update(kept.id, { isDisabled: true, disabledBy: 'auto', reason: 'revoked' });
    await sync({ API_KEYS: ['sk-b', 'sk-c'] }, first);
    const read = await load();
    expect(keysOf(read)).toEqual({ default: ['sk-b', 'sk-c'] });
    const rows = rowsOf(read);
    expect(rows.find(({ value }) => value === 'sk-b')).toMatchObject({ id: kept.id, reason: 'revoked' });
  });

  it('a changed weight reaches the key that is there', async () => {
    const config = (weight: number) => [
      providerConfig('other', [], { api_keys: [{ value: 'sk-a', weight }] }),
    ];
    const first = await sync({ PROVIDERS_CONFIG: config(1) });
    await sync({ PROVIDERS_CONFIG: config(7) }, first);
    expect(rowsOf(await load())).toMatchObject([{ value: 'sk-a', weight: 7 }]);
  });

  it('limits and accounts reach provider and keys, also those that are there', async () => {
    const config = (rpm: number) => [
      providerConfig('other', [], {
        limits: { concurrency: rpm },
        api_keys: [{ value: 'sk-a', weight: 1, limits: { requests_per_minute: rpm }, account: `a${rpm}` }],
      }),
    ];
    const first = await sync({ PROVIDERS_CONFIG: config(1) });
    const second = await sync({ PROVIDERS_CONFIG: config(7) }, first);
    const expected = [{ value: 'sk-a', limits: { requestsPerMinute: 7 }, account: 'a7' }];
    expect(rowsOf(second)).toMatchObject(expected);
    const read = await load();
    expect(rowsOf(read)).toMatchObject(expected);
    expect(read.providers[1]).toMatchObject({ limits: { concurrency: 7 } });
  });

  it('limits and accounts that are taken back are gone', async () => {
    const api_keys = [{ value: 'sk-a', weight: 1, limits: { concurrency: 1 }, account: 'a' }];
    const first = await sync({
      PROVIDERS_CONFIG: [providerConfig('other', [], { api_keys, limits: { concurrency: 2 } })],
    });
    const second = await sync({ PROVIDERS_CONFIG: [providerConfig('other', ['sk-a'])] }, first);
    expect(rowsOf(second)).toMatchObject([{ limits: null, account: null }]);
    const read = await load();
    expect(rowsOf(read)).toMatchObject([{ limits: null, account: null }]);
    expect(read.providers[1]).toMatchObject({ limits: null });
  });

  it('a provider that vanishes is removed with its keys', async () => {
    const first = await sync({ PROVIDERS_CONFIG: [providerConfig('other', ['sk-a'])] });
    const second = await sync({}, first);
    expect(keysOf(second)).toEqual({ default: [] });
    expect(keysOf(await load())).toEqual({ default: [] });
  });
});

describe('what vanished from the settings and returns within ten minutes', () => {
  const later = (ms: number, changed: Partial<Settings>, from: Inventory) =>
    syncProviders(store, from, planProviders(settings(changed)), NOW + ms);

  it('is the same key, with its state and counters', async () => {
    const first = await sync({ API_KEYS: ['sk-a', 'sk-b'] });
    const key = rowsOf(first).find(({ value }) => value === 'sk-a')!;
    await store.upkeep.keys.update(key.id, {
      isDisabled: true,
      disabledBy: 'auto',
      reason: 'revoked',
      requestCount: 7,
    });
    const without = await sync({ API_KEYS: ['sk-b'] }, first);
    expect(keysOf(without)).toEqual({ default: ['sk-b'] });
    const back = await later(600_000, { API_KEYS: ['sk-a', 'sk-b'] }, without);
    expect(rowsOf(back)).toMatchObject([
      { id: key.id, reason: 'revoked', requestCount: 7 },
      { value: 'sk-b' },
    ]);
    expect(keysOf(await load())).toEqual(keysOf(back));
  });

  it('is a new key after that, of which only the id is known', async () => {
    const first = await sync({ API_KEYS: ['sk-a'] });
    const id = rowsOf(first)[0]?.id ?? '';
    await store.upkeep.keys.update(id, { note: 'mine', requestCount: 7 });
    const without = await sync({ API_KEYS: [] }, first);
    const back = await later(600_001, { API_KEYS: ['sk-a'] }, without);
    expect(rowsOf(back)).toMatchObject([{ id, note: '', requestCount: 0 }]);
  });

  it('is the same provider, with its keys', async () => {
    const PROVIDERS_CONFIG = [providerConfig('other', ['sk-a', 'sk-b'])];
    const first = await sync({ PROVIDERS_CONFIG });
    const without = await sync({}, first);
    expect(keysOf(await load())).toEqual({ default: [] });
    const back = await later(600_000, { PROVIDERS_CONFIG }, without);
    expect(back.providers.map(({ id }) => id)).toEqual(first.providers.map(({ id }) => id));
    expect(rowsOf(back).map(({ id }) => id)).toEqual(rowsOf(first).map(({ id }) => id));
    expect(keysOf(await load())).toEqual(keysOf(back));
  });

  it('does not stand in the way of a provider that the dashboard makes under its name', async () => {
    const first = await sync({ PROVIDERS_CONFIG: [providerConfig('other', ['sk-a'])] });
    await sync({}, first);
    const other = first.providers.find(({ slug }) => slug === 'other')!;
    const made = await store.upkeep.providers.create({ ...other, source: 'dashboard' });
    expect((await load()).providers.map(({ slug }) => slug)).toEqual(['default', 'other']);
    expect(made.id).not.toBe(other.id);
  });

  it('is back although the run that removed it broke off', async () => {
    const first = await sync({ API_KEYS: ['sk-a'] });
    const broken = {
      ...store,
      keepUp: () => Promise.reject(new Error('away')),
    };
    await expect(
      syncProviders(broken, first, planProviders(settings({ API_KEYS: [] })), NOW),
    ).rejects.toThrow('away');
    const back = await later(1_000, { API_KEYS: ['sk-a'], MODEL_REQUEST_KEY: 'sk-m' }, first);
    expect(rowsOf(back).map(({ id }) => id)).toEqual(rowsOf(first).map(({ id }) => id));
    expect(keysOf(await load())).toEqual({ default: ['sk-a'] });
  });
});

describe('what was made in the dashboard', () => {
  it('is never removed: neither keys in a provider of the settings nor a provider', async () => {
    const first = await sync({ API_KEYS: ['sk-a'], PROVIDERS_CONFIG: [providerConfig('other', ['sk-b'])] });
    for (const { id } of first.providers)
      await store.upkeep.keys.importMany(id, [{ value: `sk-own-${id}` }], 'dashboard');
    const [own, other] = first.providers;
    await sync({ API_KEYS: ['sk-c'] });
    expect(keysOf(await load())).toEqual({
      default: ['sk-c', `sk-own-${own?.id}`],
      // Its settings are gone, its own key is not: so it goes on as the dashboard's.
      other: [`sk-own-${other?.id}`],
    });
    expect((await load()).providers[1]).toMatchObject({ slug: 'other', source: 'dashboard' });
  });

  it('stays of a key whose limits and account the settings never spoke of', async () => {
    const first = await sync({ API_KEYS: ['sk-a'] });
    const own = { limits: { requestsPerDay: 5 }, account: 'mine' };
    await store.upkeep.keys.update(rowsOf(first)[0]!.id, own);
    await sync({ API_KEYS: ['sk-a', 'sk-b'] });
    await sync({ API_KEYS: ['sk-a'] });
    expect(rowsOf(await load())).toMatchObject([{ value: 'sk-a', ...own }]);
  });

  it('stays when the settings say the same as before, also through a new start', async () => {
    const same = { API_KEYS: ['sk-a'], BASE_URL: 'https://from-settings.example/v1' };
    const first = await sync(same);
    await store.upkeep.providers.update(first.providers[0]!.id, {
      baseUrl: 'https://from-dashboard.example/v1',
    });
    await sync(same);
    expect((await load()).providers[0]?.baseUrl).toBe('https://from-dashboard.example/v1');
    await sync({ ...same, API_KEYS: ['sk-b'] });
    expect((await load()).providers[0]?.baseUrl).toBe('https://from-settings.example/v1');
  });
});

it('nothing changes when the settings say the same: the very inventory comes back', async () => {
  const first = await sync({ API_KEYS: ['sk-a'] });
  expect(await sync({ API_KEYS: ['sk-a'] }, first)).toBe(first);
});

it('an interrupted run is made good by the next one', async () => {
  const wanted = { API_KEYS: ['sk-a', 'sk-b'], PROVIDERS_CONFIG: [providerConfig('other', ['sk-c'])] };
  const stops = ['create', 'importMany', 'keepUp'] as const;
  for (const stop of stops) {
    store = await temporaryStore();
    const broken = () => Promise.reject(new Error('the plug was pulled'));
    const interrupted: Store = {
      ...store,
      upkeep: {
        ...store.upkeep,
        ...(stop === 'create' && { providers: { ...store.upkeep.providers, create: broken } }),
        ...(stop === 'importMany' && { keys: { ...store.upkeep.keys, importMany: broken } }),
      },
      ...(stop === 'keepUp' && { keepUp: broken }),
    };
    const plan = planProviders(settings(wanted));
    await expect(syncProviders(interrupted, await load(), plan, NOW)).rejects.toThrow('the plug was pulled');
    expect(keysOf(await sync(wanted))).toEqual({ default: ['sk-a', 'sk-b'], other: ['sk-c'] });
  }
});

it('an interrupted run is made good with the inventory of before it, as the running program does', async () => {
  const before = await sync({ API_KEYS: ['sk-a'] });
  const wanted = { API_KEYS: ['sk-b'], PROVIDERS_CONFIG: [providerConfig('other', ['sk-c'])] };
  const interrupted: Store = {
    ...store,
    keepUp: () => Promise.reject(new Error('the plug was pulled')),
  };
  const plan = planProviders(settings(wanted));
  await expect(syncProviders(interrupted, before, plan, NOW)).rejects.toThrow('the plug was pulled');
  const again = await syncProviders(store, before, plan, NOW);
  expect(keysOf(again)).toEqual({ default: ['sk-b'], other: ['sk-c'] });
  expect(keysOf(await load())).toEqual(keysOf(again));
});

it('two instances that begin with the same settings at once end with the same keys', async () => {
  const PROVIDERS_CONFIG = ['one', 'two', 'three'].map((slug) => providerConfig(slug, [`sk-${slug}`]));
  const API_KEYS = Array.from({ length: 120 }, (_, index) => `sk-${index}`);
  const plan = planProviders(settings({ API_KEYS, PROVIDERS_CONFIG }));
  const empty = await load();
  const [first, second] = await Promise.all([
    syncProviders(store, empty, plan, NOW),
    syncProviders(store, empty, plan, NOW),
  ]);
  expect(keysOf(first)).toEqual(keysOf(await load()));
  expect(keysOf(second)).toEqual(keysOf(first));
  expect(keysOf(first)).toMatchObject({ default: [...API_KEYS].sort(), three: ['sk-three'] });
});

describe('several instances on one store', () => {
  const config = {
    API_KEYS: ['sk-a', 'sk-b'],
    PROXIES: ['http://127.0.0.1:9', 'http://127.0.0.1:10'],
    PROVIDERS_CONFIG: [providerConfig('other', ['sk-c'], { proxies: ['http://127.0.0.1:11'] })],
  };
  const syncOn = async (on: Store, changed: Partial<Settings>, from?: Inventory) => {
    const current = settings(changed);
    const known = from ?? (await loadInventory(on, () => undefined));
    return syncProviders(on, known, planProviders(current), NOW, current.PROXIES);
  };

  const idsOf = (inventory: Inventory) =>
    rowsOf(inventory)
      .map(({ id }) => id)
      .sort();

  it('that start at the same moment agree, and none adds what another has added', async () => {
    const stores = [store, await anotherStore(store), await anotherStore(store)];
    const all = await Promise.all(stores.map((one) => syncOn(one, config)));
    for (const inventory of all) {
      expect(keysOf(inventory)).toEqual({ default: ['sk-a', 'sk-b'], other: ['sk-c'] });
      expect(inventory.egresses).toHaveLength(3);
      expect(idsOf(inventory)).toEqual(idsOf(all[0]!));
    }
    const read = await load();
    expect(rowsOf(read)).toHaveLength(3);
    expect(read.egresses).toHaveLength(3);
  });

  it('that want different things leave what one of them wants, and nothing of the others', async () => {
    const stores = [store, await anotherStore(store), await anotherStore(store)];
    const wanted = ['sk-x', 'sk-y', 'sk-z'];
    const loaded = await Promise.all(stores.map((one) => loadInventory(one, () => undefined)));
    await Promise.all(
      stores.map((one, i) =>
        syncOn(one, { API_KEYS: [wanted[i] ?? ''], PROXIES: config.PROXIES }, loaded[i]),
      ),
    );
    const read = await load();
    expect(rowsOf(read)).toHaveLength(1);
    expect(wanted).toContain(rowsOf(read)[0]?.value);
    expect(read.egresses).toHaveLength(2);
  });

  it('know what another has brought in line between their reading and their own turn', async () => {
    const early = await load();
    const theirs = await syncOn(await anotherStore(store), config);
    const ours = await syncOn(store, config, early);
    expect(keysOf(ours)).toEqual(keysOf(theirs));
    expect(await syncOn(store, config, ours)).toBe(ours);
  });
});

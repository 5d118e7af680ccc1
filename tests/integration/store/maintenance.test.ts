import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChangeNote } from '../../../lib/store/change-notes';
import type { Dump } from '../../../lib/store/dump';
import type { Store } from '../../../lib/store/open-store';
import { BACKENDS, onEachBackend } from './on-each-backend';
import { ASKER, KEY, open, provider, randomKeyValue, replaceAll } from './backends';
import { rawSql as raw } from '../../support/raw-sql';
import { requestRow } from './rows';

const NEW_KEY = Buffer.alloc(32, 8);
const decryptFailed = expect.objectContaining({ code: 'decrypt_failed' }) as Error;

/** A store with something of everything that holds secrets. */
async function fill(store: Store, keyCount = 250): Promise<string[]> {
  const headers = { 'x-secret': 'header-secret' };
  const { id } = await store.upkeep.providers.create(
    provider('a', {
      modelRequestKey: 'sk-model-secret',
      customHeaders: headers,
      egress: { mode: 'direct' },
      limits: { concurrency: 9 },
    }),
  );
  const values = Array.from({ length: keyCount }, randomKeyValue);
  const { added } = await store.upkeep.keys.importMany(
    id,
    values.map((value, index) => ({
      value,
      weight: 1.5,
      note: `note ${index} ü`,
      limits: { requestsPerDay: index + 1 },
      account: `account ${index} ü`,
      tags: [`tag ${index} ü`, 'a;b', '🚀'],
    })),
    'dashboard',
  );
  await store.keys.saveStates([
    {
      keyId: added[0]!.id,
      disabled: { by: 'auto', reason: 'revoked' },
      failures: 3,
      cooldowns: { cooldownUntil: 1_800_000_000_000, modelCooldowns: { 'gpt-test': 1_800_000_000_001 } },
      counts: {
        requests: 5_000_000_000,
        errors: 0,
        lastUsedAt: null,
        lastErrorAt: null,
        lastErrorStatus: null,
      },
    },
  ]);
  await store.upkeep.egress.createMany([
    { url: 'http://u:proxy-secret@h:1', hint: 'http://h:1', source: 'dashboard', isShared: true },
  ]);
  await store.upkeep.clientTokens.create('a person', 'sk-client-secret');
  await store.upkeep.settings.saveMany([
    {
      name: 'AUTH_TOKEN',
      value: 'admin-secret',
      source: 'file',
      appliedEnvironment: null,
      appliedFile: 'a fingerprint',
      updatedAt: 7,
    },
  ]);
  await store.audit.insert({ actor: 'somebody', action: 'keys.import', target: 'a', detail: '{}' });
  return values;
}

async function content(store: Store) {
  return {
    providers: await store.providers.list(),
    keys: await store.keys.loadAll(),
    egresses: await store.egress.list(),
    tokens: await store.clientTokens.list(),
    settings: await store.settings.list(),
  };
}

onEachBackend('another encryption key', (bench) => {
  it('opens everything afterwards, and the old one opens nothing', async () => {
    const { store, database } = await bench.fresh();
    await fill(store);
    const before = await content(store);
    const both = await bench.reopen(database, NEW_KEY, [KEY]);
    expect(await content(both)).toEqual(before);
    const progress: number[] = [];
    const result = await both.maintenance.reseal((rows) => progress.push(rows));
    expect(result).toEqual({ resealed: 250 + 4, duplicates: 0, unreadable: 0 });
    expect(progress.at(-1)).toBe(250 + 4);
    expect(await content(await bench.reopen(database, NEW_KEY))).toEqual(before);
    await expect(bench.reopen(database, KEY)).rejects.toThrow(decryptFailed);
    await expect(bench.reopen(database, KEY)).rejects.toThrow(/need the same: set ENCRYPTION_KEY/);
  });

  it('finds the same keys again, so that none is added twice', async () => {
    const { store, database } = await bench.fresh();
    const values = await fill(store, 3);
    const both = await bench.reopen(database, NEW_KEY, [KEY]);
    await both.maintenance.reseal();
    const [row] = await both.providers.list();
    const again = await both.upkeep.keys.importMany(
      row!.id,
      values.map((value) => ({ value })),
      'dashboard',
    );
    expect(again).toEqual({ added: [], duplicates: 3 });
  });

  it('goes on where it was broken off; meanwhile both keys are needed, and each alone is refused with a clear word', async () => {
    const { store, database } = await bench.fresh();
    await fill(store);
    const before = await content(store);
    const both = await bench.reopen(database, NEW_KEY, [KEY]);
    const broken = both.maintenance.reseal((rows) => {
      if (rows >= 100) throw new Error('broken off');
    });
    await expect(broken).rejects.toThrow('broken off');
    await expect(bench.reopen(database, KEY)).rejects.toThrow(decryptFailed);
    await expect(bench.reopen(database, NEW_KEY)).rejects.toThrow(/ENCRYPTION_KEY_OLD/);
    const again = await bench.reopen(database, NEW_KEY, [KEY]);
    expect(await content(again)).toEqual(before);
    const { resealed } = await again.maintenance.reseal();
    expect(resealed).toBeLessThan(250);
    expect(await content(await bench.reopen(database, NEW_KEY))).toEqual(before);
  });

  it('leaves alone what is written meanwhile, and removes the older of a key that was added again', async () => {
    const { store, database } = await bench.fresh();
    const [value = ''] = await fill(store, 2);
    const both = await bench.reopen(database, NEW_KEY, [KEY]);
    const [row] = await both.providers.list();
    // By the new key nobody can see that it is there already.
    const { added } = await both.upkeep.keys.importMany(row!.id, [{ value }], 'dashboard');
    expect(added).toHaveLength(1);
    expect(await both.maintenance.reseal()).toMatchObject({ duplicates: 1, unreadable: 0 });
    const keys = await both.keys.loadAll();
    expect(keys.filter((key) => key.value === value).map(({ id }) => id)).toEqual([added[0]!.id]);
    expect(keys).toHaveLength(2);
  });

  it('does nothing when nothing is to be done', async () => {
    const { store } = await bench.fresh();
    await fill(store, 2);
    const before = await content(store);
    expect(await store.maintenance.reseal()).toEqual({ resealed: 0, duplicates: 0, unreadable: 0 });
    expect(await content(store)).toEqual(before);
  });
});

onEachBackend('a dump', (bench) => {
  it('restores everything but the logs under another encryption key', async () => {
    const { store } = await bench.fresh();
    await fill(store);
    await store.requestLogs.insertMany([requestRow(1)]);
    const dump = await store.maintenance.dump();
    expect(dump.tables.find(({ table }) => table === 'ApiKey')?.rows).toHaveLength(250);

    const database = await bench.backend.fresh();
    const target = await bench.reopen(database, NEW_KEY);
    expect(await target.maintenance.isEmpty()).toBe(true);
    await replaceAll(target, JSON.parse(JSON.stringify(dump)) as typeof dump);
    expect(await content(target)).toEqual(await content(store));
    const entries = await target.audit.page({ limit: 10 });
    expect(entries.map(({ action }) => action).sort()).toEqual(['backup.restore', 'keys.import']);
    expect(await target.requestLogs.count()).toBe(0);
    expect(await target.maintenance.isEmpty()).toBe(false);
  });

  it('takes the place of what was there, except for the logs', async () => {
    const { store } = await bench.fresh();
    await fill(store, 3);
    const dump = await store.maintenance.dump();
    await store.requestLogs.insertMany([requestRow(1)]);
    const before = await content(store);
    const [row] = await store.providers.list();
    await store.upkeep.keys.importMany(row!.id, [{ value: randomKeyValue() }], 'dashboard');
    await store.upkeep.clientTokens.create('another', 'sk-another');
    await replaceAll(store, dump);
    expect(await content(store)).toEqual(before);
    expect(await store.requestLogs.count()).toBe(1);
  });

  it('is restored whole or not at all', async () => {
    const { store } = await bench.fresh();
    await fill(store, 3);
    const dump = await store.maintenance.dump();
    const before = await content(store);
    const spoilt = dump.tables.map((table) =>
      table.table === 'ClientToken' ? { ...table, rows: [...table.rows, ...table.rows] } : table,
    );
    await expect(replaceAll(store, { ...dump, tables: spoilt })).rejects.toMatchObject({
      code: 'duplicate',
    });
    const cut = dump.tables.map((table) => ({ ...table, rows: table.rows.map((one) => one.slice(1)) }));
    await expect(replaceAll(store, { ...dump, tables: cut })).rejects.toMatchObject({
      code: 'database_failed',
    });
    await expect(replaceAll(store, { ...dump, tables: [] })).rejects.toMatchObject({
      code: 'database_failed',
    });
    expect(await content(store)).toEqual(before);
  });

  it('of a newer version is refused', async () => {
    const { store } = await bench.fresh();
    const dump = await store.maintenance.dump();
    const newer = { ...dump, migration: '29990101000000_future' };
    await expect(replaceAll(store, newer)).rejects.toThrow(/newer version/);
  });

  it('is refused while there is a secret in it that nobody can read', async () => {
    const { store, database } = await bench.fresh();
    await fill(store, 2);
    await raw(database, 'UPDATE ApiKey SET sealedValue = ?', [randomBytes(64)]);
    await expect(store.maintenance.dump()).rejects.toThrow(decryptFailed);
  });
});

const installed = BACKENDS.filter(({ isInstalled }) => isInstalled);

describe.skipIf(installed.length < 2)('a dump', () => {
  const backends = installed.map(({ make }) => make());
  beforeAll(() => Promise.all(backends.map((backend) => backend.start())));
  afterAll(() => Promise.all(backends.map((backend) => backend.stop())));

  it.each(
    installed.flatMap((from) => installed.filter((to) => to !== from).map((to) => [from.name, to.name])),
  )('of %s is restored into %s, under another encryption key, and nothing is changed', async (from, to) => {
    const stores: Store[] = [];
    const opened = async (name: string | undefined, key: Buffer) => {
      const backend = backends[installed.findIndex((kind) => kind.name === name)]!;
      const store = await open(await backend.fresh(), undefined, key);
      stores.push(store);
      return store;
    };
    try {
      const source = await opened(from, KEY);
      await fill(source, 20);
      const dump = JSON.parse(JSON.stringify(await source.maintenance.dump())) as Dump;
      const target = await opened(to, NEW_KEY);
      await replaceAll(target, dump);
      expect(await content(target)).toEqual(await content(source));
    } finally {
      for (const store of stores) await store.close();
    }
  });
});

onEachBackend('notes of changes', (bench) => {
  const leave = (store: Store, notes: readonly ChangeNote[]) => store.keepUp(() => Promise.resolve(notes));

  it('reach every program on the database, once each and in order', async () => {
    const { store, database } = await bench.fresh();
    const others = [await bench.reopen(database), await bench.reopen(database)];
    const seen = others.map(() => new Set<string>());
    const unseen = (index: number) => others[index]!.changeNotes.unseen(seen[index]!);
    await leave(store, [{ kind: 'settings' }, { kind: 'inventory' }]);
    expect(await unseen(0)).toEqual([{ kind: 'settings' }, { kind: 'inventory' }]);
    expect(await unseen(0)).toEqual([]);
    bench.clock.now += 1;
    await leave(store, [{ kind: 'keys', action: 'reset', keyIds: ['a'] }]);
    expect(await unseen(0)).toEqual([{ kind: 'keys', action: 'reset', keyIds: ['a'] }]);
    expect(await unseen(1)).toHaveLength(3);
  });

  it('are no news to the program that has left them, unless it does not know that they are written', async () => {
    const { store, database } = await bench.fresh();
    const other = await bench.reopen(database);
    const seen = new Set<string>();
    store.changeNotes.keepOwnIn(seen);
    await leave(store, [{ kind: 'settings' }, { kind: 'providers' }]);
    const entry = { action: 'x', target: 'y' };
    await store.change(ASKER, () =>
      Promise.resolve({ entry, notes: [{ kind: 'tokens' }], result: undefined }),
    );
    await leave(other, [{ kind: 'proxies' }]);
    expect(await store.changeNotes.unseen(seen)).toEqual([{ kind: 'proxies' }]);
    expect(await store.changeNotes.unseen(seen)).toEqual([]);
    const all = (await other.changeNotes.unseen(new Set())).map(({ kind }) => kind);
    expect(all.sort()).toEqual(['providers', 'proxies', 'settings', 'tokens']);
  });

  it('carry any number of keys', async () => {
    const { store } = await bench.fresh();
    const keyIds = Array.from({ length: 2_500 }, (_, index) => `key-${String(index).padStart(22, '0')}`);
    await leave(store, [{ kind: 'keys', action: 'disable', keyIds }]);
    const notes = await store.changeNotes.unseen(new Set());
    expect(notes.flatMap((note) => (note.kind === 'keys' ? note.keyIds : []))).toEqual(keyIds);
  });

  it('are gone after an hour', async () => {
    const { store } = await bench.fresh();
    await leave(store, [{ kind: 'settings' }]);
    bench.clock.now += 3_700_000;
    await leave(store, [{ kind: 'inventory' }]);
    expect(await store.changeNotes.unseen(new Set())).toEqual([{ kind: 'inventory' }]);
  });
});

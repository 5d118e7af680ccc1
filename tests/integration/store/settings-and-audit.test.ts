import { expect, it } from 'vitest';
import type { SettingRow } from '../../../lib/store/rows';
import { onEachBackend } from './on-each-backend';
import { rawSql as raw } from '../../support/raw-sql';

const setting = (name: string, value: string | null): SettingRow => ({
  name,
  value,
  source: 'dashboard',
  appliedEnvironment: null,
  appliedFile: 'ä',
  updatedAt: 1_700_000_000_123,
});

onEachBackend('settings and audit', (bench) => {
  it('gives settings back as they were saved, and the last save wins', async () => {
    const { store } = await bench.fresh();
    await store.upkeep.settings.saveMany([setting('B', '1'), setting('A', null)]);
    const replaced: SettingRow = {
      ...setting('B', ''),
      source: 'file',
      appliedEnvironment: 'x',
      updatedAt: 5,
    };
    await store.upkeep.settings.saveMany([replaced]);
    expect(await store.settings.list()).toEqual([setting('A', null), replaced]);
    await store.upkeep.settings.remove(['A', 'nobody']);
    expect(await store.settings.list()).toEqual([replaced]);
  });

  it('saves all settings or none', async () => {
    const { store } = await bench.fresh();
    const broken = { ...setting('B', '1'), updatedAt: null as unknown as number };
    await expect(store.upkeep.settings.saveMany([setting('A', '1'), broken])).rejects.toMatchObject({
      code: 'database_failed',
    });
    expect(await store.settings.list()).toEqual([]);
  });

  it('reports a setting that was tampered with, or throws when nobody listens', async () => {
    const { store, database } = await bench.fresh();
    await store.upkeep.settings.saveMany([setting('A', '1'), setting('B', '2')]);
    await raw(database, "UPDATE Setting SET value = ? WHERE name = 'A'", [Buffer.alloc(64)]);
    const unreadable: string[] = [];
    expect((await store.settings.list((name) => unreadable.push(name))).map((row) => row.name)).toEqual([
      'B',
    ]);
    expect(unreadable).toEqual(['A']);
    await expect(store.settings.list()).rejects.toMatchObject({ code: 'decrypt_failed' });
  });

  it('refuses to open a database that was written with another encryption key', async () => {
    const { database } = await bench.fresh();
    await expect(bench.reopen(database, Buffer.alloc(32, 8))).rejects.toMatchObject({
      code: 'decrypt_failed',
    });
    await expect(bench.reopen(database)).resolves.toBeDefined();
  });

  it('pages through the audit log from the newest entry', async () => {
    const { store } = await bench.fresh();
    for (let i = 0; i < 5; i += 1) {
      bench.clock.now += 1;
      await store.audit.insert({
        actor: 'admin',
        action: 'key.reveal',
        target: `key-${i}`,
        detail: '{"a":1}',
      });
    }
    const first = await store.audit.page({ limit: 2 });
    const rest = await store.audit.page({ limit: 10, before: first.at(-1)!.id });
    expect([...first, ...rest].map((row) => row.target)).toEqual([
      'key-4',
      'key-3',
      'key-2',
      'key-1',
      'key-0',
    ]);
    expect(first[0]).toMatchObject({ at: bench.clock.now, actor: 'admin', detail: '{"a":1}' });
  });
});

import { expect, it } from 'vitest';
import type { DatabaseOptions } from '../../../lib/store/database/database';
import type { Store } from '../../../lib/store/open-store';
import { ASKER, open, provider } from './backends';
import { onEachBackend } from './on-each-backend';
import { rawSql as raw } from '../../support/raw-sql';

const RENAMED = { entry: { action: 'providers.update', target: 'main' }, notes: [], result: 'done' } as const;

/** From now on the audit list takes no entries, as if the disk had an error just there. */
async function breakAuditList(database: DatabaseOptions): Promise<void> {
  await raw(database, 'ALTER TABLE AuditLog RENAME TO AuditLogAway');
}

async function mendAuditList(database: DatabaseOptions): Promise<void> {
  await raw(database, 'ALTER TABLE AuditLogAway RENAME TO AuditLog');
}

async function withProvider(store: Store) {
  const { id } = await store.upkeep.providers.create(provider('main'));
  return { id, name: async () => (await store.providers.list())[0]?.name };
}

onEachBackend('a change', (bench) => {
  it('is there together with its entry, and both are there when it is done', async () => {
    const { store } = await bench.fresh();
    const { id, name } = await withProvider(store);
    const result = await store.change(ASKER, async (write) => {
      await write.providers.update(id, { name: 'New' });
      return { ...RENAMED, entry: { ...RENAMED.entry, detail: { fields: ['name'] } } };
    });
    expect(result).toBe('done');
    expect(await name()).toBe('New');
    expect(await store.audit.page({ limit: 5 })).toMatchObject([
      {
        actor: 'bearer 203.0.113.7',
        action: 'providers.update',
        target: 'main',
        detail: '{"fields":["name"]}',
      },
    ]);
  });

  it('is taken back whole when its entry cannot be written, and says that the database failed', async () => {
    const { store, database } = await bench.fresh();
    const { id, name } = await withProvider(store);
    const { added } = await store.upkeep.keys.importMany(id, [{ value: 'sk-there' }], 'dashboard');
    await breakAuditList(database);
    const attempt = store.change(ASKER, async (write) => {
      await write.providers.update(id, { name: 'New' });
      await write.keys.importMany(id, [{ value: 'sk-new' }], 'dashboard');
      await write.keys.setStates([
        { keyId: added[0]?.id ?? '', isByPerson: true, disabled: { by: 'manual', reason: 'x' } },
      ]);
      await write.keys.discard(
        added.map((key) => key.id),
        'deletion',
      );
      await write.egress.createMany([
        { url: 'http://a.example:1', hint: 'a', source: 'dashboard', isShared: true },
      ]);
      await write.clientTokens.create('mine', 'sk-token');
      return RENAMED;
    });
    await expect(attempt).rejects.toMatchObject({ name: 'StoreError', code: 'database_failed', status: 503 });
    await mendAuditList(database);
    expect(await name()).toBe('main');
    expect(await store.keys.loadAll()).toMatchObject([{ value: 'sk-there', isDisabled: false }]);
    expect(await store.egress.list()).toEqual([]);
    expect(await store.clientTokens.list()).toEqual([]);
    expect(await store.audit.page({ limit: 5 })).toEqual([]);
  });

  it('leaves no entry and no note when it fails itself, and fails as it was thrown', async () => {
    const { store, database } = await bench.fresh();
    const { id, name } = await withProvider(store);
    const refusal = Object.assign(new Error('not so'), { code: 'not_allowed', status: 409 });
    const attempt = store.change(ASKER, async (write) => {
      await write.providers.update(id, { name: 'New' });
      throw refusal;
    });
    await expect(attempt).rejects.toBe(refusal);
    const conflict = store.change(ASKER, async (write) => {
      await write.providers.update(id, { name: 'New' });
      await write.providers.update(id, { name: 'Newer' }, 1);
      return RENAMED;
    });
    await expect(conflict).rejects.toMatchObject({ name: 'StoreError', code: 'conflict' });
    expect(await name()).toBe('main');
    expect(await store.audit.page({ limit: 5 })).toEqual([]);
    expect(
      await raw(database, "SELECT name FROM StoreMeta WHERE name > 'change:' AND name < 'change:~'"),
    ).toEqual([]);
  });

  it('that says it has changed nothing has changed nothing', async () => {
    const { store } = await bench.fresh();
    const { id, name } = await withProvider(store);
    const result = await store.change(ASKER, async (write) => {
      await write.providers.update(id, { name: 'New' });
      return { entry: undefined, result: 7 };
    });
    expect(result).toBe(7);
    expect(await name()).toBe('main');
    expect(await store.audit.page({ limit: 5 })).toEqual([]);
  });

  it('is noted for other programs in the same transaction', async () => {
    const { store, database } = await bench.fresh();
    const { id } = await withProvider(store);
    const command = await open(database, bench.clock);
    const notes = () => store.changeNotes.unseen(new Set());
    try {
      const rename = (from: Store, note: 'settings' | 'inventory') =>
        from.change({ by: 'command', user: 'root' }, async (write) => {
          await write.providers.update(id, { name: note });
          return { ...RENAMED, notes: [{ kind: note }] };
        });
      await rename(command, 'inventory');
      expect(await notes()).toEqual([{ kind: 'inventory' }]);
      await breakAuditList(database);
      await expect(rename(command, 'settings')).rejects.toMatchObject({ code: 'database_failed' });
      expect(await notes()).toEqual([{ kind: 'inventory' }]);
      await mendAuditList(database);
      expect(await store.audit.page({ limit: 1 })).toMatchObject([{ actor: 'command root' }]);
    } finally {
      await command.close();
    }
  });

  it('in steps has one entry, which is true after each of them, also if the last one fails', async () => {
    const { store, database } = await bench.fresh();
    const { id } = await withProvider(store);
    const change = store.changeInSteps(ASKER);
    let added = 0;
    const step = (values: readonly string[]) =>
      change.step(async (write) => {
        const keys = values.map((value) => ({ value }));
        const { added: rows } = await write.keys.importMany(id, keys, 'dashboard');
        const detail = { added: added + rows.length };
        return { entry: { action: 'keys.import', target: 'main', detail }, notes: [], result: rows.length };
      });
    added += await step(['sk-1', 'sk-2']);
    bench.clock.now += 1_000;
    const [entry] = await store.audit.page({ limit: 5 });
    expect(entry).toMatchObject({ action: 'keys.import', detail: '{"added":2}' });
    added += await step(['sk-2', 'sk-3']);
    expect(await store.audit.page({ limit: 5 })).toEqual([{ ...entry, detail: '{"added":3}' }]);
    await breakAuditList(database);
    await expect(step(['sk-4'])).rejects.toMatchObject({ code: 'database_failed' });
    await mendAuditList(database);
    expect(await store.keys.loadAll()).toHaveLength(3);
    expect(await store.audit.page({ limit: 5 })).toEqual([{ ...entry, detail: '{"added":3}' }]);
    added += await step(['sk-4']);
    expect(await store.audit.page({ limit: 5 })).toEqual([{ ...entry, detail: '{"added":4}' }]);
  });

  it('and another at the same moment both come through, each with its entry', async () => {
    const { store } = await bench.fresh();
    const { id } = await withProvider(store);
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        store.change(ASKER, async (write) => {
          const keys = [{ value: `sk-${index}` }, { value: 'sk-shared' }];
          const { added } = await write.keys.importMany(id, keys, 'dashboard');
          const entry = { action: 'keys.import', target: `import ${index}`, detail: { added: added.length } };
          return { entry, notes: [], result: added.length };
        }),
      ),
    );
    expect(results.reduce((sum, count) => sum + count, 0)).toBe(21);
    expect(await store.keys.loadAll()).toHaveLength(21);
    const entries = await store.audit.page({ limit: 50 });
    expect(new Set(entries.map(({ target }) => target)).size).toBe(20);
    const said = entries.map(({ detail }) => (JSON.parse(detail) as { added: number }).added);
    expect(said.reduce((sum, count) => sum + count, 0)).toBe(21);
  });
});

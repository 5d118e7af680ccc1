import { expect, it } from 'vitest';
import { provider } from './backends';
import { onEachBackend } from './on-each-backend';
import { rawSql as raw } from '../../support/raw-sql';

onEachBackend('what vanished from the settings, and sign-outs', (bench) => {
  it('discarded keys are given back by their values, until a time, and only those of this deletion', async () => {
    const { store } = await bench.fresh();
    const { id: providerId } = await store.upkeep.providers.create(provider('main'));
    const values = Array.from({ length: 450 }, (_, index) => `sk-${index}`);
    const { added } = await store.upkeep.keys.importMany(
      providerId,
      values.map((value) => ({ value })),
      'environment',
    );
    const ids = added.map(({ id }) => id);
    bench.clock.now = 1000;
    await store.upkeep.keys.discard(ids.slice(1), 'settings');
    await store.upkeep.keys.discard(ids.slice(0, 1), 'by hand');
    const revive = (notBeforeMs: number) =>
      store.upkeep.keys.revive({
        providerId,
        values: [...values, 'sk-other'],
        deletionId: 'settings',
        notBeforeMs,
      });
    expect(await revive(1001)).toEqual([]);
    const back = await revive(1000);
    expect(back.map(({ id }) => id).sort()).toEqual(ids.slice(1).sort());
    expect(await store.keys.loadAll()).toHaveLength(449);
    expect(await revive(0)).toEqual([]);
  });

  it('a discarded provider is in no list, and comes back under its slug with its keys', async () => {
    const { store } = await bench.fresh();
    const { id } = await store.upkeep.providers.create(provider('main'));
    const { added } = await store.upkeep.keys.importMany(id, [{ value: 'sk-a' }], 'environment');
    bench.clock.now = 1000;
    await store.upkeep.keys.discard([added[0]?.id ?? ''], 'settings');
    await store.upkeep.providers.discard(id);
    expect(await store.providers.list()).toEqual([]);
    expect(await store.upkeep.providers.restore('other', 0)).toBeUndefined();
    expect(await store.upkeep.providers.restore('main', 1001)).toBeUndefined();
    expect(await store.upkeep.providers.restore('Main', 1000)).toBe(id);
    expect(await store.providers.list()).toMatchObject([{ id, slug: 'main' }]);
    const again = { providerId: id, values: ['sk-a'], deletionId: 'settings', notBeforeMs: 0 };
    expect(await store.upkeep.keys.revive(again)).toMatchObject([{ id: added[0]?.id }]);
  });

  it('the slug of a discarded provider is free, and purging forgets it', async () => {
    const { store } = await bench.fresh();
    const first = await store.upkeep.providers.create(provider('main'));
    const other = await store.upkeep.providers.create(provider('other'));
    bench.clock.now = 1000;
    await store.upkeep.providers.discard(first.id);
    await store.upkeep.providers.create(provider('main'));
    expect(await store.upkeep.providers.purgeDiscarded(1001)).toBe(0);
    await store.upkeep.providers.discard(other.id);
    expect(await store.upkeep.providers.purgeDiscarded(1000)).toBe(0);
    expect(await store.upkeep.providers.purgeDiscarded(1001)).toBe(1);
    expect(await store.upkeep.providers.restore('other', 0)).toBeUndefined();
    expect((await store.providers.list()).map(({ slug }) => slug)).toEqual(['main']);
  });

  it('a sign-out and the note that tells others of it are written together, or neither', async () => {
    const { store, database } = await bench.fresh();
    const other = await bench.reopen(database);
    const session = { id: 'mine', endsAt: bench.clock.now + 9000 };
    await store.signedOutSessions.add(session);
    expect(await other.changeNotes.unseen(new Set())).toEqual([{ kind: 'sign_out', session }]);
    await raw(database, 'DROP TABLE StoreMeta');
    await expect(store.signedOutSessions.add({ ...session, id: 'theirs' })).rejects.toThrow();
    expect(await other.signedOutSessions.list()).toEqual([session]);
  });

  it('sign-outs are there after the store was opened anew, until the sessions would have ended', async () => {
    const { store, database } = await bench.fresh();
    bench.clock.now = 1000;
    await store.signedOutSessions.add({ id: 'short', endsAt: 2000 });
    await store.signedOutSessions.add({ id: 'long', endsAt: 9000 });
    await store.signedOutSessions.add({ id: 'long', endsAt: 9000 });
    const again = await bench.reopen(database);
    expect(await again.signedOutSessions.list()).toEqual([
      { id: 'long', endsAt: 9000 },
      { id: 'short', endsAt: 2000 },
    ]);
    bench.clock.now = 2000;
    await again.signedOutSessions.add({ id: 'new', endsAt: 8000 });
    bench.clock.now = 1000;
    expect((await again.signedOutSessions.list()).map(({ id }) => id)).toEqual(['long', 'new']);
  });
});

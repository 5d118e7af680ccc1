import { expect, it } from 'vitest';
import { ASKER } from './backends';
import { onEachBackend } from './on-each-backend';

const VIEW = { page: 'keys', name: 'Täglich 🚀', state: '{"query":{"tag":"ü"},"columns":{}}' };

onEachBackend('saved views', (bench) => {
  it('come back as they were saved and changed, by page and name', async () => {
    const { store, database } = await bench.fresh();
    const { savedViews } = store.upkeep;
    const view = await savedViews.create(VIEW, 100);
    await savedViews.create({ ...VIEW, page: 'explore' }, 100);
    await savedViews.create({ ...VIEW, name: 'A' }, 100);
    const changed = await savedViews.update(view!.id, { name: 'B' }, 1);
    expect(changed).toMatchObject({ id: view!.id, name: 'B', state: VIEW.state, version: 2 });
    const list = await (await bench.reopen(database)).savedViews.list();
    expect(list.map(({ page, name }) => [page, name])).toEqual([
      ['explore', VIEW.name],
      ['keys', 'A'],
      ['keys', 'B'],
    ]);
    expect(list[2]).toEqual(changed);
    expect(await savedViews.remove(view!.id)).toEqual(changed);
    await expect(savedViews.remove(view!.id)).rejects.toMatchObject({ code: 'not_found' });
    expect(await store.savedViews.list()).toHaveLength(2);
  });

  it('have a name once a page, and a version that has to be the last', async () => {
    const { store } = await bench.fresh();
    const { savedViews } = store.upkeep;
    const view = await savedViews.create(VIEW, 100);
    await expect(savedViews.create(VIEW, 100)).rejects.toMatchObject({ code: 'duplicate' });
    const other = await savedViews.create({ ...VIEW, name: 'other' }, 100);
    await expect(savedViews.update(other!.id, { name: VIEW.name })).rejects.toMatchObject({
      code: 'duplicate',
    });
    await expect(savedViews.update(view!.id, {}, 7)).rejects.toMatchObject({ code: 'conflict' });
    await expect(savedViews.update('nobody', {})).rejects.toMatchObject({ code: 'not_found' });
  });

  it('are no more than there may be, however many are added at once by two programs', async () => {
    const { store, database } = await bench.fresh();
    const second = await bench.reopen(database);
    await store.upkeep.savedViews.create(VIEW, 5);
    const add = (one: typeof store, index: number) =>
      one.change(ASKER, async (write) => {
        const result = await write.savedViews.create({ ...VIEW, name: `view ${index}` }, 5);
        return { entry: { action: 'views.create', target: 'x', detail: {} }, notes: [], result };
      });
    await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => add(index % 2 === 0 ? store : second, index)),
    );
    expect(await store.savedViews.list()).toHaveLength(5);
  });

  it('go from one database to another with a backup', async () => {
    const { store } = await bench.fresh();
    const view = await store.upkeep.savedViews.create(VIEW, 100);
    const dump = await store.maintenance.dump();
    const { store: other } = await bench.fresh();
    await other.upkeep.savedViews.create({ ...VIEW, name: 'gone' }, 100);
    await other.change(ASKER, async (write) => {
      await write.replaceAll(dump);
      return { entry: { action: 'restore', target: 'x', detail: {} }, notes: [], result: undefined };
    });
    expect(await other.savedViews.list()).toEqual([view]);
  });
});

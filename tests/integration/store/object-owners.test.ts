import { expect, it } from 'vitest';
import { replaceAll } from './backends';
import { onEachBackend } from './on-each-backend';

onEachBackend('owners of objects', (bench) => {
  const row = (objectId: string, keyId: string, seenAt: number, provider = 'main') => ({
    objectId,
    provider,
    keyId,
    isSupposed: false,
    seenAt,
  });

  it('are found by id, of one id the one seen last at the end, and case counts', async () => {
    const { store } = await bench.fresh();
    await store.objectOwners.save([
      row('file-A', 'k1', 1),
      row('file-a', 'k2', 2),
      row('file-A', 'k3', 3, 'other'),
    ]);
    expect(await store.objectOwners.find(['file-A', 'file-b'])).toEqual([
      { objectId: 'file-A', provider: 'main', keyId: 'k1', isSupposed: false },
      { objectId: 'file-A', provider: 'other', keyId: 'k3', isSupposed: false },
    ]);
    await store.objectOwners.save([row('file-A', 'k4', 4)]);
    expect((await store.objectOwners.find(['file-A'])).map(({ keyId }) => keyId)).toEqual(['k3', 'k4']);
  });

  it('that are only supposed take nothing from one that is known, and are replaced by it', async () => {
    const { store } = await bench.fresh();
    const supposed = (objectId: string, keyId: string, seenAt: number) => ({
      ...row(objectId, keyId, seenAt),
      isSupposed: true,
    });
    await store.objectOwners.save([row('file-1', 'k1', 1), supposed('file-2', 'k2', 1)]);
    await store.objectOwners.save([supposed('file-1', 'k2', 5), row('file-2', 'k1', 2)]);
    await store.objectOwners.save([supposed('file-3', 'k2', 6), supposed('file-3', 'k1', 7)]);
    const found = await store.objectOwners.find(['file-1', 'file-2', 'file-3']);
    expect(found.map(({ objectId, keyId, isSupposed }) => [objectId, keyId, isSupposed])).toEqual([
      ['file-2', 'k1', false],
      ['file-1', 'k1', false],
      ['file-3', 'k2', true],
    ]);
    expect(await store.objectOwners.deleteOlderThan(3, 10)).toBe(1);
  });

  it('are deleted by id, and those not seen for long by their time', async () => {
    const { store } = await bench.fresh();
    const many = Array.from({ length: 2_500 }, (_, index) => row(`file-${index}`, 'k', index));
    await store.objectOwners.save([...many, row(`${'x'.repeat(255)}`, 'k', 9_000)]);
    await store.objectOwners.delete([
      { objectId: 'file-2499', provider: 'main' },
      { objectId: 'file-2498', provider: 'other' },
      { objectId: 'nothing', provider: 'main' },
    ]);
    expect(await store.objectOwners.find(['file-2499'])).toEqual([]);
    expect(await store.objectOwners.find(['file-2498'])).toHaveLength(1);
    expect(await store.objectOwners.deleteOlderThan(2_000, 1_000)).toBe(1_000);
    expect(await store.objectOwners.deleteOlderThan(1_500, 1_000)).toBe(500);
    expect(await store.objectOwners.deleteOlderThan(1_500, 1_000)).toBe(0);
    expect(await store.objectOwners.find(['file-1499', 'file-1500', 'x'.repeat(255)])).toHaveLength(2);
  });

  it('are in a dump, and a dump of before there were any is restored too', async () => {
    const { store } = await bench.fresh();
    await store.objectOwners.save([row('file-1', 'k1', 1)]);
    const dump = await store.maintenance.dump();
    expect(dump.tables.find(({ table }) => table === 'ObjectOwner')?.rows).toHaveLength(1);
    const tables = dump.tables.filter(({ table }) => table !== 'ObjectOwner');
    await replaceAll(store, { migration: '20261128000000_true_counts', tables });
    expect(await store.objectOwners.find(['file-1'])).toEqual([]);
    await replaceAll(store, dump);
    expect(await store.objectOwners.find(['file-1'])).toHaveLength(1);
    await expect(replaceAll(store, { ...dump, tables })).rejects.toThrow(/damaged/);
  });
});

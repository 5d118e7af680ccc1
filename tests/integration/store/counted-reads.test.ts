import { expect, it } from 'vitest';
import { onEachBackend } from './on-each-backend';

onEachBackend('what is read again', (bench) => {
  it('counts for the first process that says so, and for nobody after a restart', async () => {
    const { store, database } = await bench.fresh();
    const other = await bench.reopen(database);
    expect(await store.countedReads.isFirst('p /batches/a')).toBe(true);
    expect(await store.countedReads.isFirst('p /batches/a')).toBe(false);
    expect(await other.countedReads.isFirst('p /batches/a')).toBe(false);
    expect(await other.countedReads.isFirst('p /batches/b')).toBe(true);
    const asked = [store, other, store, other].map((one) => one.countedReads.isFirst('p /batches/c'));
    expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(1);
    const later = await bench.reopen(database);
    expect(await later.countedReads.isFirst('p /batches/b')).toBe(false);
  });
});

import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { onEachBackend } from './on-each-backend';

onEachBackend('the list of prices', (bench) => {
  it('is the same for all that share the database, however long it is', async () => {
    const { store, database } = await bench.fresh();
    const other = await bench.reopen(database);
    expect(await other.priceList.head()).toBeUndefined();
    const list = randomBytes(200_000);
    const head = await store.priceList.write(list, 1_700_000_000_000);
    expect(await other.priceList.head()).toEqual(head);
    expect(await other.priceList.read(head)).toEqual(list);
  });

  it('is replaced as a whole, and the one before is gone', async () => {
    const { store } = await bench.fresh();
    const before = await store.priceList.write(randomBytes(150_000), 1);
    const list = randomBytes(10);
    const head = await store.priceList.write(list, 2);
    expect(await store.priceList.read(before)).toBeUndefined();
    expect(await store.priceList.read(head)).toEqual(list);
    expect((await store.priceList.head())?.at).toBe(2);
  });
});

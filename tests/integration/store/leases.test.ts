import { expect, it } from 'vitest';
import { onEachBackend } from './on-each-backend';

const LONG_MS = 60_000;

onEachBackend('a lease', (bench) => {
  it('is one holder’s until its time is over, and no other’s', async () => {
    const { store, database } = await bench.fresh();
    const other = await bench.reopen(database);
    expect(await store.leases.take('work', 'a', LONG_MS)).toBe(true);
    expect(await other.leases.take('work', 'b', LONG_MS)).toBe(false);
    expect(await other.leases.take('more work', 'b', LONG_MS)).toBe(true);
    // It is prolonged; so that its time is over at once.
    expect(await store.leases.take('work', 'a', 0)).toBe(true);
    expect(await other.leases.take('work', 'b', LONG_MS)).toBe(true);
    expect(await store.leases.take('work', 'a', LONG_MS)).toBe(false);
  });

  it('is given up by its holder alone', async () => {
    const { store, database } = await bench.fresh();
    const other = await bench.reopen(database);
    await store.leases.release('work', 'a');
    await store.leases.take('work', 'a', LONG_MS);
    await other.leases.release('work', 'b');
    expect(await other.leases.take('work', 'b', LONG_MS)).toBe(false);
    await store.leases.release('work', 'a');
    expect(await other.leases.take('work', 'b', LONG_MS)).toBe(true);
  });

  it('goes to one of many that ask for it at once', async () => {
    const { store, database } = await bench.fresh();
    const stores = [store, await bench.reopen(database), await bench.reopen(database)];
    for (const round of [1, 2]) {
      const taken = stores.map(({ leases }, i) => leases.take('work', `${round} ${i}`, LONG_MS));
      const winners = (await Promise.all(taken)).flatMap((isTaken, i) => (isTaken ? [i] : []));
      expect(winners).toHaveLength(1);
      await store.leases.take('work', `${round} ${winners[0]}`, 0);
    }
  });
});

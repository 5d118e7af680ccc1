import { expect, it } from 'vitest';
import type { GuessCount } from '../../../lib/store/guess-counts';
import { onEachBackend } from './on-each-backend';

const MINUTE_MS = 60_000;

const counted = (address: string, more: Partial<GuessCount & { countsForMs: number }> = {}) => ({
  address,
  agesMs: [5_000, 1_000],
  blockedForMs: null,
  blocks: 0,
  countsForMs: MINUTE_MS,
  ...more,
});

const addresses = (counts: readonly GuessCount[]) => counts.map(({ address }) => address).sort();

onEachBackend('counts of wrong tokens', (bench) => {
  it('are read by other processes in times before now, and not by their own', async () => {
    const { store, database } = await bench.fresh();
    const other = await bench.reopen(database);
    await store.guessCounts.save([counted('a', { blockedForMs: MINUTE_MS, blocks: 2 }), counted('b')]);
    expect(await store.guessCounts.list()).toEqual([]);
    expect(await store.guessCounts.find(['a'])).toEqual([]);
    expect(addresses(await other.guessCounts.list())).toEqual(['a', 'b']);
    const [a] = await other.guessCounts.find(['a', 'nobody']);
    expect(a).toMatchObject({ address: 'a', blocks: 2 });
    const passedMs = MINUTE_MS - (a?.blockedForMs ?? 0);
    expect(passedMs).toBeGreaterThanOrEqual(0);
    expect(passedMs).toBeLessThan(MINUTE_MS);
    expect(a?.agesMs).toEqual([5_000 + passedMs, 1_000 + passedMs]);
    expect((await other.guessCounts.find(['b']))[0]?.blockedForMs).toBeNull();
  });

  it('are what their process has written last, each beside those of the others, also after a restart', async () => {
    const { store, database } = await bench.fresh();
    const second = await bench.reopen(database);
    await store.guessCounts.save([counted('a')]);
    await store.guessCounts.save([counted('a', { agesMs: [1, 2, 3] })]);
    await second.guessCounts.save([counted('a', { agesMs: [4] })]);
    const restarted = await bench.reopen(database);
    const all = await restarted.guessCounts.list();
    expect(all.map(({ agesMs }) => agesMs.length).sort()).toEqual([1, 3]);
  });

  it('leave a note with their addresses for the others, in the same transaction', async () => {
    const { store, database } = await bench.fresh();
    const other = await bench.reopen(database);
    const [ours, theirs] = [new Set<string>(), new Set<string>()];
    store.changeNotes.keepOwnIn(ours);
    await store.guessCounts.save([counted('a'), counted('b')]);
    expect(await store.changeNotes.unseen(ours)).toEqual([]);
    expect(await other.changeNotes.unseen(theirs)).toEqual([{ kind: 'guesses', addresses: ['a', 'b'] }]);
  });

  it('are as long as any address and any count can be', async () => {
    const { store, database } = await bench.fresh();
    const other = await bench.reopen(database);
    const address = `via ${'x'.repeat(60)}`;
    const agesMs = Array.from({ length: 49 }, () => 1);
    await store.guessCounts.save([counted(address, { agesMs })]);
    expect((await other.guessCounts.find([address]))[0]?.agesMs).toHaveLength(49);
  });

  it('are neither read nor kept once they count no more', async () => {
    const { store, database } = await bench.fresh();
    const other = await bench.reopen(database);
    await store.guessCounts.save([counted('over', { countsForMs: 0 }), counted('counts')]);
    expect(addresses(await other.guessCounts.list())).toEqual(['counts']);
    expect(await other.guessCounts.find(['over'])).toEqual([]);
    bench.clock.now += MINUTE_MS;
    await store.guessCounts.save([counted('more')]);
    expect(await store.guessCounts.prune()).toBe(0);
    await store.guessCounts.save([counted('over', { countsForMs: 0 })]);
    expect(await other.guessCounts.prune()).toBe(1);
  });

  it('are twenty thousand at most, and those that count longest stay', { timeout: 120_000 }, async () => {
    const { store, database } = await bench.fresh();
    const other = await bench.reopen(database);
    await store.guessCounts.save([
      counted('blocked', { blockedForMs: MINUTE_MS, countsForMs: 60 * MINUTE_MS }),
    ]);
    for (let start = 0; start < 21_000; start += 1_000) {
      await store.guessCounts.save(Array.from({ length: 1_000 }, (_, i) => counted(`host ${start + i}`)));
    }
    expect(await store.guessCounts.prune()).toBe(1_001);
    const left = await other.guessCounts.list();
    expect(left).toHaveLength(20_000);
    expect(left[0]?.address).toBe('blocked');
  });
});

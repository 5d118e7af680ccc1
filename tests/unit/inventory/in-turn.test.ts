import { beforeEach, expect, it } from 'vitest';
import { inTurn } from '../../../lib/inventory/in-turn';
import type { Leases } from '../../../lib/store/leases';
import type { Store } from '../../../lib/store/open-store';
import { anotherStore, temporaryStore } from './support';

let store: Store;
let events: string[];

beforeEach(async () => {
  store = await temporaryStore();
  events = [];
});

it('one process after the other does it, and other work at the same time', async () => {
  let isRefused = (): void => undefined;
  const refused = new Promise<void>((resolve) => (isRefused = resolve));
  const { leases } = await anotherStore(store);
  const watched: Leases = {
    ...leases,
    async take(...asked) {
      const isTaken = await leases.take(...asked);
      if (!isTaken) isRefused();
      return isTaken;
    },
  };
  let second: Promise<unknown> | undefined;
  const first = inTurn(store.leases, 'work', async () => {
    events.push('first begins');
    second = inTurn(watched, 'work', async () => events.push('second'));
    await inTurn(leases, 'other work', async () => events.push('other'));
    await Promise.race([refused, second]);
    events.push('first ends');
    return 'done';
  });
  expect(await first).toBe('done');
  await second;
  expect(events).toEqual(['first begins', 'other', 'first ends', 'second']);
});

it('the next one has its turn at once when the work fails', async () => {
  await expect(inTurn(store.leases, 'work', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await store.leases.take('work', 'another', 1_000)).toBe(true);
});

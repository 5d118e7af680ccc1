import { afterEach, expect, it, vi } from 'vitest';
import { Jobs } from '../../../lib/jobs/jobs';
import { WorkLease } from '../../../lib/jobs/work-lease';
import type { Leases } from '../../../lib/store/leases';
import { anotherStore, temporaryStore } from '../inventory/support';

afterEach(() => void vi.useRealTimers());

async function twoLeases() {
  const clock = { now: 0 };
  const store = await temporaryStore();
  const first = new WorkLease(store.leases, 'first', () => clock.now);
  await first.look();
  const second = new WorkLease((await anotherStore(store)).leases, 'second', () => clock.now);
  await second.look();
  return { clock, store, first, second };
}

it('is held by one of two, and by the other as soon as that one leaves it', async () => {
  const { first, second } = await twoLeases();
  expect([first.isHeld, second.isHeld]).toEqual([true, false]);
  await first.look();
  await second.look();
  expect([first.isHeld, second.isHeld]).toEqual([true, false]);
  await first.close();
  await second.look();
  expect([first.isHeld, second.isHeld]).toEqual([false, true]);
  await second.close();
});

it('is another’s when its holder has given no sign of life, and not the holder’s any more', async () => {
  const { clock, store, first, second } = await twoLeases();
  clock.now += 13_000;
  expect(first.isHeld).toBe(false);
  // As if its time had passed in the database.
  expect(await store.leases.take('regular-work', 'first', 0)).toBe(true);
  await second.look();
  expect(second.isHeld).toBe(true);
  await first.look();
  expect(first.isHeld).toBe(false);
  // Whoever has lost it takes nothing from the other by leaving.
  await first.close();
  expect(await store.leases.take('regular-work', 'third', 1_000)).toBe(false);
  await second.close();
});

it('ends by itself while the database does not answer', async () => {
  const clock = { now: 0 };
  const leases: Leases = { take: () => Promise.resolve(true), release: () => Promise.resolve() };
  const lease = new WorkLease(leases, 'first', () => clock.now);
  await lease.look();
  leases.take = () => Promise.reject(new Error('away'));
  clock.now = 12_999;
  await lease.look();
  expect(lease.isHeld).toBe(true);
  clock.now = 13_000;
  expect(lease.isHeld).toBe(false);
  await lease.close();
});

it('only its holder does what is due; the other does it when it is due again, and what a person asks for', async () => {
  // A minute begins once in 61 s from here.
  vi.useFakeTimers({ now: 10_000 });
  const clock = { now: 0 };
  const turn = { isHeld: false, close: vi.fn(() => Promise.resolve()) };
  const runs: string[] = [];
  const job = (name: string) => ({ name, run: () => Promise.resolve(String(runs.push(name))) });
  const list = [
    { ...job('each-minute'), cron: '* * * * *' },
    { ...job('often'), intervalMs: () => 60_000 },
  ];
  const jobs = new Jobs(list, { timezone: 'UTC', now: () => clock.now, turn, onFinished: () => undefined });
  const pass = async (ms: number) => {
    clock.now += ms;
    await vi.advanceTimersByTimeAsync(ms);
  };
  await pass(61_000);
  expect(runs).toEqual([]);
  expect(jobs.statuses.map(({ nextRunAt }) => (nextRunAt ?? 0) > clock.now)).toContain(true);
  await jobs.run('often');
  expect(runs).toEqual(['often']);
  turn.isHeld = true;
  await pass(61_000);
  expect(runs.sort()).toEqual(['each-minute', 'often', 'often']);
  await jobs.close();
  expect(turn.close).toHaveBeenCalledOnce();
});

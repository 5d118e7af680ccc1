import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { newKeyState, type KeyState } from '../../../../lib/balancer/pool/key-state';
import type { CountsNow } from '../../../../lib/store/write-behind/adopt-counts';
import { StateWriter } from '../../../../lib/store/write-behind/checkpoint-state';
import type { KeyStateChange } from '../../../../lib/store/rows';

const NOW = Date.UTC(2026, 0, 1);

/** A database that adds up, as the real one does. */
let sums: { requestCount: number; errorCount: number };
/** What it does before the next writes, and after them. */
let before: (() => Promise<void>)[];
let after: (() => Promise<void>)[];
let taken: Set<string>;
let writer: StateWriter;
let key: KeyState;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  sums = { requestCount: 0, errorCount: 0 };
  before = [];
  after = [];
  taken = new Set();
  const keys = {
    async saveStates(changes: readonly KeyStateChange[], receipt = '') {
      await before.shift()?.();
      for (const { counts } of taken.has(receipt) ? [] : changes) {
        sums.requestCount += counts?.requests ?? 0;
        sums.errorCount += counts?.errors ?? 0;
      }
      taken.add(receipt);
      await after.shift()?.();
    },
  };
  writer = new StateWriter(keys, { now: () => NOW, wallOf: (at) => at }, () => undefined);
  key = newKeyState({ keyId: 'a', secret: 'sk-a', hint: '...', weight: 1 });
});

afterEach(async () => {
  await writer.close();
  vi.useRealTimers();
});

function use(times: number, errors = 0): void {
  key.requestCount += times;
  key.errorCount += errors;
  writer.note(key, 'used');
}

const row = (more: Partial<CountsNow> = {}): CountsNow => ({
  id: 'a',
  ...sums,
  lastUsedAt: undefined,
  lastErrorAt: undefined,
  lastErrorStatus: undefined,
  ...more,
});
const look = (more: Partial<CountsNow> = {}) => writer.adoptCounts([key], () => Promise.resolve([row(more)]));
const shown = () => [key.requestCount, key.errorCount];

it('shows what others have written, and on top what is not written here', async () => {
  use(3, 1);
  sums = { requestCount: 10, errorCount: 2 };
  expect(await look()).toEqual([key]);
  expect(shown()).toEqual([13, 3]);
  expect(await look()).toEqual([]);
  await writer.flush();
  expect(sums).toEqual({ requestCount: 13, errorCount: 3 });
  expect(await look()).toEqual([]);
  expect(shown()).toEqual([13, 3]);
});

it('counts nothing twice while it is being written, and while nobody knows whether it was', async () => {
  let goOn = (): void => undefined;
  use(3);
  before = [() => new Promise((resolve) => (goOn = resolve))];
  after = [() => Promise.reject(new Error('the line broke after it was written'))];
  const writing = writer.flush();
  await vi.advanceTimersByTimeAsync(0);
  sums.requestCount = 10;
  await look();
  expect(shown()).toEqual([3, 0]);
  goOn();
  await writing;
  expect(sums.requestCount).toBe(13);
  await look();
  expect(shown()).toEqual([3, 0]);
  // It is repeated, and known from then on.
  await writer.flush();
  await look();
  expect(sums.requestCount).toBe(13);
  expect(shown()).toEqual([13, 0]);
});

it('leaves a key alone of which something is written while it is read', async () => {
  use(3);
  sums.requestCount = 10;
  await writer.adoptCounts([key], async () => {
    const old = row();
    await writer.flush();
    return [old];
  });
  expect(shown()).toEqual([3, 0]);
  await look();
  expect(shown()).toEqual([13, 0]);
});

it('what comes while it is read is counted on top', async () => {
  sums.requestCount = 10;
  await writer.adoptCounts([key], async () => {
    use(2, 1);
    return Promise.resolve([row()]);
  });
  expect(shown()).toEqual([12, 1]);
  await writer.flush();
  expect(sums).toEqual({ requestCount: 12, errorCount: 1 });
});

it('of times the later holds, and of errors the later one', async () => {
  key.lastUsedAt = 50;
  key.lastErrorAt = 40;
  key.lastErrorStatus = 500;
  await look({ lastUsedAt: 60, lastErrorAt: 30, lastErrorStatus: 429 });
  expect(key).toMatchObject({ lastUsedAt: 60, lastErrorAt: 40, lastErrorStatus: 500 });
  await look({ lastUsedAt: 55, lastErrorAt: 45, lastErrorStatus: undefined });
  expect(key).toMatchObject({ lastUsedAt: 60, lastErrorAt: 45, lastErrorStatus: undefined });
});

import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LiveCache } from '../../../lib/client/live-cache';
import { every } from '../../../lib/client/polling';
import { statsKey } from '../../../lib/client/stats';

const RATES = { requestsPerSecond: 1 };
const queryKey = [...statsKey, 'overview'];
const waitMs = (client: QueryClient) =>
  every(5_000)(client.getQueryCache().find({ queryKey }) as Parameters<ReturnType<typeof every>>[0]);

let client: QueryClient;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 });
  client = new QueryClient();
  client.setQueryData(queryKey, { providers: [] });
});

afterEach(() => {
  client.clear();
  vi.useRealTimers();
});

it('what the live stream tells each second does not put the next poll off', () => {
  const cache = new LiveCache(client, () => undefined);
  expect(waitMs(client)).toBe(5_000);
  for (let second = 1; second <= 4; second += 1) {
    vi.setSystemTime(1_000_000 + second * 1_000);
    cache.take('rates', RATES as never);
    expect(waitMs(client)).toBe(5_000 - second * 1_000);
  }
  expect(client.getQueryData(queryKey)).toMatchObject({ rates: RATES });
});

it('a poll that is overdue comes soon, and not in a rush', () => {
  vi.setSystemTime(1_060_000);
  expect(waitMs(client)).toBe(250);
});

it('a server that does not answer is asked no more often', () => {
  const state = { dataUpdatedAt: 1_000_000, errorUpdatedAt: 1_060_000 };
  vi.setSystemTime(1_060_000);
  expect(every(5_000)({ state })).toBe(5_000);
});

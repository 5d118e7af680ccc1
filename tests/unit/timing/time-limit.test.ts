import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { timeLimit } from '../../../lib/timing/time-limit';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const listenersOf = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

it('fires when the time is over, and says so', () => {
  const parent = new AbortController();
  const { signal } = timeLimit(100, parent.signal);
  vi.advanceTimersByTime(99);
  expect(signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(signal.aborted).toBe(true);
  expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
  expect([vi.getTimerCount(), listenersOf(parent.signal)]).toEqual([0, 0]);
});

it('fires with the other signal and its reason, also if that fired before', () => {
  const parent = new AbortController();
  const { signal } = timeLimit(100, parent.signal);
  const reason = new Error('stop');
  parent.abort(reason);
  expect([signal.aborted, signal.reason, vi.getTimerCount()]).toEqual([true, reason, 0]);
  const late = timeLimit(100, parent.signal).signal;
  expect([late.aborted, late.reason, vi.getTimerCount()]).toEqual([true, reason, 0]);
});

it('leaves nothing behind once it is cleared', () => {
  const parent = new AbortController();
  const limit = timeLimit(100, parent.signal);
  expect([vi.getTimerCount(), listenersOf(parent.signal)]).toEqual([1, 1]);
  limit.clear();
  expect([vi.getTimerCount(), listenersOf(parent.signal)]).toEqual([0, 0]);
  parent.abort();
  expect(limit.signal.aborted).toBe(false);
});

it('takes more than a timer can: the longest that it can, and not none', () => {
  const { signal } = timeLimit(1e12, new AbortController().signal);
  vi.advanceTimersByTime(1_000);
  expect(signal.aborted).toBe(false);
});

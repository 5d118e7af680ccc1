import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DialTimers } from '../../../../lib/upstream/dial/dial-timers';
import type { Opening } from '../../../../lib/upstream/dial/opening';

const TARGET = { provider: 'p', baseUrl: '', customHeaders: {}, timeoutMs: 1_000, idleTimeoutMs: 0 };

let told: string[];

beforeEach(() => {
  told = [];
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => void vi.useRealTimers());

function timersOf(firstTokenTimeoutMs = 0, isStream = false): DialTimers {
  return new DialTimers({ ...TARGET, firstTokenTimeoutMs }, isStream, {
    onTimeout: () => told.push('timeout'),
    onFirstTokenTimeout: () => told.push('first token'),
    onHeldLong: () => told.push('held long'),
  });
}

/** Something of an answer came. */
async function heard(timers: DialTimers, opening: { readonly isHeld: boolean; readonly hasBegun: boolean }) {
  timers.heard(opening as Opening);
  await nextTurn();
}

const pass = (ms: number) => void vi.advanceTimersByTime(ms);

describe('the time for an answer', () => {
  it('is over once, when nothing has begun', () => {
    timersOf();
    pass(999);
    expect(told).toEqual([]);
    pass(1);
    expect(told).toEqual(['timeout']);
    pass(100_000);
    expect(told).toEqual(['timeout']);
  });

  it('stops when the upstream has said something, and runs on while it has not', async () => {
    const timers = timersOf();
    await heard(timers, { isHeld: true, hasBegun: false });
    pass(1_000);
    expect(told).toEqual(['timeout']);
    timers.stop();
    const other = timersOf();
    await heard(other, { isHeld: false, hasBegun: true });
    pass(100_000);
    expect(told).toEqual(['timeout']);
  });
});

describe('what is held', () => {
  it('is held for ten seconds, from when something was', async () => {
    const timers = timersOf();
    pass(500);
    await heard(timers, { isHeld: true, hasBegun: true });
    pass(5_000);
    await heard(timers, { isHeld: true, hasBegun: true });
    pass(4_999);
    expect(told).toEqual([]);
    pass(1);
    expect(told).toEqual(['held long']);
    pass(100_000);
    expect(told).toEqual(['held long']);
  });

  it('is held for as long as its first content may take, if that is set', async () => {
    const timers = timersOf(60_000, true);
    await heard(timers, { isHeld: true, hasBegun: true });
    pass(59_999);
    expect(told).toEqual([]);
    pass(1);
    expect(told).toEqual(['first token']);
  });
});

describe('the time for the first content', () => {
  it('runs from the dial, for a stream that turns out to be one as well', () => {
    const timers = timersOf(700);
    pass(300);
    timers.streamBegan();
    timers.streamBegan();
    pass(399);
    expect(told).toEqual([]);
    pass(1);
    expect(told).toEqual(['first token']);
  });

  it('that is over already when a stream begins is over at once', () => {
    const timers = timersOf(200);
    pass(300);
    timers.streamBegan();
    pass(0);
    expect(told).toEqual(['first token']);
  });

  it('once waived leaves the time for an answer, and does not begin again', () => {
    const timers = timersOf(300, true);
    pass(300);
    timers.waitOn(undefined);
    timers.streamBegan();
    pass(699);
    expect(told).toEqual(['first token']);
    pass(1);
    expect(told).toEqual(['first token', 'timeout']);
  });

  it('once waived leaves what is held to be held for ten seconds more', async () => {
    const timers = timersOf(300, true);
    const opening = { isHeld: true, hasBegun: true } as Opening;
    await heard(timers, opening);
    pass(300);
    timers.waitOn(opening);
    pass(9_999);
    expect(told).toEqual(['first token']);
    pass(1);
    expect(told).toEqual(['first token', 'held long']);
  });

  it('does not run where it is off, nor for what is no stream', () => {
    timersOf(0, true).streamBegan();
    timersOf(200);
    pass(999);
    expect(told).toEqual([]);
  });
});

it('nothing runs any more once it is stopped, not even for what was heard just before', async () => {
  for (const timers of [timersOf(200, true), timersOf()]) {
    timers.heard({ isHeld: true, hasBegun: true } as Opening);
    timers.stop();
    await nextTurn();
    timers.streamBegan();
  }
  expect(vi.getTimerCount()).toBe(0);
  pass(100_000);
  expect(told).toEqual([]);
});

import { expect, it } from 'vitest';
import { LiveFollower, type Followed } from '../../../lib/client/live-follower';

/** Pages that show one thing, asked of a server that answers after `answerMs`. */
function setup({
  answerMs = 20,
  topics = ['traffic'] as Followed['topics'],
  paceMs = 1_000,
  keptMs = 60_000,
} = {}) {
  const state = { now: 10_000, isVisible: true, isFailing: false, isDead: false };
  const shown = { askedAt: 10_000 as number | undefined, pending: undefined as number | undefined };
  const asks: number[] = [];
  const follower = new LiveFollower({
    now: () => state.now,
    isVisible: () => state.isVisible,
    followed: () => [
      {
        name: 'figures',
        topics,
        paceMs,
        keptMs,
        askedAt: shown.askedAt,
        isAsking: shown.pending !== undefined,
        isFailing: state.isFailing,
      },
    ],
    ask: () => {
      asks.push(state.now);
      shown.pending = state.now;
    },
  });
  follower.streaming(true);
  /** Lets time pass, with something each 50 ms. */
  const run = (ms: number, each: () => void = () => undefined) => {
    for (const end = state.now + ms; state.now < end;) {
      state.now += 50;
      const { pending } = shown;
      if (pending !== undefined && !state.isDead && state.now - pending >= answerMs) {
        if (!state.isFailing) shown.askedAt = pending;
        shown.pending = undefined;
      }
      each();
      follower.check();
    }
  };
  return { state, shown, asks, follower, run };
}

it('asks for nothing while nothing happens, but for windows of time that move on', () => {
  const { asks, run } = setup();
  run(59_000);
  expect(asks).toEqual([]);
  run(2_000);
  expect(asks).toHaveLength(1);
});

it('asks no more for what does not change by itself, without a stream either, until something happens', () => {
  const { asks, run, follower } = setup({ topics: ['settings'], keptMs: Infinity });
  run(200_000, () => follower.happened('traffic'));
  follower.streaming(false);
  run(200_000);
  expect(asks).toEqual([]);
  follower.streaming(true);
  follower.happened('settings');
  run(2_000);
  expect(asks).toHaveLength(1);
});

it('asks once a second under traffic, and after its end once more if something came after the last question', () => {
  const { asks, run, follower, shown, state } = setup();
  let lastAt = 0;
  run(30_000, () => follower.happened('traffic', (lastAt = state.now)));
  expect(asks.length).toBeGreaterThanOrEqual(28);
  expect(asks.length).toBeLessThanOrEqual(31);
  run(2_000);
  expect(shown.askedAt).toBeGreaterThan(lastAt);
  const count = asks.length;
  run(20_000);
  expect(asks).toHaveLength(count);
});

it('asks at once for the first news after a quiet time', () => {
  const { asks, run, follower, state } = setup();
  run(5_000);
  follower.happened('traffic');
  follower.check();
  expect(asks).toEqual([state.now]);
});

it('an answer that was asked for before the news came does not count for it', () => {
  const { asks, run, follower } = setup({ answerMs: 700 });
  run(2_000);
  follower.happened('traffic');
  follower.check();
  run(300);
  follower.happened('traffic');
  run(5_000);
  expect(asks).toHaveLength(2);
});

it('never asks a slow server again before it has answered', () => {
  const { asks, run, follower } = setup({ answerMs: 3_000 });
  run(30_000, () => follower.happened('traffic'));
  expect(asks.length).toBeLessThanOrEqual(10);
});

it('does not hear of what it does not follow', () => {
  const { asks, run, follower } = setup({ topics: ['keys'] });
  run(30_000, () => follower.happened('traffic'));
  expect(asks).toEqual([]);
  follower.happened('keys');
  run(1_000);
  expect(asks).toHaveLength(1);
});

it('a hidden page asks for nothing, and for what is old as soon as it is shown', () => {
  const { asks, run, follower, state } = setup();
  state.isVisible = false;
  run(120_000, () => follower.happened('traffic'));
  expect([asks, follower.staleSince]).toEqual([[], undefined]);
  state.isVisible = true;
  follower.check();
  expect(asks).toEqual([state.now]);
});

it('after a break of the stream everything is asked for, and every five seconds while it is down', () => {
  const { asks, run, follower } = setup({ topics: ['keys'] });
  run(10_000);
  follower.streaming(false);
  run(20_000);
  expect(asks.length).toBeGreaterThanOrEqual(4);
  expect(asks.length).toBeLessThanOrEqual(5);
  follower.streaming(true);
  const count = asks.length;
  run(6_000);
  follower.everythingHappened();
  run(100);
  expect(asks).toHaveLength(count + 1);
});

it('is not fresh while the server leaves questions unanswered, says since when, and is again afterwards', () => {
  const { run, follower, state } = setup();
  run(10_000, () => follower.happened('traffic'));
  expect(follower.staleSince).toBeUndefined();
  state.isDead = true;
  const deadAt = state.now;
  run(10_000, () => follower.happened('traffic'));
  expect(Math.abs((follower.staleSince ?? 0) - deadAt)).toBeLessThanOrEqual(1_100);
  state.isDead = false;
  run(2_000);
  expect(follower.staleSince).toBeUndefined();
});

it('is not fresh while the server answers with errors, and asks it less often', () => {
  const { run, follower, state, asks } = setup();
  state.isFailing = true;
  run(30_000, () => follower.happened('traffic'));
  expect(follower.staleSince).toBeDefined();
  expect(asks.length).toBeLessThanOrEqual(7);
});

it('is live under traffic at its own pace, and not beyond it', () => {
  const { state, follower, run } = setup({ paceMs: 5_000 });
  const seen: (number | undefined)[] = [];
  run(30_000, () => {
    follower.happened('traffic');
    seen.push(follower.staleSince);
  });
  expect(seen.every((since) => since === undefined)).toBe(true);
  state.isDead = true;
  run(20_000, () => follower.happened('traffic'));
  expect(follower.staleSince).toBeDefined();
});

it('asks again what has failed before its first answer, slowly', () => {
  const { state, shown, asks, run } = setup({ answerMs: 100 });
  shown.askedAt = undefined;
  run(5_000);
  expect(asks).toEqual([]);
  state.isFailing = true;
  run(20_000);
  expect(asks.length).toBeGreaterThanOrEqual(4);
  expect(asks.length).toBeLessThanOrEqual(5);
  run(6_000, () => {
    if (shown.pending !== undefined) state.isFailing = false;
  });
  expect(shown.askedAt).toBeDefined();
});

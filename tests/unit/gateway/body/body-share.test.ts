import { beforeEach, expect, it } from 'vitest';
import { BodyShare } from '../../../../lib/gateway/body/body-share';
import { Stop } from '../../../../lib/balancer/stop';

let calls: unknown[];
let share: BodyShare;

beforeEach(() => {
  calls = [];
  share = new BodyShare({
    grow: (one, bytes, signal) => {
      calls.push(['grow', one, bytes, signal]);
      return Promise.resolve(false);
    },
    shrink: (one, bytes) => void calls.push(['shrink', one, bytes]),
    note: (one) => void calls.push(['note', one]),
  });
});

it('a share grows as its budget says', async () => {
  const signal = new Stop();
  expect(await share.grow(7, signal)).toBe(false);
  expect(calls).toEqual([['grow', share, 7, signal]]);
});

it('a body that is watched begins with what has come of it, and its budget knows', () => {
  const reading = { bytes: () => 42, giveUp: () => undefined };
  share.watch(reading);
  expect(share).toMatchObject({ reading, bytesSeen: 42 });
  expect(calls).toEqual([['note', share]]);
});

it('a body that has come is watched no longer, and keeps its size alone', () => {
  share.watch({ bytes: () => 0, giveUp: () => undefined });
  share.complete(5);
  expect(share.reading).toBeUndefined();
  expect(calls.at(-1)).toEqual(['shrink', share, 5]);
});

it('a share that is released keeps nothing, however often', () => {
  share.release();
  share.release();
  expect(calls).toEqual([
    ['shrink', share, 0],
    ['shrink', share, 0],
  ]);
});

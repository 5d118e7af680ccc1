import { describe, expect, it } from 'vitest';
import type { Capacity, Room } from '../../../../lib/balancer/limits/capacity';
import { addedUp, CapacityTally } from '../../../../lib/balancer/pool/capacity-tally';
import { accountOf, type KeyState } from '../../../../lib/balancer/pool/key-state';
import { keyState, START_MS as NOW } from '../support';

const MODEL = 'gpt-4o';
const room = (left: number, over: Partial<Room> = {}): Room => ({
  left,
  limit: 10,
  source: 'set',
  resetsAt: undefined,
  ...over,
});
const minute = (left: number, over: Partial<Room> = {}): Capacity => ({
  requestsPerMinute: room(left, over),
});

function tallyOf(...keys: readonly (readonly [KeyState, Capacity])[]) {
  const tally = new CapacityTally();
  for (const [key, capacity] of keys) tally.add(key, capacity, MODEL, NOW);
  return tally.sum;
}

const resting = (until: number): KeyState => {
  const key = keyState('r');
  key.cooldown.until = until;
  return key;
};
const shared = (keys: readonly KeyState[]): readonly KeyState[] => {
  const account = accountOf(keyState());
  account.name = 'org';
  for (const key of keys) key.account = account;
  return keys;
};

describe('what keys have left together', () => {
  it('is the sum of those of which it is known, and says how many these are', () => {
    const other = minute(2, { source: 'told', resetsAt: NOW + 5_000 });
    expect(tallyOf([keyState('a'), minute(7)], [keyState('b'), other], [keyState('c'), {}])).toEqual({
      keys: 3,
      knownKeys: 2,
      rooms: {
        requestsPerMinute: { left: 9, limit: 20, keys: 2, sources: ['set', 'told'], resetsAt: NOW + 5_000 },
      },
    });
  });

  it('has no limit where that of one is not known', () => {
    const sum = tallyOf([keyState('a'), minute(7)], [keyState('b'), minute(3, { limit: undefined })]);
    expect(sum.rooms.requestsPerMinute).toMatchObject({ left: 10, limit: undefined });
  });

  it('counts an account once, by the key that may use the most', () => {
    const [a, b, c] = shared([keyState('a'), keyState('b'), keyState('c')]) as [KeyState, KeyState, KeyState];
    const sum = tallyOf(
      [a, minute(3)],
      [b, minute(8, { limit: 20 })],
      [c, minute(5, { limit: undefined })],
      [keyState('d'), minute(1)],
    );
    expect(sum.rooms.requestsPerMinute).toMatchObject({ left: 9, limit: 30, keys: 4 });
  });

  it('leaves disabled keys out, and counts nothing left for keys that rest', () => {
    const disabled = keyState('x', { disabled: { by: 'manual', reason: 'not needed' } });
    const sum = tallyOf([disabled, minute(10)], [resting(NOW + 1), minute(4)], [keyState('a'), minute(2)]);
    expect(sum).toMatchObject({ keys: 2, knownKeys: 2 });
    expect(sum.rooms.requestsPerMinute).toMatchObject({ left: 2, limit: 20 });
    expect(tallyOf([resting(NOW), minute(4)]).rooms.requestsPerMinute).toMatchObject({ left: 4 });
  });

  it('counts what rests for the model as resting', () => {
    const key = keyState('m');
    key.modelCooldowns = new Map([[MODEL, { until: NOW + 1, inARow: 1, probe: undefined }]]);
    expect(tallyOf([key, minute(4)]).rooms.requestsPerMinute).toMatchObject({ left: 0 });
  });

  it('keeps what is left of the day of a key whose rest ends before the day does', () => {
    const day = (resetsAt?: number): Capacity => ({ requestsPerDay: room(4, { resetsAt }) });
    const leftOf = (key: KeyState, capacity: Capacity) => tallyOf([key, capacity]).rooms.requestsPerDay?.left;
    expect(leftOf(resting(NOW + 60_000), day(NOW + 3_600_000))).toBe(4);
    expect(leftOf(resting(NOW + 3_600_000), day(NOW + 3_600_000))).toBe(0);
    expect(leftOf(resting(NOW + 60_000), day())).toBe(4);
  });

  it('of several providers is their sum', () => {
    const one = tallyOf([keyState('a'), minute(7)], [keyState('b'), {}]);
    const other = tallyOf([keyState('a'), minute(2, { limit: undefined, resetsAt: NOW + 9 })]);
    expect(addedUp([one, other, addedUp([])])).toEqual({
      keys: 3,
      knownKeys: 2,
      rooms: {
        requestsPerMinute: { left: 9, limit: undefined, keys: 2, sources: ['set'], resetsAt: NOW + 9 },
      },
    });
  });
});

import { expect, it } from 'vitest';
import { accountOf, type KeyState } from '../../../../lib/balancer/pool/key-state';
import { Lease } from '../../../../lib/balancer/pool/lease';
import { keyState } from '../support';

const newLease = (key: KeyState): Lease =>
  new Lease({
    key,
    model: 'gpt-4o',
    witness: {},
    begunAt: 0,
    probe: undefined,
    modelProbe: undefined,
    keyProbe: undefined,
    skipped: [],
    skippedMore: 0,
    egress: undefined,
    reservation: accountOf(key).take(undefined, 'gpt-4o', 0, 0),
  });

it('a lease counts once while open and is released once however often it is asked', () => {
  const key = keyState();
  const first = newLease(key);
  const second = newLease(key);
  expect(key.inFlight).toBe(2);
  first.release();
  first.release();
  expect(key.inFlight).toBe(1);
  expect([first.isReleased, second.isReleased]).toEqual([true, false]);
  second.release();
  expect(key.inFlight).toBe(0);
});

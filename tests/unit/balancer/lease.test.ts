import { expect, it } from 'vitest';
import { Lease } from '../../../lib/balancer/lease';
import { keyState } from './support';

it('a lease counts once while open and is released once however often it is asked', () => {
  const key = keyState();
  const first = new Lease(key, 'gpt-4o', false, false, [], 0, undefined);
  const second = new Lease(key, 'gpt-4o', false, false, [], 0, undefined);
  expect(key.inFlight).toBe(2);
  first.release();
  first.release();
  expect(key.inFlight).toBe(1);
  expect([first.isReleased, second.isReleased]).toEqual([true, false]);
  second.release();
  expect(key.inFlight).toBe(0);
});

import { expect, it } from 'vitest';
import { Witnesses } from '../../../lib/balancer/witnesses';

function witnessesOf(...requests: readonly object[]): Witnesses {
  const witnesses = new Witnesses();
  for (const request of requests) witnesses.add(request);
  return witnesses;
}
const [a, b, c] = [{}, {}, {}];

it('three different requests are enough, two are not', () => {
  expect(witnessesOf(a, b).areEnough).toBe(false);
  expect(witnessesOf(a, b, c).areEnough).toBe(true);
  expect(witnessesOf(a, b, c, {}).areEnough).toBe(true);
});

it('one request is one witness, however often it is heard', () => {
  expect(witnessesOf(a, a, b, a, b, a).areEnough).toBe(false);
  expect(witnessesOf(a, a, b, a, b, a, c).areEnough).toBe(true);
});

it('requests are told apart by identity and not by what they look like', () => {
  expect(witnessesOf({ id: 1 }, { id: 1 }, { id: 1 }).areEnough).toBe(true);
});

it('counting starts anew after a clearing, also for those that had been heard', () => {
  const witnesses = witnessesOf(a, b, c);
  witnesses.clear();
  expect([witnesses.isEmpty, witnesses.areEnough]).toEqual([true, false]);
  witnesses.add(a);
  witnesses.add(b);
  expect([witnesses.isEmpty, witnesses.areEnough]).toEqual([false, false]);
  witnesses.add(c);
  expect(witnesses.areEnough).toBe(true);
});

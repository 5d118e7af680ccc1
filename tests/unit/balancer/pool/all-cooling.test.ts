import { expect, it } from 'vitest';
import { AllCooling } from '../../../../lib/balancer/pool/all-cooling';
import { keyState, START_MS as NOW } from '../support';

/** Keys that rest until then, for every model. */
const resting = (...untils: number[]) =>
  untils.map((until, i) => {
    const key = keyState(`k${i}`);
    key.cooldown.until = until;
    return key;
  });

it('remembers until the first rest is over, and no longer', () => {
  const all = new AllCooling();
  expect(all.isKnown('m', NOW)).toBe(false);
  expect(all.endOf('m', resting(NOW + 30, NOW + 20, NOW + 20), NOW)).toBe(NOW + 20);
  expect(all.isKnown('m', NOW + 19)).toBe(true);
  expect(all.isKnown('m', NOW + 20)).toBe(false);
  expect(all.isKnown('other', NOW)).toBe(false);
});

it('forgets everything when a key may be back', () => {
  const all = new AllCooling();
  all.endOf('m', resting(NOW + 20), NOW);
  all.forget();
  expect(all.isKnown('m', NOW)).toBe(false);
  all.endOf('m', resting(NOW + 20), NOW);
  expect(all.isKnown('m', NOW)).toBe(true);
});

it('does not look at the keys again while it remembers, unless the first of them rests longer', () => {
  const all = new AllCooling();
  const [first, second] = resting(NOW + 20, NOW + 30) as [
    ReturnType<typeof keyState>,
    ReturnType<typeof keyState>,
  ];
  expect(all.endOf('m', [first, second], NOW)).toBe(NOW + 20);
  second.cooldown.until = NOW + 10;
  expect(all.endOf('m', [first, second], NOW)).toBe(NOW + 20);
  first.cooldown.until = NOW + 40;
  expect(all.endOf('m', [first, second], NOW)).toBe(NOW + 10);
});

it('remembers nothing where nothing rests', () => {
  const all = new AllCooling();
  expect(all.endOf('m', [], NOW)).toBe(NOW);
  expect(all.endOf('m', resting(NOW - 5, NOW + 20), NOW)).toBe(NOW);
  expect(all.endOf('m', resting(NOW), NOW)).toBe(NOW);
  expect(all.isKnown('m', NOW - 10)).toBe(false);
});

it('remembers 100 models, the latest', () => {
  const all = new AllCooling();
  const keys = resting(NOW + 20);
  const known = (model: number) => all.isKnown(`m${model}`, NOW);
  for (let i = 0; i < 100; i++) all.endOf(`m${i}`, keys, NOW);
  expect([known(0), known(1), known(99)]).toEqual([true, true, true]);
  all.endOf('m100', keys, NOW);
  expect([known(0), known(1), known(99), known(100)]).toEqual([false, true, true, true]);
});

import { expect, it } from 'vitest';
import { SecondsBehind } from '../../../lib/cluster/seconds-behind';
import { SeededRandom, START_MS } from '../balancer/support';

it('stays the same however late something comes', () => {
  for (const offMs of [0, 480, 500, 520, -500, 3_000]) {
    const random = new SeededRandom();
    const clock = new SecondsBehind();
    let now = START_MS;
    const first = clock.after(offMs + 5, now);
    expect(Math.abs(first * 1_000 - offMs)).toBeLessThanOrEqual(600);
    for (let n = 0; n < 1_000; n += 1) {
      now += 50;
      const lateMs = random.next() < 0.2 ? random.next() * 4_000 : random.next() * 20;
      expect(clock.after(offMs + lateMs, now)).toBe(first);
    }
  }
});

it('believes what came sooner than the first', () => {
  const clock = new SecondsBehind();
  expect([clock.after(1_800, START_MS), clock.after(20, START_MS + 50)]).toEqual([2, 0]);
});

it('finds out within a minute that one of the two clocks has stood still', () => {
  const clock = new SecondsBehind();
  const after = (offMs: number, ms: number) => clock.after(offMs, START_MS + ms);
  expect([after(10, 0), after(-90_000, 1_000), after(3_600_000, 2_000)]).toEqual([0, -90, -90]);
  expect([after(3_600_000, 31_000), after(3_600_000, 62_000)]).toEqual([-90, 3_600]);
});

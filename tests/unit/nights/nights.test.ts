import { describe, expect, it } from 'vitest';
import { FixedWindow, TokenBucket } from '../../../bench/nights/allowance';
import { live } from '../../../bench/nights/night';
import { VirtualTime } from '../../../bench/nights/virtual-time';
import { SeededRandom } from '../balancer/support';

const random = (seed: number) => new SeededRandom(seed);
const short = { lengthMs: 2 * 60_000 };

describe('a simulated night', () => {
  it('is the same again for the same seed', async () => {
    const night = { ...short, name: 'whole night', load: 1, isWhole: true };
    const once = await live(night, 'this balancer', random, 7);
    expect(await live(night, 'this balancer', random, 7)).toEqual(once);
    expect(await live(night, 'this balancer', random, 8)).not.toEqual(once);
  });

  it('draws nothing from a router that knows everything', async () => {
    const night = { ...short, name: 'whole night', load: 1.2, isWhole: true };
    const { drawn429, served } = await live(night, 'omniscient', random, 1);
    expect(drawn429).toBe(0);
    expect(served).toBeGreaterThan(0);
  });

  it.each([0.6, 0.9])('of limits alone at load %d is served as far as it is possible', async (load) => {
    const night = { ...short, name: 'limits only', load, isWhole: false };
    const possible = await live(night, 'omniscient', random, 1);
    const course = await live(night, 'this balancer', random, 1);
    expect(course.served / possible.served).toBeGreaterThan(0.98);
    expect(course.wronglyDisabled).toBe(0);
  });
});

describe('a short night at its limits', () => {
  /** In so short a night the limits of keys that tell nothing are still being found out, by refusals. */
  const DRAWN_MAX = 0.2;

  it.each([
    { name: 'limits only', load: 1, isWhole: false, shareMin: 0.99 },
    { name: 'limits only', load: 1.2, isWhole: false, shareMin: 0.99 },
    { name: 'whole night', load: 1, isWhole: true, shareMin: 0.95 },
  ])(
    'is served at least as well as by blind round robin: $name at load $load',
    async ({ shareMin, ...kind }) => {
      const night = { ...short, ...kind };
      const possible = await live(night, 'omniscient', random, 1);
      const blind = await live(night, 'blind round robin', random, 1);
      const course = await live(night, 'this balancer', random, 1);
      expect(course.served / possible.served).toBeGreaterThan(shareMin);
      expect(course.served).toBeGreaterThanOrEqual(blind.served);
      expect(course.drawn429 / course.served).toBeLessThan(DRAWN_MAX);
      expect(course.wronglyDisabled).toBe(0);
    },
  );
});

describe('an allowance', () => {
  it('of a bucket refills evenly, up to its burst', () => {
    const bucket = new TokenBucket(60, 60_000, 0, 10_000);
    expect(bucket.left(0)).toBe(10);
    bucket.take(10, 0);
    expect(bucket.waitMs(1, 0)).toBe(1_000);
    expect(bucket.left(500)).toBeCloseTo(0.5);
    expect(bucket.left(60_000)).toBe(10);
  });

  it('of a window is whole again when the next one begins', () => {
    const window = new FixedWindow(3, 60_000, 30_000);
    window.take(2, 40_000);
    expect(window.left(89_999)).toBe(1);
    expect(window.waitMs(2, 80_000)).toBe(10_000);
    expect(window.left(90_000)).toBe(3);
  });
});

describe('virtual time', () => {
  it('passes from event to event in their order, whenever they were planned', async () => {
    const time = new VirtualTime(0);
    const seen: string[] = [];
    const note = (name: string) => seen.push(`${name} ${time.now()}`);
    for (const at of [5, 1, 9, 3, 7]) time.at(at, () => note('event'));
    time.at(3, () => void time.sleep(1).then(() => note('slept')));
    time.at(-1, () => note('at once'));
    await time.run();
    expect(seen).toEqual(['at once 0', 'event 1', 'event 3', 'slept 4', 'event 5', 'event 7', 'event 9']);
  });
});

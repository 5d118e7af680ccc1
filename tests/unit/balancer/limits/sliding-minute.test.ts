import { describe, expect, it } from 'vitest';
import { SlidingMinute } from '../../../../lib/balancer/limits/sliding-minute';
import { SeededRandom, START_MS } from '../support';

const NOW = START_MS;

describe('a sliding minute', () => {
  it('never lets more than the limit through in any 60 seconds, whenever requests come', () => {
    const random = new SeededRandom(5);
    const minute = new SlidingMinute();
    const taken: number[] = [];
    for (let at = NOW; at < NOW + 600_000; at += random.next() * 900) {
      if (minute.waitMs(1, 10, at) > 0) continue;
      minute.add(1, at, at);
      taken.push(at);
    }
    const most = taken.map((from) => taken.filter((at) => at >= from && at < from + 60_000).length);
    expect(Math.max(...most)).toBe(10);
    // A second of each minute is given up, and no more.
    expect(taken.length).toBeGreaterThanOrEqual(90);
  });

  it('tells truly when there is room again', () => {
    const minute = new SlidingMinute();
    minute.add(3, NOW, NOW);
    minute.add(7, NOW + 20_000, NOW + 20_000);
    const now = NOW + 30_000;
    expect(minute.waitMs(1, 11, now)).toBe(0);
    const wait = minute.waitMs(3, 10, now);
    expect(minute.waitMs(3, 10, now + wait - 1)).toBe(1);
    expect(minute.waitMs(3, 10, now + wait)).toBe(0);
    expect(minute.waitMs(4, 10, now)).toBe(51_000);
  });

  it('needs all of the limit for what is more than it', () => {
    const minute = new SlidingMinute();
    expect(minute.waitMs(50, 10, NOW)).toBe(0);
    minute.add(1, NOW, NOW);
    expect(minute.waitMs(50, 10, NOW)).toBe(61_000);
  });

  it('is corrected for the past, as long as that counts', () => {
    const minute = new SlidingMinute();
    minute.add(5, NOW, NOW);
    minute.add(-3, NOW, NOW + 10_000);
    expect(minute.used(NOW + 10_000)).toBe(2);
    expect(minute.used(NOW + 60_999)).toBe(2);
    expect(minute.used(NOW + 61_000)).toBe(0);
    minute.add(4, NOW, NOW + 61_000);
    expect(minute.used(NOW + 61_000)).toBe(0);
    minute.add(-9, NOW + 61_000, NOW + 61_000);
    expect(minute.used(NOW + 61_000)).toBe(0);
  });

  it('is the same after a restart', () => {
    const minute = new SlidingMinute();
    minute.add(2, NOW, NOW);
    minute.add(4, NOW + 7_000, NOW + 7_000);
    const again = new SlidingMinute();
    again.restore(minute.saved(NOW + 8_000));
    expect(again.used(NOW + 60_000)).toBe(6);
    expect(again.used(NOW + 61_000)).toBe(4);
    expect(again.used(NOW + 68_000)).toBe(0);
  });

  it('forgets everything in a long silence, and does not mind a clock that is set back', () => {
    const minute = new SlidingMinute();
    minute.add(9, NOW, NOW);
    expect(minute.used(NOW + 3_600_000)).toBe(0);
    minute.add(2, NOW, NOW + 3_600_000);
    minute.add(1, NOW + 3_600_000, NOW);
    expect(minute.used(NOW + 10)).toBe(1);
  });
});

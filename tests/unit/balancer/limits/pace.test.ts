import { describe, expect, it } from 'vitest';
import { Pace } from '../../../../lib/balancer/limits/pace';
import { START_MS as NOW } from '../support';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const USUAL = 800;

function refuse(pace: Pace, at: number, perMinute = 20, isWhole = true, tokens = USUAL, takenAt = at): void {
  const answered = { perMinute, isWholeMinute: isWhole, mostPerMinute: perMinute, backMs: undefined };
  pace.refused({ takenAt, tokens }, answered, at);
}

/** Whether a key takes a request at that time. */
type Key = (now: number) => boolean;

/** Takes one request each `everyMs`, and `burst` at once. */
function bucket(everyMs: number, burst = 2): Key {
  let freeAt = 0;
  return (now) => {
    if (freeAt - (burst - 1) * everyMs > now) return false;
    freeAt = Math.max(now, freeAt) + everyMs;
    return true;
  };
}

/** Takes so many in each full minute. */
function fixedWindow(limit: number): Key {
  let [minute, used] = [0, 0];
  return (now) => {
    const current = Math.floor((now + 17_000) / 60_000);
    if (current !== minute) [minute, used] = [current, 0];
    return (used += 1) <= limit;
  };
}

/** Goes as fast as the pace lets it for so long; rests after a refusal, and longer after each further one. */
function drive(pace: Pace, key: Key, lengthMs: number, from = NOW): { served: number; refused: number } {
  let [served, refused, restMs, restsUntil] = [0, 0, 0, 0];
  for (let now = from; now < from + lengthMs; now += 100) {
    if (pace.waitMs(now) > 0 || now < restsUntil) continue;
    pace.take(now);
    if (key(now)) {
      served += 1;
      restMs = 0;
      pace.accepted(USUAL, now, now);
    } else {
      refused += 1;
      refuse(pace, now);
      restMs = restMs === 0 ? pace.intervalMs : restMs * 2;
      restsUntil = now + restMs;
    }
  }
  return { served, refused };
}

describe('the pace of a key that tells nothing', () => {
  it('holds nobody back before the first refusal', () => {
    const pace = new Pace();
    pace.take(NOW);
    expect(pace.waitMs(NOW)).toBe(0);
    expect(pace.leftShare(NOW)).toBe(1);
  });

  it('is what was answered in the minute before', () => {
    const pace = new Pace();
    refuse(pace, NOW);
    expect(pace.intervalMs).toBe(3_000);
    expect(pace.leftShare(NOW)).toBeLessThan(1);
  });

  it.each([500, 3_000, 20_000])(
    'finds a key that takes one in %i ms, and seldom asks for too much',
    (trueMs) => {
      const pace = new Pace();
      refuse(pace, NOW, 3, false);
      const { served, refused } = drive(pace, bucket(trueMs), HOUR_MS);
      expect(served / (HOUR_MS / trueMs)).toBeGreaterThan(0.85);
      expect(refused / served).toBeLessThan(0.12);
    },
  );

  it.each([20, 60])('uses up a window of %i a minute, and seldom asks for more', (limit) => {
    const pace = new Pace();
    refuse(pace, NOW, limit);
    const { served, refused } = drive(pace, fixedWindow(limit), HOUR_MS);
    expect(served / (limit * 60)).toBeGreaterThan(0.97);
    expect(refused / served).toBeLessThan(0.15);
  });

  it.each([
    { isWhole: false, minutes: 5 },
    { isWhole: true, minutes: 20 },
  ])('that is far too fast is found out, a guess sooner: $minutes minutes', ({ isWhole, minutes }) => {
    const pace = new Pace();
    refuse(pace, NOW, 120, isWhole);
    drive(pace, fixedWindow(20), minutes * 60_000);
    expect(pace.intervalMs).toBeGreaterThan(1_900);
    expect(pace.intervalMs).toBeLessThan(3_200);
  });

  it('rises soon after a first refusal that no limit was behind, as in an outage spoken as 429s', () => {
    const pace = new Pace();
    refuse(pace, NOW, 30);
    const { served } = drive(pace, () => true, 2 * MINUTE_MS);
    expect(served).toBeGreaterThan(2 * 2 * 30);
  });

  it('falls by little after many answers, and not below what was answered', () => {
    const pace = new Pace();
    let at = NOW;
    const bear = (count: number): void => {
      for (let n = 0; n < count; n += 1, at += 3_000) {
        pace.take(at);
        pace.accepted(USUAL, at, at);
      }
    };
    refuse(pace, at, 20);
    for (let minutes = 0; minutes < 3; minutes += 1) {
      bear(22);
      refuse(pace, at);
    }
    bear(49);
    const before = pace.intervalMs;
    refuse(pace, at);
    expect(before).toBeLessThan(2_900);
    expect(pace.intervalMs).toBeGreaterThan(before);
    expect(pace.intervalMs / before).toBeLessThan(1.03);
  });

  it('falls less after the refusal of a large request', () => {
    const intervalAfter = (tokens: number): number => {
      const pace = new Pace();
      refuse(pace, NOW, 20);
      drive(pace, bucket(1, 2), 120_000, NOW + 3_000);
      for (let at = NOW + 123_000; at < NOW + 190_000; at += 6_000) pace.accepted(USUAL, at, at);
      refuse(pace, NOW + 190_000, 20, true, tokens);
      return pace.intervalMs;
    };
    expect(intervalAfter(8 * USUAL)).toBeLessThan(intervalAfter(USUAL));
  });

  it('stays as it is when a refusal follows another one', () => {
    const pace = new Pace();
    refuse(pace, NOW, 60);
    for (let at = NOW + 1_000; at < NOW + 90_000; at += 3_000) pace.accepted(USUAL, at, at);
    refuse(pace, NOW + 90_000);
    const { intervalMs } = pace;
    expect(intervalMs).toBeGreaterThan(1_000);
    for (let i = 1; i < 9; i += 1) refuse(pace, NOW + 90_000 + i * 10_000);
    expect(pace.intervalMs).toBe(intervalMs);
  });

  it('lets the first one after a refusal go alone, and two at once after its answer', () => {
    const pace = new Pace();
    refuse(pace, NOW);
    const later = NOW + 30_000;
    pace.take(later);
    expect(pace.waitMs(later)).toBe(3_000);
    pace.accepted(USUAL, later + 500, later + 500);
    expect(pace.waitMs(later + 500)).toBe(0);
  });

  it('sends the first one after a refusal in its turn, and the next one in the turn after', () => {
    const pace = new Pace();
    refuse(pace, NOW);
    pace.take(NOW + 30_000);
    pace.accepted(USUAL, NOW + 30_000, NOW + 30_000);
    pace.take(NOW + 30_000);
    const { intervalMs } = pace;
    refuse(pace, NOW + 30_000, 20, true, USUAL, NOW + 30_000);
    expect(pace.waitMs(NOW + 30_000)).toBeGreaterThanOrEqual(intervalMs);
    expect(pace.waitMs(NOW + 30_000)).toBeLessThan(1.1 * intervalMs);
    const firstAt = NOW + 30_000 + pace.intervalMs;
    pace.take(firstAt);
    pace.accepted(USUAL, firstAt, firstAt);
    expect(pace.waitMs(firstAt)).toBeCloseTo(pace.intervalMs);
  });

  it('is asked when its window begins anew, once that is found out', () => {
    const pace = new Pace();
    refuse(pace, NOW, 20);
    const key = fixedWindow(20);
    drive(pace, key, HOUR_MS);
    const { served, refused } = drive(pace, key, HOUR_MS, NOW + HOUR_MS);
    expect(served / (20 * 60)).toBeGreaterThan(0.998);
    expect(refused / served).toBeLessThan(0.065);
  });

  it('is not told from too little', () => {
    const pace = new Pace();
    for (let i = 0; i < 50; i += 1) refuse(pace, NOW + i, 2);
    expect(pace.intervalMs).toBe(0);
    expect(pace.waitMs(NOW)).toBe(0);
  });

  it('counts a burst of refusals once', () => {
    const pace = new Pace();
    refuse(pace, NOW);
    pace.accepted(USUAL, NOW, NOW);
    for (let i = 0; i < 10; i += 1) refuse(pace, NOW + i, 20, true, USUAL, NOW - 1);
    expect(pace.intervalMs).toBe(3_000);
  });
});

it.each([2_000, 5_000])('two do not follow each other at once where one is taken in %i ms', (everyMs) => {
  const pace = new Pace();
  refuse(pace, NOW, MINUTE_MS / everyMs, false);
  drive(pace, bucket(everyMs, 1), 10 * MINUTE_MS);
  const { served, refused } = drive(pace, bucket(everyMs, 1), HOUR_MS, NOW + 10 * MINUTE_MS);
  expect(served / (HOUR_MS / everyMs)).toBeGreaterThan(0.85);
  expect(refused / served).toBeLessThan(0.09);
});

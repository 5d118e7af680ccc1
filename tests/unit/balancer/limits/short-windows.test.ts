import { describe, expect, it } from 'vitest';
import { Account } from '../../../../lib/balancer/limits/account';
import { START_MS as NOW } from '../support';

/** A provider that takes so many requests in each window, asked by one account for a minute. */
interface Windows {
  readonly limit: number;
  readonly windowMs: number;
  /** Its refusals tell when the next window begins, in whole seconds. */
  readonly tellsRetryAfter: boolean;
  /** How many come at first, and each second from then on. */
  readonly burst: number;
  readonly perSecond: number;
}

const LENGTH_MS = 60_000;
const TICK_MS = 50;
/** Each request waits its turn for so long. */
const PATIENCE_MS = 10_000;
/** After a refusal that tells nothing the key rests, longer after each further one. */
const REST_MS = { min: 1_000, max: 5_000 };
/** The windows begin somewhere. */
const PHASE_MS = 300;

/** The account as the balancer uses it, or somebody who knows the windows. */
function course(windows: Windows, isOmniscient: boolean): { served: number; refused: number } {
  const { limit, windowMs, tellsRetryAfter, burst, perSecond } = windows;
  const account = new Account();
  const line = Array.from({ length: burst }, () => NOW);
  let [served, refused, used, window, due, restMs, restsUntil] = [0, 0, 0, 0, 0, 0, 0];
  for (let now = NOW; now < NOW + LENGTH_MS; now += TICK_MS) {
    for (due += (perSecond * TICK_MS) / 1000; due >= 1; due -= 1) line.push(now);
    while (line.length > 0 && now - line[0]! > PATIENCE_MS) line.shift();
    const current = Math.floor((now + PHASE_MS) / windowMs);
    if (current !== window) [window, used] = [current, 0];
    const isDue = (): boolean =>
      isOmniscient ? used < limit : now >= restsUntil && account.waitMs(undefined, 'm', 10, now) === 0;
    while (line.length > 0 && isDue()) {
      const reservation = account.take(undefined, 'm', 10, now);
      if (used < limit) {
        used += 1;
        served += 1;
        restMs = 0;
        line.shift();
        account.accepted(reservation, undefined, now);
        continue;
      }
      refused += 1;
      restMs = Math.min(REST_MS.max, Math.max(restMs * 2, account.intervalMs('m'), REST_MS.min));
      const backMs = Math.ceil(((current + 1) * windowMs - PHASE_MS - now) / 1000) * 1000;
      const until = tellsRetryAfter ? now + backMs : undefined;
      account.refused(reservation, undefined, until, now);
      restsUntil = until ?? now + restMs;
    }
  }
  return { served, refused };
}

it('believes no time that has proved false, again and again', () => {
  const account = new Account();
  let [window, used, served, refused, restsUntil] = [0, 0, 0, 0, 0];
  for (let now = NOW; now < NOW + 10 * LENGTH_MS; now += TICK_MS) {
    if (now < restsUntil || account.waitMs(undefined, 'm', 10, now) > 0) continue;
    const reservation = account.take(undefined, 'm', 10, now);
    const current = Math.floor((now + 20_000) / 60_000);
    if (current !== window) [window, used] = [current, 0];
    if (used < 6) {
      used += 1;
      served += 1;
      account.accepted(reservation, undefined, now);
      continue;
    }
    refused += 1;
    account.refused(reservation, undefined, now + 1_000, now);
    restsUntil = now + 1_000;
  }
  expect(served).toBeGreaterThan(50);
  expect(refused).toBeLessThan(served);
});

describe.each([
  { tellsRetryAfter: true, shareMin: 0.9 },
  { tellsRetryAfter: false, shareMin: 0.7 },
])(
  'a provider that tells no limits (and when to come back: $tellsRetryAfter)',
  ({ tellsRetryAfter, shareMin }) => {
    it.each([
      { limit: 5, windowMs: 1_000, perSecond: 3, burst: 10 },
      { limit: 5, windowMs: 1_000, perSecond: 4, burst: 30 },
      { limit: 20, windowMs: 1_000, perSecond: 12, burst: 40 },
      { limit: 10, windowMs: 8_000, perSecond: 0.9, burst: 12 },
      { limit: 40, windowMs: 8_000, perSecond: 4, burst: 60 },
      { limit: 30, windowMs: 20_000, perSecond: 1.2, burst: 40 },
      { limit: 60, windowMs: 40_000, perSecond: 1, burst: 100 },
    ])('serves nearly all that can be, of $limit in $windowMs ms after a burst', (kind) => {
      const windows = { ...kind, tellsRetryAfter };
      const { served, refused } = course(windows, false);
      expect(served / course(windows, true).served).toBeGreaterThan(shareMin);
      expect(refused / served).toBeLessThan(0.16);
    });
  },
);

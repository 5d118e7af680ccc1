import { describe, expect, it } from 'vitest';
import { FixedWindow, TokenBucket, type Allowance } from '../../../../bench/nights/allowance';
import type { Outcome } from '../../../../lib/balancer/attempts/verdict';
import { seenLimits } from '../../../../lib/openai/limits/seen-limits';
import { answered, leaseRequest, poolOf, settle, START_MS as NOW } from '../support';

const MINUTE_MS = 60_000;
const LIMIT = 20;

interface Course {
  readonly served: number;
  readonly drawn: number;
}

/** A provider that tells its limit as OpenAI does is asked twice a second by a gateway that has just started. */
function ask(allowance: Allowance, forMs: number): Course {
  const pool = poolOf('a');
  let [served, drawn] = [0, 0];
  for (let now = NOW; now < NOW + forMs; now += 500) {
    const leased = pool.lease(leaseRequest(), now);
    if (!leased.ok) continue;
    const backMs = allowance.waitMs(1, now);
    if (backMs === 0) allowance.take(1, now);
    const told = {
      'x-ratelimit-limit-requests': String(LIMIT),
      'x-ratelimit-remaining-requests': String(Math.floor(allowance.left(now))),
      'x-ratelimit-reset-requests': `${(allowance.fullMs(now) / 1000).toFixed(3)}s`,
    };
    if (backMs === 0) served += 1;
    else drawn += 1;
    const retryAfter = { 'retry-after': String(Math.ceil(backMs / 1000)) };
    const answer = backMs === 0 ? answered(200) : answered(429, retryAfter, undefined, now);
    const outcome = { ...answer, limits: seenLimits(told, now) } as Outcome;
    settle(pool, leased.lease, outcome, now);
    pool.finish(leased.lease, 'whole', '', now);
  }
  return { served, drawn };
}

function usedUp<Kind extends Allowance>(allowance: Kind): Kind {
  allowance.take(LIMIT - 1, NOW);
  return allowance;
}

describe('a key that is nearly used up when the gateway starts', () => {
  it('is used as its bucket refills', () => {
    const { served, drawn } = ask(usedUp(new TokenBucket(LIMIT, MINUTE_MS, NOW)), MINUTE_MS);
    expect(served).toBeGreaterThan(LIMIT - 2);
    expect(drawn).toBe(0);
  });

  it('waits for the end of its window', () => {
    const { served, drawn } = ask(usedUp(new FixedWindow(LIMIT, MINUTE_MS, NOW)), 5 * MINUTE_MS);
    expect(served).toBe(1 + 4 * LIMIT);
    expect(drawn).toBeLessThan(4);
  });
});

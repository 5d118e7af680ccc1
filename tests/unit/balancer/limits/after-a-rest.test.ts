import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../../lib/balancer/attempts/verdict';
import { newKeyState, savedStateOf } from '../../../../lib/balancer/pool/key-state';
import { seenLimits } from '../../../../lib/openai/limits/seen-limits';
import {
  answered,
  keyConfig,
  leaseRequest,
  poolOf,
  setKeys,
  settle,
  shortageOf,
  START_MS as NOW,
  take,
} from '../support';

const SECOND = 1_000;
const MODEL = 'gpt-4o';

function telling(outcome: Outcome, left: number, resetS: number, now: number): Outcome {
  const told = {
    'x-ratelimit-limit-tokens': '60000',
    'x-ratelimit-remaining-tokens': String(left),
    'x-ratelimit-reset-tokens': `${resetS}s`,
  };
  return { ...outcome, limits: seenLimits(told, now) } as Outcome;
}

describe('a refusal for tokens that names its time', () => {
  it.each([100, 1_000, 15_000])('is over for a request of %d tokens at that time', (tokens) => {
    // A bucket that refills by a thousand a second, and that another program empties.
    const pool = poolOf('a');
    let left = 60_000;
    for (let n = 1; n <= 3; n += 1) {
      const at = NOW + n * SECOND;
      left = Math.min(60_000, left + 1_000) - tokens;
      const resetS = (60_000 - left) / 1_000;
      settle(pool, take(pool, at, { tokens }), telling(answered(200), left, resetS, at), at);
    }
    const at = NOW + 4 * SECOND;
    const backS = Math.max(1, tokens / 1_000);
    const refusal = answered(429, { 'retry-after': String(backS) }, undefined, at);
    settle(pool, take(pool, at, { tokens }), telling(refusal, 0, 60, at), at);
    const back = at + backS * SECOND + 250;
    expect(shortageOf(pool, at + 1, { tokens }).retryAfterMs).toBeLessThanOrEqual(back - at);
    take(pool, back, { tokens });
    // Nobody knows that there is more.
    expect(pool.lease(leaseRequest({ tokens }), back).ok).toBe(false);
  });
});

describe('a key that rests when the program starts', () => {
  const back = NOW + SECOND;
  const afterRest = () => {
    const pool = poolOf('');
    const saved = savedStateOf(newKeyState(keyConfig('a')), NOW);
    setKeys(pool, 'a', { a: { ...saved, modelCooldowns: { [MODEL]: back } } });
    return pool;
  };
  const leases = (pool: ReturnType<typeof afterRest>, now: number) => {
    const all = [];
    for (let next = pool.lease(leaseRequest(), now); next.ok; next = pool.lease(leaseRequest(), now))
      if (all.push(next.lease) > 100) break;
    return all;
  };

  it('is asked by one first, and by as many at a time as have been answered', () => {
    const pool = afterRest();
    for (const [index, most] of [1, 2, 4, 8].entries()) {
      const now = back + index * SECOND;
      const some = leases(pool, now);
      expect(some).toHaveLength(most);
      for (const lease of some) settle(pool, lease, answered(200), now + 1);
    }
  });

  it('is believed when it tells what is left', () => {
    const pool = afterRest();
    const [first = expect.fail('none')] = leases(pool, back);
    const told = seenLimits({ 'x-ratelimit-remaining-requests': '9' }, back);
    settle(pool, first, { ...answered(200), limits: told } as Outcome, back);
    expect(leases(pool, back)).toHaveLength(9);
  });

  it('is not kept back by a request that hangs, nor for longer than a minute', () => {
    const pool = afterRest();
    expect(leases(pool, back)).toHaveLength(1);
    expect(leases(pool, back + SECOND)).toHaveLength(1);
    expect(leases(pool, back + 60 * SECOND).length).toBeGreaterThan(100);
  });
});

import { describe, expect, it } from 'vitest';
import type { Lease } from '../../../../lib/balancer/pool/lease';
import { addFailure, loadOf } from '../../../../lib/balancer/pool/load';
import type { Outcome } from '../../../../lib/balancer/attempts/verdict';
import { answered, keyState, poolOf, says, settle, START_MS as NOW, take } from '../support';

const IN_FLIGHT_MAX = 6;
const REQUESTS = 90;

describe('what a key is loaded with', () => {
  it('is what is in flight, and failures that fade within three seconds', () => {
    const key = keyState('a', { inFlight: 2 });
    expect(loadOf(key, NOW)).toBe(2);
    addFailure(key, NOW);
    addFailure(key, NOW);
    expect(loadOf(key, NOW)).toBe(4);
    expect(loadOf(key, NOW + 1_500)).toBe(3);
    addFailure(key, NOW + 1_500);
    expect(loadOf(key, NOW + 3_000)).toBe(3);
    expect(loadOf(key, NOW + 4_500)).toBe(2);
    expect(loadOf(key, NOW + 60_000)).toBe(2);
  });
});

/** What a key gets that answers so at once, beside two that take their time. */
function shareOf(outcome: Outcome, over: Parameters<typeof poolOf>[1]): number {
  const pool = poolOf('abc', { ...over, maxFailures: 1_000 });
  const open: Lease[] = [];
  let drawn = 0;
  for (let i = 0; i < REQUESTS; i++) {
    const now = NOW + i * 50;
    const lease = take(pool, now, { tokens: 100 });
    if (lease.key.config.keyId === 'a') {
      drawn += 1;
      settle(pool, lease, outcome, now);
      continue;
    }
    settle(pool, lease, answered(200), now);
    open.push(lease);
    if (open.length > IN_FLIGHT_MAX) pool.finish(open.shift()!, 'whole', '', now);
  }
  return drawn / REQUESTS;
}

it('is not higher for what a proxy has failed to do', () => {
  const pool = poolOf('ab', { policy: 'least_in_flight' });
  const lost: Outcome = { kind: 'dial_failed', at: 'egress', message: '' };
  settle(pool, take(pool, NOW), lost, NOW);
  expect(pool.keys.map((key) => loadOf(key, NOW))).toEqual([0, 0]);
});

describe.each(['headroom', 'least_in_flight'] as const)('%s', (policy) => {
  it.each([
    ['nothing', undefined],
    ['requests', { requestsPerMinute: 1_000 }],
    ['tokens', { tokensPerMinute: 100_000 }],
  ])('draws no more than its turn to a key that fails at once, with limits of %s', (_of, limits) => {
    for (const outcome of [
      answered(500),
      answered(422),
      says('ambiguous'),
      { kind: 'empty_stream' },
    ] satisfies Outcome[]) {
      const share = shareOf(outcome, { policy, ...(limits && { limits }) });
      expect(share).toBeGreaterThan(0);
      expect(share).toBeLessThanOrEqual(0.34);
    }
  });
});

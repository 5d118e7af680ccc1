import { describe, expect, it } from 'vitest';
import type { SeenLimit } from '../../../../lib/balancer/limits/seen-limits';
import type { Outcome } from '../../../../lib/balancer/attempts/verdict';
import type { Lease } from '../../../../lib/balancer/pool/lease';
import type { Pool } from '../../../../lib/balancer/pool/pool';
import { answered, leaseRequest, poolOf, says, settle, shortageOf, START_MS as NOW, take } from '../support';

const MINUTE_MS = 60_000;

function end(pool: Pool, lease: Lease, outcome: Outcome, now: number): void {
  settle(pool, lease, outcome, now);
  pool.finish(lease, 'whole', '', now);
}

function telling(over: Partial<SeenLimit>): Outcome {
  return { ...answered(200), limits: [{ of: 'requests', limit: 100, ...over }] } as Outcome;
}

const ENDS: readonly (readonly [string, Outcome])[] = [
  ['a failure of the provider', answered(500)],
  ['a connection that is cut', { kind: 'cut', message: 'gone' }],
  ['a connection that is lost', { kind: 'lost', message: 'gone' }],
  ['a client that leaves', { kind: 'client_closed' }],
  ['an answer without a word', answered(200)],
  ['a refusal that says when to come back', says('rate', { status: 429, until: NOW + 3_000 })],
];

describe.each(ENDS)('what is left after %s', (_words, outcome) => {
  it('is asked for by the next request, once the reset has come', () => {
    const pool = poolOf('a');
    end(pool, take(pool, NOW), telling({ remaining: 0, resetAt: NOW + 2_000 }), NOW);
    end(pool, take(pool, NOW + 2_001), outcome, NOW + 2_001);
    const now = NOW + 3_100;
    const asking = take(pool, now);
    expect(pool.lease(leaseRequest(), now).ok).toBe(false);
    end(pool, asking, telling({ remaining: 50, resetAt: now + MINUTE_MS }), now);
    expect(pool.lease(leaseRequest(), now).ok).toBe(true);
  });

  it('is not what many of them would have used up', () => {
    const pool = poolOf('a');
    end(pool, take(pool, NOW), telling({ remaining: 4, resetAt: NOW + MINUTE_MS }), NOW);
    for (let sent = 0; sent < 8; sent += 1) {
      const now = NOW + 1_000 + sent * 4_000;
      end(pool, take(pool, now), outcome, now);
    }
    const now = NOW + 40_000;
    end(pool, take(pool, now), telling({ remaining: 3, resetAt: NOW + MINUTE_MS }), now);
    expect(pool.lease(leaseRequest(), now).ok).toBe(true);
  });
});

describe('what is left', () => {
  it('is asked for again, a second after a request that has no answer', () => {
    const pool = poolOf('a');
    end(pool, take(pool, NOW), telling({ remaining: 2, resetAt: NOW + MINUTE_MS }), NOW);
    for (const at of [1_000, 2_000]) end(pool, take(pool, NOW + at), answered(500), NOW + at);
    const now = NOW + 10_000;
    take(pool, now);
    expect(shortageOf(pool, now).retryAfterMs).toBe(1_000);
    expect(shortageOf(pool, now + 999).retryAfterMs).toBe(1);
    take(pool, now + 1_000);
    // Both may be counted by now: then nothing is left.
    expect(shortageOf(pool, now + 60_000 - 20_000).retryAfterMs).toBe(MINUTE_MS - 50_000);
  });

  it('is nothing after a refusal without a word of when to come back', () => {
    const pool = poolOf('a', { cooldownMs: 1_000 });
    end(pool, take(pool, NOW), telling({ remaining: 0, resetAt: NOW + 2_000 }), NOW);
    end(pool, take(pool, NOW + 2_001), says('rate', { status: 429 }), NOW + 2_001);
    expect(shortageOf(pool, NOW + 10_000).retryAfterMs).toBeGreaterThan(30_000);
  });

  it('is what was told, less what has been sent and answered with a word', () => {
    const pool = poolOf('a');
    end(pool, take(pool, NOW), telling({ remaining: 1, resetAt: NOW + MINUTE_MS }), NOW);
    end(pool, take(pool, NOW + 1), answered(500), NOW + 2);
    end(pool, take(pool, NOW + 3), telling({ remaining: 0, resetAt: NOW + MINUTE_MS }), NOW + 3);
    expect(shortageOf(pool, NOW + 4).retryAfterMs).toBe(MINUTE_MS - 4);
  });
});

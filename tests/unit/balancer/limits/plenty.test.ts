import { describe, expect, it } from 'vitest';
import { ANSWER } from '../../../../lib/balancer/facts';
import type { SeenLimit } from '../../../../lib/balancer/limits/seen-limits';
import { judge, type Outcome } from '../../../../lib/balancer/attempts/verdict';
import type { Pool } from '../../../../lib/balancer/pool/pool';
import { leaseRequest, poolOf, START_MS as NOW, take } from '../support';

/** A key's pool, and how often what an answer says of limits was read. */
class Told {
  readonly pool: Pool = poolOf('a');
  reads = 0;

  /** A request that is answered at once. */
  answer(now: number, over: Partial<SeenLimit> = {}): void {
    const lease = take(this.pool, now);
    this.pool.settle(lease, ...this.#outcome(now, over), now);
    this.pool.finish(lease, 'whole', '', now);
  }

  #outcome(now: number, over: Partial<SeenLimit>): [Outcome, ReturnType<typeof judge>] {
    const told = { limit: 1_000, remaining: 900, resetAt: now + 30_000, ...over };
    const onRead = () => (this.reads += 1);
    const outcome: Outcome = {
      kind: 'answer',
      status: 200,
      facts: ANSWER,
      get limits(): readonly SeenLimit[] {
        onRead();
        return [{ of: 'requests', spanMs: 60_000, ...told }];
      },
    };
    return [outcome, judge(outcome)];
  }
}

describe('what answers say of limits', () => {
  it('is read once a second while plenty is left', () => {
    const told = new Told();
    for (const at of [0, 10, 500, 999]) told.answer(NOW + at);
    expect(told.reads).toBe(1);
    for (const at of [1_000, 1_010, 2_000]) told.answer(NOW + at);
    expect(told.reads).toBe(3);
  });

  it('is read again as soon as a hundredth of the limit was drawn', () => {
    const told = new Told();
    for (let sent = 0; sent < 12; sent += 1) told.answer(NOW + sent);
    expect(told.reads).toBe(2);
  });

  it('is read while requests are on their way that it may not know of', () => {
    const told = new Told();
    told.answer(NOW);
    for (let sent = 0; sent < 11; sent += 1) take(told.pool, NOW + 1);
    told.answer(NOW + 2);
    expect(told.reads).toBe(2);
  });

  it.each<[string, Partial<SeenLimit>]>([
    ['with little left', { remaining: 400 }],
    ['of a short span', { spanMs: 1_000 }],
    ['of a small limit', { limit: 50, remaining: 50 }],
  ])('is read of each answer %s', (_words, over) => {
    const told = new Told();
    for (const at of [0, 10, 20]) told.answer(NOW + at, over);
    expect(told.reads).toBe(3);
  });

  it('holds a key back as if each had been read', () => {
    const told = new Told();
    told.answer(NOW, { limit: 100, remaining: 60 });
    told.answer(NOW + 1, { limit: 100, remaining: 59 });
    told.answer(NOW + 2, { limit: 100, remaining: 2 });
    expect(told.pool.lease(leaseRequest(), NOW + 3).ok).toBe(true);
    expect(told.pool.lease(leaseRequest(), NOW + 3).ok).toBe(true);
    expect(told.pool.lease(leaseRequest(), NOW + 3).ok).toBe(false);
  });
});

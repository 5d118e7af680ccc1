import { describe, expect, it } from 'vitest';
import type { Pool } from '../../../lib/balancer/pool';
import { answered, poolOf, settle, START_MS as NOW, take, use } from './support';

const LIMITED = answered(429, { 'retry-after': '2' });

/** The key `a` has rested for two seconds. */
function rested(keyIds: string): Pool {
  const pool = poolOf(keyIds);
  use(pool, 'a', LIMITED, NOW);
  return pool;
}
const later = NOW + 2_000;
const taken = (pool: Pool, times: number, now = later) =>
  Array.from({ length: times }, () => take(pool, now)).map((lease) => lease.key.config.keyId);

describe('a key whose rest is over', () => {
  it('gets one request first; the others pass it over until that is answered', () => {
    const pool = rested('ab');
    const leases = Array.from({ length: 6 }, () => take(pool, later));
    const [trial, ...more] = leases.filter(({ key }) => key.config.keyId === 'a');
    expect([trial?.isKeyTrial, more.length]).toEqual([true, 0]);
    expect(leases.at(-1)?.skipped).toEqual([{ keyId: 'a', hint: 'sk-...a', reason: 'on_trial' }]);
    if (trial) settle(pool, trial, answered(200), later + 100);
    expect(taken(pool, 4, later + 100).filter((keyId) => keyId === 'a')).toHaveLength(2);
  });

  it('rests again if that request is limited, and gets another one after that', () => {
    const pool = rested('ab');
    const trial = [take(pool, later), take(pool, later)].find(({ key }) => key.config.keyId === 'a');
    if (trial) settle(pool, trial, LIMITED, later + 100);
    expect(taken(pool, 4, later + 200)).not.toContain('a');
    expect(taken(pool, 4, later + 2_100).filter((keyId) => keyId === 'a')).toHaveLength(1);
  });

  it('gets the next one at once if that request says nothing about it', () => {
    const pool = rested('ab');
    const trial = [take(pool, later), take(pool, later)].find(({ key }) => key.config.keyId === 'a');
    if (trial) settle(pool, trial, { kind: 'client_closed' }, later + 100);
    expect(taken(pool, 4, later + 200).filter((keyId) => keyId === 'a')).toHaveLength(1);
  });

  it('does not wait for ever for an answer', () => {
    const pool = rested('ab');
    expect(taken(pool, 4).filter((keyId) => keyId === 'a')).toHaveLength(1);
    expect(taken(pool, 4, later + 3_999)).not.toContain('a');
    expect(taken(pool, 4, later + 4_000)).toContain('a');
  });

  it('serves more than one if there is no other key: to wait would help nobody', () => {
    expect(taken(rested('a'), 3)).toEqual(['a', 'a', 'a']);
  });

  it('is no risk for a request that has failed once, as long as there is another', () => {
    const pool = rested('abc');
    use(pool, 'b', LIMITED, NOW);
    const [a, b, c] = pool.keys;
    if (!a || !b || !c) throw new Error('a key is missing');
    const next = Array.from({ length: 3 }, () => take(pool, later, { tried: new Set([a]) }));
    expect(next.map((lease) => lease.key)).toEqual([c, c, c]);
    expect(next.flatMap(({ skipped }) => skipped)).toContainEqual(
      expect.objectContaining({ keyId: 'b', reason: 'unproven' }),
    );
    expect(take(pool, later, { tried: new Set([a, c]) }).key).toBe(b);
  });

  it('is on trial for its model only', () => {
    const pool = rested('ab');
    taken(pool, 4);
    const other = Array.from({ length: 4 }, () => take(pool, later, { model: 'other' }));
    expect(other.filter(({ key }) => key.config.keyId === 'a')).toHaveLength(2);
  });
});

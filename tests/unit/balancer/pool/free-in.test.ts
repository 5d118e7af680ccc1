import { describe, expect, it } from 'vitest';
import type { Pool } from '../../../../lib/balancer/pool/pool';
import {
  answered,
  keyOf,
  leaseRequest,
  poolOf,
  says,
  setKeys,
  shortageOf,
  START_MS as NOW,
  take,
  use,
} from '../support';

type Over = Parameters<typeof leaseRequest>[0];

const limited = (seconds: number) => answered(429, { 'retry-after': String(seconds) });
const freeInMs = (pool: Pool, over: Over = {}, now = NOW) => pool.freeInMs(leaseRequest(over), now);

/** Keys that rest for so many seconds each. */
function resting(...seconds: number[]): Pool {
  const pool = poolOf('abcdefgh'.slice(0, seconds.length));
  seconds.forEach((each, index) => use(pool, 'abcdefgh'.charAt(index), limited(each), NOW));
  return pool;
}

describe('the time until a request would find a key', () => {
  it('is that of the earliest key, as a shortage tells it', () => {
    const pool = resting(40, 3, 40);
    expect(freeInMs(pool)).toBe(3_000);
    expect(shortageOf(pool, NOW)).toEqual({ reason: 'all_cooling', retryAfterMs: 3_000 });
    expect(freeInMs(pool)).toBe(3_000);
    expect(freeInMs(pool, {}, NOW + 2_000)).toBe(1_000);
  });

  it('is none while a key is free, and asking for it takes none', () => {
    const pool = poolOf('ab');
    use(pool, 'a', limited(40), NOW);
    expect(freeInMs(pool)).toBe(0);
    expect(keyOf(pool, 'b')).toMatchObject({ inFlight: 0, requestCount: 0 });
    expect(freeInMs(resting(40), { model: 'other' })).toBe(0);
  });

  it('leaves out keys that have refused the request, and those that are disabled', () => {
    const pool = poolOf('abc');
    use(pool, 'b', limited(40), NOW);
    pool.disable('c', 'by hand');
    expect(freeInMs(pool, { refusedBy: new Set([keyOf(pool, 'a')]) })).toBe(40_000);
  });

  it('is that of limits that are set, too', () => {
    const pool = poolOf('a', { limits: { requestsPerMinute: 1 } });
    take(pool, NOW);
    const { retryAfterMs } = shortageOf(pool, NOW);
    expect(retryAfterMs).toBeGreaterThan(50_000);
    expect(freeInMs(pool)).toBe(retryAfterMs);
  });

  it('is that of the owner for a request that names an object', () => {
    const owner = { objectId: 'file-1', keyId: 'c' };
    expect(freeInMs(resting(5, 0, 40), { owner })).toBe(40_000);
    expect(freeInMs(resting(5), { owner })).toBeUndefined();
  });

  it('is that of a model that rests at the provider, whatever its keys could do', () => {
    const pool = poolOf('ab');
    const fails = says('provider', { status: 503, isModelOnly: true });
    for (let i = 0; i < 8; i += 1) use(pool, 'a', fails, NOW, { witness: {} });
    const { reason, retryAfterMs } = shortageOf(pool, NOW);
    expect(['model_resting', 'breaker_open']).toContain(reason);
    expect(freeInMs(pool)).toBe(retryAfterMs);
  });

  it('is unknown where time brings none', () => {
    expect(freeInMs(poolOf(''))).toBeUndefined();
    const pool = poolOf('a');
    pool.disable('a', 'by hand');
    expect(freeInMs(pool)).toBeUndefined();
    setKeys(pool, 'ab');
    expect(freeInMs(pool)).toBe(0);
  });
});

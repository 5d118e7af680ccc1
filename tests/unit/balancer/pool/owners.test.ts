import { describe, expect, it } from 'vitest';
import {
  answered,
  bigPool,
  errorFacts,
  keyConfig,
  keyOf,
  poolOf,
  run,
  settle,
  shortageOf,
  START_MS as NOW,
  take,
} from '../support';

const of = (keyId: string) => ({ owner: { objectId: 'file-1', keyId } });
const leased = (pool: ReturnType<typeof poolOf>, keyId: string) =>
  take(pool, NOW, of(keyId)).key.config.keyId;

describe('a request for an object', () => {
  it('gets its owner, each time, whatever the policy would choose', () => {
    for (const policy of ['round_robin', 'least_in_flight', 'weighted', 'sticky', 'headroom'] as const) {
      const pool = poolOf('abcd', { policy });
      expect(Array.from({ length: 10 }, () => leased(pool, 'c'))).toEqual(Array(10).fill('c'));
    }
  });

  it('gets a key of the same account when its owner cannot serve it, and never another', () => {
    const pool = poolOf('');
    const configs = [...'abcd'].map((id) =>
      keyConfig(id, { account: 'bd'.includes(id) ? 'acme' : undefined }),
    );
    pool.setKeys(configs, () => undefined);
    pool.disable('b', 'by hand');
    expect(leased(pool, 'b')).toBe('d');
    pool.disable('d', 'by hand');
    expect(shortageOf(pool, NOW, of('b'))).toEqual({
      reason: 'owner_unavailable',
      owner: { objectId: 'file-1', keyId: 'b', hint: 'sk-...b', why: 'by hand' },
    });
  });

  it('hears when its owner is back, and not when another key is', () => {
    const pool = poolOf('ab');
    const limited = (seconds: string) => answered(429, { 'retry-after': seconds });
    settle(pool, take(pool, NOW, of('a')), limited('5'), NOW);
    settle(pool, take(pool, NOW, of('b')), limited('40'), NOW);
    expect(shortageOf(pool, NOW, of('b'))).toMatchObject({
      reason: 'all_cooling',
      retryAfterMs: 40_000,
      owner: { hint: 'sk-...b' },
    });
    expect(shortageOf(pool, NOW)).toEqual({ reason: 'all_cooling', retryAfterMs: 5_000 });
    expect(shortageOf(pool, NOW, of('b')).retryAfterMs).toBe(40_000);
  });

  it('is told that its owner is gone, also where no key is left', () => {
    expect(shortageOf(poolOf('ab'), NOW, of('z'))).toEqual({
      reason: 'owner_unavailable',
      owner: { objectId: 'file-1', keyId: 'z', hint: undefined },
    });
    expect(shortageOf(poolOf(''), NOW, of('z')).reason).toBe('owner_unavailable');
  });

  it('looks at no other key of a large pool', () => {
    const pool = bigPool(50_000);
    const lease = take(pool, NOW, of('k49999'));
    expect(lease.key.config.keyId).toBe('k49999');
    expect(lease.skipped).toEqual([]);
  });

  it('is repeated with its owner after a failure of the provider, and the trace says why that key', async () => {
    const { result, transport } = await run(poolOf('abc'), [answered(500), answered(200)], of('b'));
    expect(transport.dials).toEqual(['b', 'b']);
    expect(result.trace.attempts.map(({ ownerOf }) => ownerOf)).toEqual(['file-1', 'file-1']);
  });

  it('without a known owner says nothing of one in its trace', async () => {
    const { result } = await run(poolOf('a'), [answered(200)]);
    expect(result.trace.attempts[0]?.ownerOf).toBeUndefined();
  });
});

describe('a request for an object that nobody knows', () => {
  const sought = { method: 'GET', path: '/files/file-1', model: '', sought: ['file-1'] };
  const missing = (message = 'No such File object: file-1') => answered(404, {}, errorFacts('x', message));

  it('asks each key once until one has it, and costs nobody anything', async () => {
    const pool = poolOf('abc');
    const { result, transport } = await run(pool, (id) => (id === 'c' ? answered(200) : missing()), sought);
    expect(result.kind).toBe('commit');
    expect(transport.dials).toEqual(['a', 'b', 'c']);
    expect(result.trace.attempts.map(({ verdict }) => verdict)).toEqual([
      'object_not_found',
      'object_not_found',
      'success',
    ]);
    for (const keyId of 'abc') expect(keyOf(pool, keyId).failures).toBe(0);
  });

  it('passes the answer on when no key has it, after at most so many retries', async () => {
    for (const [keys, dials] of [
      ['a', 1],
      ['ab', 2],
      ['abcdefgh', 4],
    ] as const) {
      const { result, transport } = await run([poolOf(keys), poolOf('z')], () => missing(), sought);
      expect(result).toMatchObject({ kind: 'pass_through', verdict: { name: 'object_not_found' } });
      expect(new Set(transport.dials).size).toBe(dials);
      expect(transport.dials).toHaveLength(dials);
    }
  });

  it.each([
    ['a 400 that names it', 'POST', answered(400, {}, errorFacts('x', "response 'file-1' not found."))],
    ['a 404 that names it', 'DELETE', missing('No file found with id file-1')],
  ])('looks for it after %s', async (_what, method, answer) => {
    const script = [answer, answered(200)];
    const { transport } = await run(poolOf('ab'), script, {
      ...sought,
      method,
      path: '/batches/file-1/cancel',
    });
    expect(transport.dials).toEqual(['a', 'b']);
  });

  it.each([
    ['a 404 of something else', 'POST', answered(404, {}, errorFacts('x', 'No such thing'))],
    [
      'a 400 that names it for another reason',
      'POST',
      answered(400, {}, errorFacts('x', 'file-1 is too large')),
    ],
    ['a 409', 'GET', answered(409, {}, errorFacts('x', 'file-1 not found'))],
  ])('passes %s on at once', async (_what, method, answer) => {
    const { result, transport } = await run(poolOf('ab'), [answer], { ...sought, method });
    expect(transport.dials).toHaveLength(1);
    expect(result).toMatchObject({ kind: 'pass_through', verdict: { name: 'client_error' } });
  });
});

import { describe, expect, it } from 'vitest';
import {
  answered,
  bigPool,
  errorFacts,
  EventLog,
  keyConfig,
  keyOf,
  leaseRequest,
  poolConfig,
  poolOf,
  QUOTA,
  says,
  SeededRandom,
  setKeys,
  settle,
  shortageOf,
  START_MS as NOW,
  take,
  takeKey,
  use,
} from '../support';
import { Pool } from '../../../../lib/balancer/pool/pool';
import { egressesOf } from '../egress/support';

const REJECTED = answered(401, {}, errorFacts('invalid_api_key', 'no such key'));

/** Fails the first `count` keys of the pool; true if the last one was found to share its cause. */
function failKeys(pool: Pool, count: number, now = NOW): boolean {
  let isShared = false;
  for (const key of pool.keys.slice(0, count)) {
    isShared = use(pool, key.config.keyId, REJECTED, now).sharedCause === 'provider';
  }
  return isShared;
}

function standingOf(pool: Pool): string[] {
  return pool.keys.map(({ config, failures, cooldown, disabled }) => {
    const rest = cooldown.until > NOW ? ' rests' : '';
    return `${config.keyId} ${disabled === undefined ? `${failures} failures` : `disabled ${disabled.by}`}${rest}`;
  });
}

describe('a shared cause', () => {
  it.each([
    [1, undefined],
    [2, undefined],
    [3, 3],
    [4, 3],
    [6, 3],
    [7, 4],
    [8, 4],
    [11, 6],
    [20, 10],
    [200, 10],
  ])('is seen in a pool of %i keys when %s of them fail alike', (size, threshold) => {
    if (threshold === undefined) {
      const pool = bigPool(size);
      expect(failKeys(pool, size)).toBe(false);
      expect(pool.breaker.state).toBe('closed');
      return;
    }
    expect(failKeys(bigPool(size), threshold - 1)).toBe(false);
    const pool = bigPool(size);
    expect(failKeys(pool, threshold)).toBe(true);
    expect(pool.breaker).toMatchObject({ state: 'open', cause: 'shared_cause' });
    // Those that the failures have put out count as active too.
    expect(failKeys(bigPool(size, { maxFailures: 1 }), threshold - 1)).toBe(false);
    expect(failKeys(bigPool(size, { maxFailures: 1 }), threshold)).toBe(true);
  });

  it('is never seen in two keys, however many requests they fail', () => {
    for (const keyIds of ['ab', 'abcd']) {
      const pool = poolOf(keyIds, { maxFailures: 99 });
      for (let i = 0; i < 10; i++) for (const keyId of 'ab') use(pool, keyId, REJECTED, NOW + i * 2_000);
      expect(pool.breaker.state).toBe('closed');
    }
  });

  it('counts keys, not failures', () => {
    const pool = poolOf('abcdef', { maxFailures: 100 });
    for (let i = 0; i < 10; i++) use(pool, 'a', REJECTED, NOW + i * 2000);
    use(pool, 'b', REJECTED, NOW + 20_000);
    expect(pool.breaker.state).toBe('closed');
  });

  it('counts only failures that are alike', () => {
    const pool = poolOf('abcdef');
    for (const keyId of 'ab') use(pool, keyId, answered(401), NOW);
    for (const keyId of 'cd') use(pool, keyId, answered(403), NOW);
    expect(pool.breaker.state).toBe('closed');
    use(pool, 'e', answered(401), NOW);
    expect(pool.breaker.state).toBe('open');
  });

  it('is not seen by one request however many keys it tries, nor by two, and is by three', () => {
    const pool = poolOf('abcdefgh', { maxFailures: 9 });
    const [one, two, three] = [{}, {}, {}];
    for (const keyId of 'abcd') use(pool, keyId, REJECTED, NOW, { witness: one });
    for (const keyId of 'efgh') use(pool, keyId, REJECTED, NOW, { witness: two });
    expect(pool.breaker.state).toBe('closed');
    expect(pool.keys.map(({ failures }) => failures)).toEqual(Array<number>(8).fill(1));
    use(pool, 'a', REJECTED, NOW + 2000, { witness: three });
    expect(pool.breaker).toMatchObject({ state: 'open', cause: 'shared_cause' });
    expect(pool.keys.map(({ failures }) => failures)).toEqual(Array<number>(8).fill(0));
  });

  it('needs three requests that were told alike: one that was told something else is no witness', () => {
    const pool = poolOf('abcdef', { maxFailures: 9 });
    const [one, two, three] = [{}, {}, {}];
    use(pool, 'a', REJECTED, NOW, { witness: one });
    use(pool, 'b', REJECTED, NOW, { witness: two });
    use(pool, 'd', answered(403), NOW, { witness: three });
    use(pool, 'c', REJECTED, NOW, { witness: two });
    expect(pool.breaker.state).toBe('closed');
    use(pool, 'e', REJECTED, NOW, { witness: three });
    expect(pool.breaker.state).toBe('open');
  });

  it('needs three requests within 30 s', () => {
    const pool = poolOf('abcdef', { maxFailures: 9 });
    const [one, two, three] = [{}, {}, {}];
    use(pool, 'a', REJECTED, NOW, { witness: one });
    for (const keyId of 'bc') use(pool, keyId, REJECTED, NOW + 30_001, { witness: two });
    use(pool, 'd', REJECTED, NOW + 30_001, { witness: three });
    expect(pool.breaker.state).toBe('closed');
    use(pool, 'e', REJECTED, NOW + 30_001);
    expect(pool.breaker.state).toBe('open');
  });

  it('needs three requests since the last success', () => {
    const pool = poolOf('abcdef', { maxFailures: 9 });
    use(pool, 'a', REJECTED, NOW);
    use(pool, 'f', answered(200), NOW);
    const [one, two] = [{}, {}];
    for (const keyId of 'bcd') use(pool, keyId, REJECTED, NOW, { witness: one });
    use(pool, 'e', REJECTED, NOW, { witness: two });
    expect(pool.breaker.state).toBe('closed');
    use(pool, 'a', REJECTED, NOW + 2000);
    expect(pool.breaker.state).toBe('open');
  });

  it('is seen however many requests that were told something else come between', () => {
    const pool = bigPool(60, { maxFailures: 9 });
    for (let i = 0; i < 9; i++) use(pool, `k${i}`, REJECTED, NOW);
    for (let i = 10; i < 51; i++) use(pool, `k${i}`, answered(403), NOW, { witness: pool });
    use(pool, 'k9', REJECTED, NOW);
    expect(pool.breaker).toMatchObject({ state: 'open', cause: 'shared_cause' });
  });

  it('is never seen in what may be the request, nor in keys without the model', () => {
    const pool = poolOf('abcdef');
    for (const keyId of 'abcdef') {
      use(pool, keyId, says('ambiguous', { status: 403 }), NOW);
      use(pool, keyId, says('key_model', { status: 404 }), NOW);
      use(pool, keyId, says('request', { status: 403, mayDiffer: true }), NOW);
      use(pool, keyId, says('egress', { status: 403 }), NOW);
    }
    expect(pool.breaker.state).toBe('closed');
  });

  it('is not seen in failures more than 30 s apart', () => {
    const pool = poolOf('abcdef');
    use(pool, 'a', REJECTED, NOW);
    use(pool, 'b', REJECTED, NOW + 15_000);
    use(pool, 'c', REJECTED, NOW + 30_001);
    expect(pool.breaker.state).toBe('closed');
    use(pool, 'd', REJECTED, NOW + 40_000);
    expect(pool.breaker.state).toBe('open');
  });

  it('is seen in failures 30 s apart', () => {
    const pool = poolOf('abcdef');
    use(pool, 'a', REJECTED, NOW);
    use(pool, 'b', REJECTED, NOW + 15_000);
    use(pool, 'c', REJECTED, NOW + 30_000);
    expect(pool.breaker.state).toBe('open');
  });

  it('is seen when a key that failed long ago fails again with the others', () => {
    const pool = poolOf('abcdef', { maxFailures: 9 });
    use(pool, 'a', REJECTED, NOW);
    use(pool, 'a', REJECTED, NOW + 25_000);
    use(pool, 'b', REJECTED, NOW + 31_000);
    use(pool, 'c', REJECTED, NOW + 32_000);
    expect(pool.breaker.state).toBe('open');
    expect(keyOf(pool, 'a').failures).toBe(0);
  });

  it('is not seen across a success', () => {
    const pool = poolOf('abcdef');
    use(pool, 'a', REJECTED, NOW);
    use(pool, 'b', REJECTED, NOW);
    use(pool, 'f', answered(200), NOW);
    use(pool, 'c', REJECTED, NOW);
    use(pool, 'd', REJECTED, NOW);
    expect(pool.breaker.state).toBe('closed');
  });

  it('is never seen in rate limits', () => {
    const pool = poolOf('abcdef');
    for (const keyId of 'abcdef') use(pool, keyId, answered(429), NOW);
    expect(pool.breaker.state).toBe('closed');
  });

  it('gives every key its failures, rest and place back', () => {
    const pool = poolOf('abcdef', { maxFailures: 1 });
    expect(failKeys(pool, 2)).toBe(false);
    expect(pool.candidates).toBe(4);
    expect(use(pool, 'c', REJECTED, NOW)).toEqual({
      effect: 'forgiven: several keys failed alike',
      sharedCause: 'provider',
    });
    expect(standingOf(pool)).toEqual([...'abcdef'].map((keyId) => `${keyId} 0 failures`));
    expect(pool.candidates).toBe(6);
  });

  it('gives back no more than it took: older failures stay', () => {
    const pool = poolOf('abcdef');
    use(pool, 'a', answered(403), NOW - 60_000);
    failKeys(pool, 3);
    expect(keyOf(pool, 'a').failures).toBe(1);
  });

  it('leaves a rest that exhausted quota has earned meanwhile', () => {
    const pool = poolOf('abcdef');
    const late = takeKey(pool, 'a', NOW);
    use(pool, 'a', REJECTED, NOW);
    settle(pool, late, answered(429, { 'retry-after': '600' }, QUOTA), NOW);
    use(pool, 'b', REJECTED, NOW);
    use(pool, 'c', REJECTED, NOW);
    use(pool, 'd', REJECTED, NOW);
    expect(pool.breaker.state).toBe('open');
    expect(keyOf(pool, 'a').cooldown.until).toBe(NOW + 600_000);
  });

  it('tells the world: reason, keys and the open breaker', () => {
    const events = new EventLog();
    const pool = poolOf('abcd', {}, events);
    failKeys(pool, 3);
    const reason = 'several keys failed alike: 401 invalid_api_key: no such key';
    expect(events.sharedCauses).toEqual([{ reason, keyIds: ['a', 'b', 'c'] }]);
    expect(events.breakerStates).toMatchObject([{ state: 'open', reason }]);
    expect(events.keyChanges.slice(-3)).toEqual(['a forgiven', 'b forgiven', 'c forgiven']);
  });

  it('never shows a secret in its reason', () => {
    const events = new EventLog();
    const pool = poolOf('abc', {}, events);
    for (const keyId of 'abc') {
      use(pool, keyId, answered(401, {}, errorFacts('invalid_api_key', `bad SECRET-${keyId}`)), NOW);
    }
    expect(events.sharedCauses[0]!.reason).toContain('bad sk-...c');
    expect(JSON.stringify([events, pool.breaker])).not.toContain('SECRET');
  });

  it('never undoes what a person has disabled, before or after', () => {
    const pool = poolOf('abcdef', { maxFailures: 1 });
    const late = takeKey(pool, 'a', NOW);
    pool.disable('a', 'mine');
    settle(pool, late, REJECTED, NOW);
    use(pool, 'b', REJECTED, NOW);
    use(pool, 'c', REJECTED, NOW);
    expect(pool.breaker.state).toBe('open');
    expect(keyOf(pool, 'a').disabled).toEqual({ by: 'manual', reason: 'mine' });

    pool.disable('b', 'mine too');
    use(pool, 'd', answered(200), NOW + 1000);
    expect(pool.keys.map(({ disabled }) => disabled?.by ?? 'in')).toEqual([
      'manual',
      'manual',
      'auto',
      'in',
      'in',
      'in',
    ]);
  });
});

describe('a shared cause behind proxies', () => {
  /** Each key is pinned to the proxy that its name begins with. */
  function pinnedPool(keyIds: readonly string[]): Pool {
    const events = new EventLog();
    const pool = new Pool(
      poolConfig({ maxFailures: 99 }),
      new SeededRandom(),
      events,
      egressesOf('pq', events),
    );
    pool.setKeys(
      keyIds.map((keyId) => keyConfig(keyId, { egressId: keyId.charAt(0) })),
      () => undefined,
    );
    return pool;
  }
  const statesOf = (pool: Pool): string[] => [
    pool.breaker.state,
    ...[...pool.egresses.states].map(({ breaker }) => breaker.state),
  ];
  const ALL_CLOSED = ['closed', 'closed', 'closed'];

  it('is not seen in two keys behind two proxies', () => {
    const pool = pinnedPool(['p1', 'q1']);
    for (let i = 0; i < 3; i++) for (const keyId of ['p1', 'q1']) use(pool, keyId, REJECTED, NOW + i * 2_000);
    expect(statesOf(pool)).toEqual(ALL_CLOSED);
  });

  it('is the provider’s only if three requests since the last success tell so, whichever way that came', () => {
    const pool = pinnedPool(['p1', 'p2', 'q1', 'q2']);
    for (let i = 0; i < 2; i++) use(pool, 'p1', REJECTED, NOW + i * 2_000);
    use(pool, 'q2', answered(200), NOW + 4_000);
    const witness = {};
    for (const keyId of ['p1', 'p2', 'q1']) use(pool, keyId, REJECTED, NOW + 4_000, { witness });
    expect(statesOf(pool)).toEqual(ALL_CLOSED);
    for (const keyId of ['p1', 'q1']) use(pool, keyId, REJECTED, NOW + 6_000);
    expect(statesOf(pool)).toEqual(['open', 'closed', 'closed']);
  });

  it('is a proxy’s only if three requests through it tell so', () => {
    const keys = [1, 2, 3, 4, 5, 6].flatMap((i) => [`p${i}`, `q${i}`]);
    const pool = pinnedPool(keys);
    for (let i = 0; i < 2; i++) use(pool, 'q1', REJECTED, NOW + i * 2_000);
    const witness = {};
    for (const keyId of ['p1', 'p2', 'p3']) use(pool, keyId, REJECTED, NOW + 2_000, { witness });
    expect(statesOf(pool)).toEqual(ALL_CLOSED);
    for (let i = 2; i < 4; i++) use(pool, 'p1', REJECTED, NOW + i * 2_000);
    expect(statesOf(pool)).toEqual(['closed', 'open', 'closed']);
  });
});

describe('keys under suspicion', () => {
  it('are penalised after all when a key beyond suspicion succeeds', () => {
    const events = new EventLog();
    const pool = poolOf('abcdef', { maxFailures: 1 }, events);
    failKeys(pool, 3);
    use(pool, 'd', answered(200), NOW + 1000);
    expect([...'abc'].map((keyId) => keyOf(pool, keyId).disabled?.by)).toEqual(['auto', 'auto', 'auto']);
    expect(pool.candidates).toBe(3);
    expect(pool.breaker.state).toBe('closed');
    expect(events.keyChanges).toEqual(expect.arrayContaining(['a disabled', 'b disabled', 'c disabled']));
  });

  it('stay forgiven when one of them succeeds', () => {
    const pool = poolOf('abc', { maxFailures: 1 });
    failKeys(pool, 3);
    use(pool, 'b', answered(200), NOW + 1000);
    expect(standingOf(pool)).toEqual(['a 0 failures', 'b 0 failures', 'c 0 failures']);
    use(pool, 'a', answered(200), NOW + 2000);
    expect(standingOf(pool)).toEqual(['a 0 failures', 'b 0 failures', 'c 0 failures']);
  });

  it('do not lose what happened to them since', () => {
    const pool = poolOf('abcdef', { maxFailures: 2 });
    const late = takeKey(pool, 'a', NOW);
    failKeys(pool, 3);
    settle(pool, late, answered(429, { 'retry-after': '600' }, QUOTA), NOW);
    const another = keyOf(pool, 'a');
    expect(another.cooldown.until).toBe(NOW + 600_000);
    use(pool, 'd', answered(200), NOW + 1000);
    expect(another.cooldown.until).toBe(NOW + 600_000);
    expect(another.failures).toBeGreaterThanOrEqual(1);
  });

  it('are disabled by none of the requests that were under way with them', () => {
    const pool = poolOf('abcdef', { maxFailures: 2 });
    const late = [takeKey(pool, 'a', NOW), takeKey(pool, 'a', NOW)];
    failKeys(pool, 3);
    for (const lease of late) settle(pool, lease, REJECTED, NOW + 500);
    expect(keyOf(pool, 'a').disabled).toBeUndefined();
  });

  it('are not what a probe is made with while others are available, and the trace says why', () => {
    const pool = poolOf('abcdef');
    for (const keyId of 'bca') use(pool, keyId, REJECTED, NOW);
    const probe = take(pool, NOW + 1000);
    expect(probe.probe).toBeDefined();
    expect(probe.key.config.keyId).toBe('d');
    expect(probe.skipped.map(({ keyId, reason }) => `${keyId} ${reason}`)).toEqual([
      'b suspected',
      'c suspected',
    ]);
  });

  it('are what a probe is made with when no other is left', () => {
    const pool = poolOf('abc');
    failKeys(pool, 3);
    expect(take(pool, NOW + 1000).probe).toBeDefined();
  });

  it('come before keys the request has tried already', () => {
    const pool = poolOf('abcd');
    failKeys(pool, 3);
    const probe = take(pool, NOW + 1000, { tried: new Set([keyOf(pool, 'd')]) });
    expect(probe.key.config.keyId).not.toBe('d');
  });

  it('are never what the confirmation is made with', () => {
    const pool = poolOf('abc');
    failKeys(pool, 3);
    expect(pool.lease(leaseRequest({ isConfirming: true }), NOW).ok).toBe(false);
    const healthy = poolOf('abcd');
    failKeys(healthy, 3);
    const result = healthy.lease(leaseRequest({ isConfirming: true }), NOW);
    expect(result.ok && result.lease.key.config.keyId).toBe('d');
    expect(healthy.lease(leaseRequest({ isConfirming: true }), NOW).ok).toBe(false);
  });

  it('are forgotten with a person\u2019s reset', () => {
    const pool = poolOf('abcdef', { maxFailures: 1 });
    failKeys(pool, 3);
    pool.reset('a');
    use(pool, 'd', answered(200), NOW + 1000);
    expect(standingOf(pool).slice(0, 3)).toEqual([
      'a 0 failures',
      'b disabled auto rests',
      'c disabled auto rests',
    ]);
  });

  it('are forgotten when they are deleted', () => {
    const pool = poolOf('abcdef', { maxFailures: 1 });
    failKeys(pool, 3);
    setKeys(pool, 'bcdef');
    setKeys(pool, 'abcdef');
    use(pool, 'd', answered(200), NOW + 1000);
    expect(keyOf(pool, 'a').disabled).toBeUndefined();
    expect(pool.candidates).toBe(4);
  });
});

describe('a provider that rejects every key', () => {
  it('is asked at least every 1.5 s for the first minute, so that its end is soon seen', () => {
    const pool = poolOf('abcde');
    failKeys(pool, 3);
    for (let now = NOW; now < NOW + 59_000;) {
      const waitMs = shortageOf(pool, now).retryAfterMs!;
      expect(waitMs).toBeLessThanOrEqual(1_500);
      now += waitMs;
      settle(pool, take(pool, now), REJECTED, now);
    }
  });

  it('loses none of them, however long it lasts, and is asked once in a while', () => {
    const pool = poolOf('abcde', { maxFailures: 1 });
    failKeys(pool, 3);
    let now = NOW;
    let probes = 0;
    for (let i = 0; i < 100; i++) {
      now += shortageOf(pool, now).retryAfterMs!;
      const lease = take(pool, now);
      expect(lease.probe).toBeDefined();
      settle(pool, lease, REJECTED, now);
      probes += 1;
      expect(pool.candidates).toBe(5);
    }
    expect(now - NOW).toBeGreaterThan(probes * 2_500);

    now += shortageOf(pool, now).retryAfterMs!;
    settle(pool, take(pool, now), answered(200), now);
    expect(pool.breaker.state).toBe('closed');
    expect(pool.candidates).toBe(5);
  });
});

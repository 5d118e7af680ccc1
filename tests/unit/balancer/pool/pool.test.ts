import { describe, expect, it } from 'vitest';
import { savedStateOf } from '../../../../lib/balancer/pool/key-state';
import { VERDICTS, type Outcome } from '../../../../lib/balancer/attempts/verdict';
import {
  answered,
  bigPool,
  errorFacts,
  EventLog,
  keyConfig,
  keyOf,
  keyState,
  poolConfig,
  poolOf,
  QUOTA,
  says,
  setKeys,
  settle,
  shortageOf,
  START_MS as NOW,
  take,
  takeKey,
  use,
} from '../support';
import { SELECTION_POLICIES } from '../../../../lib/balancer/policies/all';

const RATE_LIMITED = answered(429, { 'retry-after': '30' });

describe('leasing', () => {
  it('never leases a key in cooldown, and does when it is over', () => {
    const pool = poolOf('a');
    use(pool, 'a', answered(401), NOW);
    expect(shortageOf(pool, NOW + 1999)).toEqual({ reason: 'all_cooling', retryAfterMs: 1 });
    expect(take(pool, NOW + 2000).key.config.keyId).toBe('a');
  });

  it('never leases a key for a model it is cooling for, and does for another', () => {
    const pool = poolOf('a');
    use(pool, 'a', RATE_LIMITED, NOW, { model: 'gpt-4o' });
    expect(shortageOf(pool, NOW, { model: 'gpt-4o' }).reason).toBe('all_cooling');
    expect(take(pool, NOW, { model: 'gpt-4o-mini' }).key.config.keyId).toBe('a');
  });

  it('never leases a disabled key', () => {
    const pool = poolOf('ab');
    pool.disable('a', 'mine');
    for (let i = 0; i < 5; i++) expect(take(pool, NOW).key.config.keyId).toBe('b');
  });

  it('prefers keys the request has not tried, and takes tried ones when no other is left', () => {
    const pool = poolOf('ab');
    const [a, b] = [keyOf(pool, 'a'), keyOf(pool, 'b')];
    for (let i = 0; i < 3; i++) expect(take(pool, NOW, { tried: new Set([a]) }).key).toBe(b);
    expect(take(pool, NOW, { tried: new Set([a, b]) }).key).toBeDefined();
  });

  it('counts each lease as a use at its time', () => {
    const pool = poolOf('a');
    take(pool, NOW);
    take(pool, NOW + 5);
    expect(keyOf(pool, 'a')).toMatchObject({ requestCount: 2, inFlight: 2, lastUsedAt: NOW + 5 });
  });

  it.each(SELECTION_POLICIES)('looks at a few keys of 50,000 under %s, tried ones included', (policy) => {
    const pool = bigPool(50_000, { policy });
    const tried = new Set(pool.keys.slice(0, 3));
    for (let i = 0; i < 50; i++) {
      const { key, skipped, skippedMore } = take(pool, NOW, { tried, affinity: `client ${i}` });
      expect(tried.has(key)).toBe(false);
      expect(skipped.length + skippedMore).toBeLessThanOrEqual(3);
    }
  });

  it('uses a new policy from the next lease on', () => {
    const pool = poolOf('abc');
    pool.configure(poolConfig({ policy: 'sticky' }));
    const keys = Array.from({ length: 5 }, () => take(pool, NOW, { affinity: 'me' }).key.config.keyId);
    expect(new Set(keys).size).toBe(1);
  });
});

describe('the skipped keys of a lease', () => {
  it('are told with reason and deadline', () => {
    const pool = poolOf('abcde');
    use(pool, 'a', answered(401), NOW);
    use(pool, 'b', RATE_LIMITED, NOW);
    setKeys(pool, 'abcde');
    const { key, skipped, skippedMore } = take(pool, NOW, {
      tried: new Set([keyOf(pool, 'c'), keyOf(pool, 'd')]),
    });
    expect(key.config.keyId).toBe('e');
    const byId = [...skipped].sort((one, other) => one.keyId.localeCompare(other.keyId));
    expect(byId.filter(({ keyId }) => keyId < 'c')).toEqual([]);
    const again = take(pool, NOW, { tried: new Set([keyOf(pool, 'c')]) });
    expect([...again.skipped].sort((one, other) => one.keyId.localeCompare(other.keyId))).toEqual([
      { keyId: 'a', hint: 'sk-...a', reason: 'cooling', until: NOW + 2000 },
      { keyId: 'b', hint: 'sk-...b', reason: 'cooling_model', until: NOW + 30_000 },
      { keyId: 'c', hint: 'sk-...c', reason: 'tried' },
    ]);
    expect(skippedMore).toBe(0);
  });

  it.each(SELECTION_POLICIES)('are each told once under %s', (policy) => {
    const pool = poolOf('abc', { policy });
    use(pool, 'a', RATE_LIMITED, NOW);
    use(pool, 'b', RATE_LIMITED, NOW);
    for (let i = 0; i < 20; i++) {
      const { skipped, skippedMore } = take(pool, NOW, { affinity: `client ${i}` });
      const keyIds = skipped.map(({ keyId }) => keyId);
      expect(new Set(keyIds).size).toBe(keyIds.length);
      expect(skippedMore).toBe(0);
    }
  });

  it('are named up to eight, the rest counted', () => {
    const pool = bigPool(40);
    const tried = new Set(pool.keys.slice(0, 39));
    const { skipped, skippedMore } = take(pool, NOW, { tried });
    expect(skipped).toHaveLength(8);
    // The search begins at the 25th.
    expect(skippedMore).toBe(7);
  });
});

describe('a shortage', () => {
  it('is told as no keys', () => {
    expect(shortageOf(poolOf(''), NOW)).toEqual({ reason: 'no_keys' });
  });

  it('is told as all disabled, without a time, for nothing ends it', () => {
    const pool = poolOf('ab');
    pool.disable('a', '');
    pool.disable('b', '');
    expect(shortageOf(pool, NOW)).toEqual({ reason: 'all_disabled' });
  });

  it('is told as all cooling with the time until the earliest key', () => {
    const pool = poolOf('abc');
    use(pool, 'a', answered(429, { 'retry-after': '30' }), NOW);
    use(pool, 'b', answered(429, { 'retry-after': '20' }), NOW);
    pool.disable('c', '');
    expect(shortageOf(pool, NOW)).toEqual({ reason: 'all_cooling', retryAfterMs: 20_000 });
    expect(shortageOf(pool, NOW + 15_000)).toEqual({ reason: 'all_cooling', retryAfterMs: 5_000 });
    expect(take(pool, NOW + 20_000).key.config.keyId).toBe('b');
  });

  it('names the later time when the earliest key rests longer than thought', () => {
    const pool = poolOf('a');
    const late = take(pool, NOW);
    use(pool, 'a', answered(429, { 'retry-after': '20' }), NOW);
    expect(shortageOf(pool, NOW).retryAfterMs).toBe(20_000);
    settle(pool, late, answered(429, { 'retry-after': '3600' }), NOW);
    expect(shortageOf(pool, NOW).retryAfterMs).toBe(3_600_000);
  });

  it('is told as an open breaker with the time until its probe', () => {
    const pool = poolOf('a');
    for (let i = 0; i < 8; i++) use(pool, 'a', answered(500), NOW);
    expect(shortageOf(pool, NOW + 400)).toEqual({ reason: 'breaker_open', retryAfterMs: 600 });
  });

  it.each([
    ['a reset', (pool: ReturnType<typeof poolOf>) => void pool.reset('a')],
    ['a new key', (pool: ReturnType<typeof poolOf>) => setKeys(pool, 'ab')],
  ])('ends with %s at once', (_title, relieve) => {
    const pool = poolOf('a');
    use(pool, 'a', RATE_LIMITED, NOW);
    expect(shortageOf(pool, NOW).reason).toBe('all_cooling');
    relieve(pool);
    expect(take(pool, NOW).key).toBeDefined();
  });
});

describe('settling', () => {
  it('releases the lease of everything but a commit', () => {
    const outcomes: Outcome[] = [
      answered(400),
      answered(401),
      answered(429),
      answered(500),
      { kind: 'client_closed' },
      { kind: 'lost', message: '' },
    ];
    for (const outcome of outcomes) {
      const pool = poolOf('a');
      const lease = take(pool, NOW);
      settle(pool, lease, outcome, NOW);
      expect([lease.isReleased, lease.key.inFlight], JSON.stringify(outcome)).toEqual([true, 0]);
    }
    const pool = poolOf('a');
    const lease = take(pool, NOW);
    settle(pool, lease, answered(200), NOW);
    expect(lease.isReleased).toBe(false);
    pool.finish(lease, 'whole', '', NOW);
    pool.finish(lease, 'whole', '', NOW);
    expect(lease.key.inFlight).toBe(0);
  });

  it('of 400 a hundred times disables nothing and touches no breaker', () => {
    const events = new EventLog();
    const pool = poolOf('abc', { maxFailures: 1 }, events);
    for (let i = 0; i < 100; i++) settle(pool, take(pool, NOW), answered(400), NOW);
    expect(pool.candidates).toBe(3);
    expect(pool.keys.map(({ failures, errorCount }) => [failures, errorCount])).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    expect(events.breakerStates).toEqual([]);
  });

  it('of 429 a hundred times counts no failure', () => {
    const pool = poolOf('a', { maxFailures: 1 });
    for (let i = 0; i < 100; i++) use(pool, 'a', answered(429), NOW + i * 7_200_000);
    expect(keyOf(pool, 'a')).toMatchObject({ failures: 0, disabled: undefined, errorCount: 100 });
    expect(pool.breaker.state).toBe('closed');
  });

  it('disables a key at maxFailures in a row, not at as many with a success between', () => {
    const pool = poolOf('abcd', { maxFailures: 3 });
    for (let i = 0; i < 2; i++) use(pool, 'a', answered(401), NOW + i * 60_000);
    use(pool, 'a', answered(200), NOW + 120_000);
    for (let i = 3; i < 5; i++) use(pool, 'a', answered(401), NOW + i * 60_000);
    expect(keyOf(pool, 'a').disabled).toBeUndefined();
    use(pool, 'a', answered(401, {}, errorFacts('invalid_api_key', 'revoked')), NOW + 300_000);
    expect(keyOf(pool, 'a').disabled).toEqual({ by: 'auto', reason: '401 invalid_api_key: revoked' });
    expect(pool.candidates).toBe(3);
  });

  it('a success brings back a key that was disabled while the request was in flight', () => {
    const pool = poolOf('ab', { maxFailures: 1 });
    const late = takeKey(pool, 'a', NOW);
    use(pool, 'a', answered(401), NOW);
    expect(pool.candidates).toBe(1);
    settle(pool, late, answered(200), NOW);
    expect(keyOf(pool, 'a')).toMatchObject({ disabled: undefined, failures: 0 });
    expect(pool.candidates).toBe(2);
  });

  it('a success never brings back a key that a person has disabled', () => {
    const pool = poolOf('ab');
    const late = takeKey(pool, 'a', NOW);
    pool.disable('a', 'mine');
    settle(pool, late, answered(200), NOW);
    expect(keyOf(pool, 'a').disabled?.by).toBe('manual');
    expect(pool.candidates).toBe(1);
  });

  it('a success never ends a rest early', () => {
    const pool = poolOf('a');
    const late = take(pool, NOW);
    use(pool, 'a', RATE_LIMITED, NOW);
    settle(pool, late, answered(200), NOW);
    expect(shortageOf(pool, NOW).retryAfterMs).toBe(30_000);
  });

  it('a failure never turns a person\u2019s disabling into an automatic one', () => {
    const pool = poolOf('a', { maxFailures: 1 });
    const late = take(pool, NOW);
    pool.disable('a', 'mine');
    settle(pool, late, answered(401), NOW);
    expect(keyOf(pool, 'a').disabled).toEqual({ by: 'manual', reason: 'mine' });
  });

  it('exhausted quota counts a failure and rests the key for all its models', () => {
    const pool = poolOf('a');
    use(pool, 'a', answered(429, {}, QUOTA), NOW, { model: 'gpt-4o' });
    expect(keyOf(pool, 'a').failures).toBe(1);
    expect(shortageOf(pool, NOW, { model: 'other' }).retryAfterMs).toBe(600_000);
  });

  it('a client that left is nobody\u2019s fault', () => {
    const pool = poolOf('a', { maxFailures: 1 });
    for (let i = 0; i < 100; i++) use(pool, 'a', { kind: 'client_closed' }, NOW);
    expect(keyOf(pool, 'a')).toMatchObject({ failures: 0, errorCount: 0, inFlight: 0 });
    expect(pool.breaker.state).toBe('closed');
  });

  it('trouble on the way to the egress proxy is not the provider\u2019s', () => {
    const pool = poolOf('a');
    for (let i = 0; i < 100; i++) use(pool, 'a', { kind: 'dial_failed', at: 'egress', message: '' }, NOW);
    expect(pool.breaker.state).toBe('closed');
    expect(keyOf(pool, 'a').failures).toBe(0);
  });

  it.each<[string, Outcome]>([
    ['5xx', answered(503)],
    ['an empty stream', { kind: 'empty_stream' }],
    ['an unreachable upstream', { kind: 'dial_failed', at: 'upstream', message: '' }],
    ['a lost connection', { kind: 'lost', message: '' }],
    ['a header time-out', { kind: 'timeout', phase: 'headers' }],
  ])('%s counts against the provider and not against the key', (_title, outcome) => {
    const pool = poolOf('abc', { maxFailures: 1 });
    for (let i = 0; i < 8; i++) settle(pool, take(pool, NOW), outcome, NOW);
    expect(pool.breaker).toMatchObject({ state: 'open', cause: 'failures' });
    expect(pool.keys.every(({ failures, disabled }) => failures === 0 && disabled === undefined)).toBe(true);
    expect(pool.keys.every(({ cooldown }) => cooldown.until === 0)).toBe(true);
  });

  it.each(['cut', 'stalled'] as const)(
    'an answer %s after the commit counts against the provider',
    (name) => {
      const pool = poolOf('a');
      for (let i = 0; i < 8; i++) {
        const lease = take(pool, NOW);
        settle(pool, lease, answered(200), NOW);
        pool.finish(lease, VERDICTS[name], name, NOW);
      }
      expect(pool.breaker).toMatchObject({ state: 'open', reason: name });
      expect(keyOf(pool, 'a')).toMatchObject({ failures: 0, inFlight: 0, errorCount: 8 });
    },
  );

  it('an answer its client left after the commit counts against nobody', () => {
    const pool = poolOf('a');
    for (let i = 0; i < 20; i++) {
      const lease = take(pool, NOW);
      settle(pool, lease, answered(200), NOW);
      pool.finish(lease, VERDICTS.client_closed, 'left', NOW);
    }
    expect(pool.breaker.state).toBe('closed');
    expect(keyOf(pool, 'a')).toMatchObject({ errorCount: 0, inFlight: 0 });
  });

  it('tells the status of the last error of each key', () => {
    const pool = poolOf('a');
    use(pool, 'a', answered(403), NOW);
    expect(keyOf(pool, 'a')).toMatchObject({ errorCount: 1, lastErrorAt: NOW, lastErrorStatus: 403 });
  });
});

describe('the breaker of the pool', () => {
  function openPool(): ReturnType<typeof poolOf> {
    const pool = poolOf('ab');
    for (let i = 0; i < 8; i++) settle(pool, take(pool, NOW), answered(500), NOW);
    return pool;
  }

  it('makes one probe when its rest is over, and closes with its commit', () => {
    const pool = openPool();
    const probe = take(pool, NOW + 1000);
    expect(probe.probe).toBeDefined();
    expect(shortageOf(pool, NOW + 1000)).toEqual({ reason: 'breaker_open', retryAfterMs: 4000 });
    settle(pool, probe, answered(200), NOW + 1500);
    expect(pool.breaker.state).toBe('closed');
    expect(take(pool, NOW + 1500).probe).toBeUndefined();
  });

  it.each([400, 404, 401, 429])(
    'closes with a probe that is answered %i: for the provider is back',
    (status) => {
      const pool = openPool();
      settle(pool, take(pool, NOW + 1000), answered(status), NOW + 1000);
      expect(pool.breaker.state).toBe('closed');
    },
  );

  it('opens again for longer with a failed probe', () => {
    const pool = openPool();
    settle(pool, take(pool, NOW + 1000), answered(500), NOW + 1000);
    expect(shortageOf(pool, NOW + 1000)).toEqual({ reason: 'breaker_open', retryAfterMs: 1500 });
  });

  it.each<[string, Outcome]>([
    ['its client leaves', { kind: 'client_closed' }],
    ['the egress proxy fails', { kind: 'dial_failed', at: 'egress', message: '' }],
    ['a firewall answers', says('egress', { status: 403 })],
  ])('lets the next request try when %s during the probe', (_title, outcome) => {
    const pool = openPool();
    settle(pool, take(pool, NOW + 1000), outcome, NOW + 1000);
    expect(pool.breaker.state).toBe('half_open');
    expect(take(pool, NOW + 1000).probe).toBeDefined();
  });

  it('lets another request try while a probe is stuck, and hears both', () => {
    const pool = openPool();
    const stuck = take(pool, NOW + 1000);
    const second = take(pool, NOW + 5000);
    expect(second.probe).toBeDefined();
    settle(pool, second, answered(200), NOW + 5000);
    settle(pool, stuck, { kind: 'timeout', phase: 'headers' }, NOW + 300_000);
    expect(pool.breaker.state).toBe('closed');
  });

  it('is not closed by the success of a request from before the opening', () => {
    const pool = poolOf('ab');
    const early = take(pool, NOW);
    for (let i = 0; i < 8; i++) settle(pool, take(pool, NOW), answered(500), NOW);
    settle(pool, early, answered(200), NOW);
    pool.finish(early, 'whole', '', NOW);
    expect(pool.breaker.state).toBe('open');
  });
});

describe('a new set of keys', () => {
  it('keeps the live state of those that stay and takes their new configuration', () => {
    const pool = poolOf('abc');
    const lease = takeKey(pool, 'a', NOW);
    use(pool, 'b', RATE_LIMITED, NOW);
    pool.disable('c', 'mine');
    const [a, b, c] = pool.keys;
    pool.setKeys(
      [keyConfig('d'), keyConfig('a', { weight: 5 }), keyConfig('b'), keyConfig('c')],
      () => undefined,
    );
    expect(pool.keys.slice(1)).toEqual([a, b, c]);
    expect(pool.keys[1]).toBe(a);
    expect(a).toMatchObject({ inFlight: 1, config: { weight: 5 } });
    expect(b!.modelCooldowns!.get('gpt-4o')!.until).toBe(NOW + 30_000);
    expect(pool.candidates).toBe(3);
    lease.release();
    expect(a!.inFlight).toBe(0);
  });

  it('leases no key that is gone', () => {
    const pool = poolOf('abc');
    setKeys(pool, 'c');
    for (let i = 0; i < 5; i++) expect(take(pool, NOW).key.config.keyId).toBe('c');
    expect([pool.size, pool.candidates]).toEqual([1, 1]);
  });

  it('gives new keys their saved state', () => {
    const before = poolOf('ab', { maxFailures: 1 });
    use(before, 'a', answered(401), NOW);
    use(before, 'b', RATE_LIMITED, NOW);
    const saved = Object.fromEntries(before.keys.map((key) => [key.config.keyId, savedStateOf(key, NOW)]));

    const after = poolOf('');
    setKeys(after, 'ab', saved);
    expect(after.candidates).toBe(1);
    expect(shortageOf(after, NOW)).toEqual({ reason: 'all_cooling', retryAfterMs: 30_000 });
    expect(take(after, NOW, { model: 'other' }).key.config.keyId).toBe('b');
  });

  it('is not disturbed by the late answer to a key that left and came back', () => {
    const pool = poolOf('ab');
    const late = takeKey(pool, 'a', NOW);
    setKeys(pool, 'b');
    setKeys(pool, 'ab');
    settle(pool, late, answered(401), NOW);
    expect(pool.candidates).toBe(2);
    const leased = new Set([take(pool, NOW).key, take(pool, NOW).key]);
    expect(leased).toEqual(new Set(pool.keys));
    expect(late.key.inFlight).toBe(0);
  });
});

describe('a person\u2019s word', () => {
  it('resets everything of a key', () => {
    const pool = poolOf('a', { maxFailures: 1 });
    use(pool, 'a', RATE_LIMITED, NOW);
    use(pool, 'a', answered(401), NOW, { model: 'other' });
    expect(pool.reset('a')).toBe(true);
    expect(keyOf(pool, 'a')).toMatchObject({
      failures: 0,
      disabled: undefined,
      cooldown: { until: 0, inARow: 0, probe: undefined },
    });
    expect(take(pool, NOW).key.config.keyId).toBe('a');
  });

  it('about an unknown key is answered with false', () => {
    const pool = poolOf('a');
    expect([pool.reset('x'), pool.disable('x', '')]).toEqual([false, false]);
  });

  it('leaves requests in flight alone', () => {
    const pool = poolOf('a');
    const lease = take(pool, NOW);
    pool.disable('a', '');
    expect(keyOf(pool, 'a').inFlight).toBe(1);
    settle(pool, lease, answered(200), NOW);
    pool.finish(lease, 'whole', '', NOW);
    expect(keyOf(pool, 'a').inFlight).toBe(0);
  });
});

describe('the events of the pool', () => {
  it('name what happened to a key', () => {
    const events = new EventLog();
    const pool = poolOf('abcd', { maxFailures: 2 }, events);
    use(pool, 'a', answered(429), NOW);
    use(pool, 'b', answered(401), NOW);
    use(pool, 'b', answered(401), NOW + 2000);
    use(pool, 'c', answered(500), NOW);
    pool.reset('b');
    pool.disable('d', '');
    expect(events.keyChanges).toEqual([
      'a rested',
      'b penalised',
      'b disabled',
      'c used',
      'b reset',
      'd disabled',
    ]);
  });

  it('tell a recovery once', () => {
    const events = new EventLog();
    const pool = poolOf('a', {}, events);
    use(pool, 'a', answered(401), NOW);
    use(pool, 'a', answered(200), NOW + 2000);
    use(pool, 'a', answered(200), NOW + 2000);
    expect(events.keyChanges.filter((change) => change === 'a recovered')).toHaveLength(1);
  });

  it('do not tell a disabled key as disabled again for each answer still on its way', () => {
    const events = new EventLog();
    const pool = poolOf('a', {}, events);
    const late = take(pool, NOW);
    pool.disable('a', 'mine');
    settle(pool, late, answered(500), NOW);
    expect(events.keyChanges).toEqual(['a disabled', 'a used']);
  });
});

describe('single keys come and go', () => {
  const named = (keyIds: string) => [...keyIds].map((keyId) => keyConfig(keyId));
  const idsOf = (pool: ReturnType<typeof poolOf>) => pool.keys.map(({ config }) => config.keyId).join('');

  it('added keys serve with the state they had, and the others keep theirs', () => {
    const pool = poolOf('ab');
    const lease = takeKey(pool, 'a', NOW);
    pool.addKeys(named('cd'), (keyId) => {
      const disabled = keyId === 'd' ? { by: 'manual' as const, reason: 'x' } : undefined;
      return { ...savedStateOf(keyState(keyId), NOW), disabled };
    });
    expect(idsOf(pool)).toBe('abcd');
    expect(pool.candidates).toBe(3);
    expect(pool.key('a')?.inFlight).toBe(1);
    lease.release();
    expect(pool.key('a')?.inFlight).toBe(0);
  });

  it('a key that is there already gets its new configuration and keeps its place and state', () => {
    const pool = poolOf('ab');
    const before = pool.key('a');
    pool.addKeys([keyConfig('a', { weight: 9 })], () => undefined);
    expect(idsOf(pool)).toBe('ab');
    expect(pool.key('a')).toBe(before);
    expect(before?.config.weight).toBe(9);
  });

  it('removed keys are never leased again, and a request that uses one ends well', () => {
    const pool = poolOf('abc');
    const lease = takeKey(pool, 'b', NOW);
    pool.removeKeys(new Set(['b', 'no such key']));
    expect(idsOf(pool)).toBe('ac');
    settle(pool, lease, answered(200), NOW);
    for (let i = 0; i < 6; i++) expect(take(pool, NOW).key.config.keyId).not.toBe('b');
    expect(pool.candidates).toBe(2);
  });

  it('an added key ends a shortage at once', () => {
    const pool = poolOf('a');
    settle(pool, take(pool, NOW), answered(429, { 'retry-after': '60' }), NOW);
    expect(shortageOf(pool, NOW).reason).toBe('all_cooling');
    pool.addKeys(named('b'), () => undefined);
    expect(take(pool, NOW).key.config.keyId).toBe('b');
  });

  it('a person enables a key whatever disabled it, and its failures are forgotten', () => {
    const pool = poolOf('ab');
    const key = pool.key('a');
    if (key === undefined) throw new Error('the key is missing');
    Object.assign(key, { failures: 3 });
    pool.disable('a', 'by hand');
    expect(pool.candidates).toBe(1);
    expect(pool.enable('a')).toBe(true);
    expect(key).toMatchObject({ disabled: undefined, failures: 0 });
    expect(pool.candidates).toBe(2);
    expect(pool.enable('no such key')).toBe(false);
  });
});

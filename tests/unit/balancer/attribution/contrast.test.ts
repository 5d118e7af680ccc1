import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyState } from '../../../../lib/balancer/pool/key-state';
import type { Pool } from '../../../../lib/balancer/pool/pool';
import { judge, type Outcome } from '../../../../lib/balancer/attempts/verdict';
import { egressOf, PROXY_DOWN } from '../egress/support';
import { poolBehind } from '../egress-support';
import {
  answered,
  errorFacts,
  EventLog,
  keyOf,
  poolOf,
  QUOTA,
  run,
  says,
  START_MS as NOW,
  take,
  takeKey,
  TestClock,
  use,
  type Run,
  type Script,
} from '../support';

const HOUR_MS = 3_600_000;
const OK = answered(200);
const DOWN = answered(503);
const UNKNOWN = says('ambiguous', { status: 403, code: 'no_such_code', message: 'no' });
const DENIED = says('key_model', { status: 404, code: 'model_not_found' });
const BLOCKED = says('egress', { status: 403 });

/** Each key answers as its letter says: small ones well. */
const byKey =
  (of: (keyId: string) => Outcome) =>
  (keyId: string): Outcome =>
    keyId === keyId.toLowerCase() ? OK : of(keyId);
const unknownInCapitals = byKey(() => UNKNOWN);
const deniedInCapitals = byKey(() => DENIED);

const untouched = { failures: 0, errorCount: 0, disabled: undefined, modelCooldowns: undefined };
function expectUntouched(pool: Pool): void {
  for (const key of pool.keys) {
    expect(key).toMatchObject({ ...untouched, cooldown: { until: 0, inARow: 0 } });
  }
}
const restOf = (key: KeyState, model = 'gpt-4o'): number =>
  (key.modelCooldowns?.get(model)?.until ?? NOW) - NOW;

/** Runs a request to its end, and reads its answer. */
async function ask(pool: Pool, script: Script, clock: TestClock, model = 'gpt-4o'): Promise<Run> {
  const one = await run(pool, script, { model }, clock);
  if (one.result.kind === 'commit') pool.finish(one.result.lease, 'whole', '', clock.now());
  return one;
}

describe('a rejection that may be the request’s or the key’s', () => {
  it('costs nobody anything when every key says so, and is passed through', async () => {
    const events = new EventLog();
    const pool = poolOf('abc', { maxFailures: 1 }, events);
    for (let i = 0; i < 20; i++) {
      const { result, transport } = await run(pool, () => UNKNOWN);
      expect(result).toMatchObject({ kind: 'pass_through', verdict: { name: 'rejected' } });
      expect([...transport.dials].sort()).toEqual(['a', 'b', 'c']);
      expect(result.trace.attempts.map(({ effect }) => effect)).toEqual([undefined, undefined, undefined]);
    }
    expectUntouched(pool);
    expect(pool.breaker.state).toBe('closed');
    expect(events.probesWanted).toEqual([]);
  });

  it('costs nobody anything when what comes after it is no answer of the provider’s either', async () => {
    const pool = poolOf('abc', { maxFailures: 1 });
    await run(pool, [UNKNOWN, says('request')]);
    await run(pool, [UNKNOWN, { kind: 'client_closed' }]);
    expectUntouched(pool);
  });

  it('costs its keys a failure and 2 s when another key answers the same request', async () => {
    const events = new EventLog();
    const pool = poolOf('ABcd', {}, events);
    const { result } = await run(pool, unknownInCapitals);
    expect(result.kind).toBe('commit');
    for (const keyId of 'AB') {
      expect(keyOf(pool, keyId)).toMatchObject({
        failures: 1,
        errorCount: 1,
        lastErrorAt: NOW,
        lastErrorStatus: 403,
        cooldown: { until: NOW + 2_000 },
        disabled: undefined,
      });
    }
    expect(keyOf(pool, 'c')).toMatchObject({ failures: 0, errorCount: 0, cooldown: { until: 0 } });
    expect(result.trace.attempts.map(({ effect }) => effect)).toEqual([
      'failure 1 of 3',
      'failure 1 of 3',
      undefined,
    ]);
    expect(events.keyChanges.filter((change) => change.endsWith('penalised'))).toEqual([
      'A penalised',
      'B penalised',
    ]);
  });

  it('costs nothing when a key of a fallback provider answers', async () => {
    const pools = [poolOf('ab', { maxFailures: 1 }), poolOf('x', { provider: 'spare' })];
    const { result } = await run(pools, (keyId) => (keyId === 'x' ? OK : UNKNOWN));
    expect(result.kind).toBe('commit');
    expectUntouched(pools[0]!);
  });

  it('never disables a key: at maxFailures a probe is wanted, and it rests for that, longer each time', async () => {
    const events = new EventLog();
    const pool = poolOf('Ab', { maxFailures: 2, policy: 'round_robin' }, events);
    const clock = new TestClock();
    const seen: number[] = [];
    for (let i = 0; i < 40; i++) {
      await ask(pool, unknownInCapitals, clock);
      seen.push(events.probesWanted.length);
      clock.advance(1_000);
    }
    expect(keyOf(pool, 'A').disabled).toBeUndefined();
    expect(keyOf(pool, 'A').failures).toBeGreaterThanOrEqual(2);
    expect(events.probesWanted[0]).toBe('A');
    // Not once for each request: it rests meanwhile.
    expect(events.probesWanted.length).toBeLessThanOrEqual(4);
    expect(events.keyChanges).not.toContain('A disabled');
  });

  it('asks each key once for one request, and no more than its attempts', async () => {
    const few = await run(poolOf('ab', { maxRetries: 9 }), () => UNKNOWN);
    expect([...few.transport.dials].sort()).toEqual(['a', 'b']);
    const many = await run(poolOf('abcdefgh', { maxRetries: 2 }), () => UNKNOWN);
    expect(many.transport.dials).toHaveLength(3);
  });

  it('is read from what providers answer: 401, 402 and 403 that no rule knows', async () => {
    for (const status of [401, 402, 403]) {
      const pool = poolOf('abc', { maxFailures: 1 });
      await run(pool, () => answered(status, {}, errorFacts('no_such_code')));
      expectUntouched(pool);
    }
  });
});

describe('keys that may not use a model', () => {
  it('all of them: nobody rests and nobody pays, however often', async () => {
    const pool = poolOf('abc', { maxFailures: 1 });
    for (let i = 0; i < 20; i++) {
      const { result } = await run(pool, () => DENIED);
      expect(result).toMatchObject({ kind: 'pass_through', verdict: { name: 'model_denied' } });
    }
    expectUntouched(pool);
    expect(pool.breaker.state).toBe('closed');
  });

  it('some of them: those rest an hour, for that model alone, once another has answered', async () => {
    const events = new EventLog();
    const pool = poolOf('ABc', { maxFailures: 1 }, events);
    const { result } = await run(pool, deniedInCapitals);
    expect(result.kind).toBe('commit');
    for (const keyId of 'AB') {
      const key = keyOf(pool, keyId);
      expect(restOf(key)).toBe(HOUR_MS);
      expect(key).toMatchObject({ failures: 0, cooldown: { until: 0 }, disabled: undefined });
      expect(key).toMatchObject({ errorCount: 1, lastErrorStatus: 404 });
    }
    expect(restOf(keyOf(pool, 'c'))).toBe(0);
    expect(result.trace.attempts[0]!.effect).toBe('may not use gpt-4o, rests 3600 s for it');
    expect(events.keyChanges.filter((change) => change.endsWith('rested'))).toEqual(['A rested', 'B rested']);
  });

  it('rest twice as long each time, up to a day', async () => {
    const pool = poolOf('Ab');
    const clock = new TestClock();
    const hours: number[] = [];
    for (let i = 0; i < 7; i++) {
      while (!(await ask(pool, deniedInCapitals, clock)).transport.dials.includes('A'));
      const until = keyOf(pool, 'A').modelCooldowns!.get('gpt-4o')!.until;
      hours.push((until - clock.now()) / HOUR_MS);
      clock.advance(until - clock.now());
    }
    expect(hours).toEqual([1, 2, 4, 8, 16, 24, 24]);
  });

  it('are not asked by the next requests while others are not known to be denied', async () => {
    const pool = poolOf('ABcd', { maxRetries: 0 });
    const clock = new TestClock();
    use(pool, 'A', DENIED, NOW);
    use(pool, 'B', DENIED, NOW);
    for (let i = 0; i < 6; i++) {
      const { transport } = await ask(pool, deniedInCapitals, clock);
      expect(transport.dials).toHaveLength(1);
      expect('cd').toContain(transport.dials[0]);
    }
    const { skipped } = takeKey(pool, 'c', NOW, { tried: new Set([keyOf(pool, 'd')]) });
    for (const one of skipped.filter(({ keyId }) => 'AB'.includes(keyId))) {
      expect(one.reason).toMatch(/model_denied|tried/);
    }
  });

  it('are asked again after ten minutes, and by then not before', async () => {
    const pool = poolOf('Ab');
    use(pool, 'A', DENIED, NOW);
    const isSkipped = (now: number): boolean => {
      const leases = Array.from({ length: 4 }, () => take(pool, now));
      for (const lease of leases) lease.release();
      return leases.every(({ key }) => key.config.keyId === 'b');
    };
    expect(isSkipped(NOW + 599_999)).toBe(true);
    expect(isSkipped(NOW + 600_000)).toBe(false);
  });

  it('are asked by a later request when all are denied, one of them and once', async () => {
    const pool = poolOf('abc');
    const first = await run(pool, () => DENIED);
    expect([...first.transport.dials].sort()).toEqual(['a', 'b', 'c']);
    for (let i = 0; i < 5; i++) {
      const { result, transport } = await run(pool, () => DENIED);
      expect(transport.dials).toHaveLength(1);
      expect(result).toMatchObject({ kind: 'pass_through', verdict: { name: 'model_denied' } });
    }
  });

  it('keep all their other models', async () => {
    const pool = poolOf('Ab', { maxFailures: 1 });
    const clock = new TestClock();
    await ask(pool, deniedInCapitals, clock);
    await ask(pool, deniedInCapitals, clock);
    expect(restOf(keyOf(pool, 'A'))).toBe(HOUR_MS);
    const used = new Set<string>();
    for (let i = 0; i < 4; i++) used.add((await ask(pool, () => OK, clock, 'other')).transport.dials[0]!);
    expect(used).toEqual(new Set(['A', 'b']));
  });

  it('are known no more as denied when they serve the model, or a person resets them', async () => {
    for (const relieve of [
      (pool: Pool) => void use(pool, 'A', OK, NOW),
      (pool: Pool) => void pool.reset('A'),
      (pool: Pool) => void pool.enable('A'),
    ]) {
      const pool = poolOf('Ab');
      use(pool, 'A', DENIED, NOW);
      relieve(pool);
      const keys = await Promise.all([1, 2].map(() => run(pool, () => OK)));
      expect(keys.map(({ transport }) => transport.dials[0]).sort()).toEqual(['A', 'b']);
    }
  });

  it('cost nothing when a key of a fallback provider answers', async () => {
    const pools = [poolOf('ab'), poolOf('x', { provider: 'spare' })];
    await run(pools, (keyId) => (keyId === 'x' ? OK : DENIED));
    expectUntouched(pools[0]!);
  });
});

it.each<[string, Outcome]>([
  ['it may not use the model', DENIED],
  ['it may not do this', UNKNOWN],
  ['it refuses the request', says('request', { status: 403, mayDiffer: true })],
])(
  'one request never asks a key again that has said that %s, whatever the others do',
  async (_title, refusal) => {
    const { transport } = await run(poolOf('abc', { maxRetries: 9, policy: 'sticky' }), (keyId) => {
      if (keyId === 'a') return refusal;
      return keyId === 'b' ? answered(401) : DOWN;
    });
    expect(transport.dials.filter((keyId) => keyId === 'a')).toHaveLength(1);
    expect(transport.dials.filter((keyId) => keyId === 'c').length).toBeGreaterThan(1);
  },
);

describe('a refusal that another key may not share', () => {
  const REFUSED = says('request', { status: 403, mayDiffer: true });

  it('is told to one other key, and costs neither anything, whatever that one says', async () => {
    for (const second of [OK, REFUSED, says('request')]) {
      const pool = poolOf('abc', { maxFailures: 1 });
      const { transport } = await run(pool, [REFUSED, second]);
      expect(new Set(transport.dials).size).toBe(2);
      expectUntouched(pool);
    }
  });

  it('is passed through when there is no other key', async () => {
    const { result, transport } = await run(poolOf('a'), [REFUSED]);
    expect(transport.dials).toEqual(['a']);
    expect(result).toMatchObject({ kind: 'pass_through', verdict: { name: 'request_refused' } });
  });

  it('is passed through when the other keys rest, and no fallback is asked', async () => {
    const pool = poolOf('ab');
    use(pool, 'b', answered(429, { 'retry-after': '60' }), NOW);
    const { result, transport } = await run([pool, poolOf('x', { provider: 'spare' })], [REFUSED]);
    expect(transport.providers).toEqual(['openai']);
    expect(result.kind).toBe('pass_through');
  });

  it('is still what the client is told when the other key fails otherwise', async () => {
    const { result } = await run(poolOf('ab', { maxRetries: 1 }), [REFUSED, DOWN]);
    expect(result).toMatchObject({ kind: 'pass_through', verdict: { name: 'request_refused' } });
  });
});

describe('a block of the address', () => {
  it('goes through another proxy with the same key, and costs the key nothing', async () => {
    const { pool } = poolBehind('pq', 1, { maxFailures: 1 });
    const { result, transport } = await run(pool, [BLOCKED, OK]);
    expect(result.kind).toBe('commit');
    expect(transport.dials).toEqual(['k0', 'k0']);
    const [first, second] = result.trace.attempts;
    expect(first!.egressId).not.toBe(second!.egressId);
    expectUntouched(pool);
  });

  it.each([
    ['blocks', BLOCKED],
    ['cannot be reached', PROXY_DOWN],
  ])(
    'or a proxy that %s leaves the key the first choice: it is not the key that failed',
    async (_title, outcome) => {
      for (let client = 0; client < 8; client++) {
        const { pool } = poolBehind('pq', 6, { policy: 'sticky' });
        const { transport } = await run(pool, [outcome, OK], { affinity: `client ${client}` });
        expect(transport.dials[1]).toBe(transport.dials[0]);
      }
    },
  );

  it('tells nothing of a proxy that the answer came through too', () => {
    const { pool, egresses } = poolBehind('p', 2);
    const [lease, winner] = [takeKey(pool, 'k0', NOW), takeKey(pool, 'k1', NOW)];
    pool.contrast({ lease, outcome: BLOCKED, verdict: judge(BLOCKED) }, winner, NOW);
    expect(egressOf(egresses, 'p').contradictions.isEmpty).toBe(true);
  });

  it('is passed through when no proxy is left, and nobody is blamed', async () => {
    const { pool, egresses } = poolBehind('pq', 3, { maxFailures: 1 });
    for (let i = 0; i < 10; i++) {
      const { result, transport } = await run(pool, () => BLOCKED);
      expect(transport.dials).toHaveLength(2);
      expect(result).toMatchObject({ kind: 'pass_through', verdict: { name: 'egress_blocked' } });
    }
    expectUntouched(pool);
    for (const egress of egresses.states) {
      expect(egress).toMatchObject({ errorCount: 0, breaker: { state: 'closed' } });
    }
  });

  it('is the proxy’s fault when three requests are served behind another, and not before', async () => {
    const { pool, egresses, events } = poolBehind('pq', 1);
    const clock = new TestClock();
    const bound = egresses.boundTo(pool.keys[0]!.config, pool.config.egress, NOW)!;
    const other = egressOf(egresses, bound.config.egressId === 'p' ? 'q' : 'p');
    for (let i = 1; i <= 3; i++) {
      expect(bound.breaker.state).toBe('closed');
      await ask(pool, [BLOCKED, OK], clock);
    }
    expect(bound.breaker.snapshot).toMatchObject({ state: 'open', cause: 'shared_cause' });
    expect(other.breaker.state).toBe('closed');
    expect(events.sharedCauses).toHaveLength(1);
    expectUntouched(pool);
  });

  it('proves nothing by itself: one request is one witness, however often it is blocked', () => {
    const { pool, egresses } = poolBehind('pq', 1);
    const witness = {};
    const key = pool.keys[0]!;
    const bound = egresses.boundTo(key.config, pool.config.egress, NOW)!;
    const away = takeKey(pool, 'k0', NOW, { triedEgresses: new Set([bound]), witness });
    for (let i = 0; i < 5; i++) {
      const lease = takeKey(pool, 'k0', NOW, { witness });
      const undecided = { lease, outcome: BLOCKED, verdict: judge(BLOCKED) };
      lease.release();
      pool.contrast(undecided, away, NOW);
    }
    expect(bound.breaker.state).toBe('closed');
  });
});

describe('a key’s rejection behind a proxy', () => {
  const REJECTED = answered(401);
  const rejectedPool = (maxFailures = 3) => {
    const behind = poolBehind('pq', 1, { maxFailures });
    use(behind.pool, 'k0', REJECTED, NOW);
    return { ...behind, key: behind.pool.keys[0]! };
  };
  const wayAt = (pool: Pool, now: number): string | undefined => {
    const lease = takeKey(pool, 'k0', now);
    lease.release();
    return lease.egress?.egress.config.egressId;
  };

  it('is remembered with the proxy, so that the next request goes through another one', () => {
    const { pool, key } = rejectedPool();
    expect(key.rejection).toMatchObject({ reason: '401 invalid_api_key: no' });
    expect(wayAt(pool, NOW + 2_000)).not.toBe(key.rejection!.egress.config.egressId);
  });

  it('is remembered also where only contrast has shown it', async () => {
    const { pool } = poolBehind('pq', 2, { policy: 'round_robin' });
    const { result } = await run(pool, [UNKNOWN, OK]);
    const rejected = pool.key(result.trace.attempts[0]!.keyId)!;
    expect(rejected.rejection).toMatchObject({ reason: '403 no_such_code: no' });
    expect(pool.key(result.trace.attempts[1]!.keyId)!.rejection).toBeUndefined();
  });

  it('is not remembered of a request that went out directly', () => {
    const pool = poolOf('a');
    use(pool, 'a', REJECTED, NOW);
    expect(keyOf(pool, 'a').rejection).toBeUndefined();
  });

  it.each<[string, (pool: Pool) => void, number]>([
    ['a success', (pool) => void use(pool, 'k0', OK, NOW + 2_000), 3],
    ['a person’s reset', (pool) => void pool.reset('k0'), 3],
    ['a probe that brings the key back', (pool) => void pool.probed('k0', { isAlive: true }, NOW), 1],
  ])('is forgotten with %s', (_title, relieve, maxFailures) => {
    const { pool, key } = rejectedPool(maxFailures);
    expect(key.rejection).toBeDefined();
    relieve(pool);
    expect(key.rejection).toBeUndefined();
  });
});

describe('what speaks of the request', () => {
  const OF_THE_REQUEST: fc.Arbitrary<Outcome> = fc.oneof(
    fc
      .record({ status: fc.integer({ min: 200, max: 599 }), mayDiffer: fc.boolean() })
      .map((over) => says('request', over)),
    fc.integer({ min: 200, max: 599 }).map((status) => says('egress', { status })),
    fc.constant<Outcome>({ kind: 'client_closed' }),
    ...[400, 404, 409, 413, 422].map((status) => fc.constant(answered(status))),
  );
  const standing = fc.record({
    failures: fc.nat(9),
    inARow: fc.nat(3),
    restMs: fc.constantFrom(0, 0, 60_000),
    isModel: fc.boolean(),
  });
  const steps = fc.array(fc.record({ outcomes: fc.array(OF_THE_REQUEST), ms: fc.nat(40_000) }), {
    maxLength: 8,
  });

  /** All that a failure could change. */
  const stateOf = (pool: Pool) => ({
    breaker: pool.breaker,
    modelRest: pool.restReasonOf('gpt-4o'),
    candidates: pool.candidates,
    keys: pool.keys.map(
      ({ failures, errorCount, lastErrorAt, disabled, cooldown, modelCooldowns, rejection }) => ({
        ...{ failures, errorCount, lastErrorAt, disabled, rejection, inARow: cooldown.inARow },
        until: cooldown.until,
        models: [...(modelCooldowns ?? [])].map(([model, { until, inARow }]) => [model, until, inARow]),
      }),
    ),
    egresses: [...pool.egresses.states].map(({ breaker, disabled, failures, errorCount, lastError }) => ({
      ...{ disabled, failures, errorCount, lastError, breaker: breaker.snapshot },
    })),
  });

  it.each(['', 'pq'])(
    'never changes any key’s failures, rest or count of errors, nor a breaker, nor a proxy (proxies: "%s")',
    async (egressIds) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(standing, { minLength: 1, maxLength: 4 }),
          steps,
          async (standings, script) => {
            const pool =
              egressIds === ''
                ? poolOf('abcd'.slice(0, standings.length), { maxFailures: 1 })
                : poolBehind(egressIds, standings.length, { maxFailures: 1 }).pool;
            pool.keys.forEach((key, i) => {
              const { failures, inARow, restMs, isModel } = standings[i]!;
              key.failures = failures;
              const rest = { until: NOW + restMs, inARow, probe: undefined };
              if (isModel) key.modelCooldowns = new Map([['gpt-4o', rest]]);
              else Object.assign(key.cooldown, rest);
            });
            const clock = new TestClock();
            const before = stateOf(pool);
            for (const { outcomes, ms } of script) {
              let i = 0;
              await run(pool, () => outcomes[i++] ?? { kind: 'client_closed' }, {}, clock);
              clock.advance(ms);
            }
            expect(stateOf(pool)).toEqual(before);
            expect(pool.keys.every(({ inFlight }) => inFlight === 0)).toBe(true);
          },
        ),
        { numRuns: 150 },
      );
    },
  );

  it('is never held against a key that said so, not even when another key answers', async () => {
    const refusal = OF_THE_REQUEST.filter(({ kind }) => kind === 'answer');
    await fc.assert(
      fc.asyncProperty(fc.array(refusal, { maxLength: 4 }), async (refusals) => {
        const pool = poolOf('abcd', { maxFailures: 1 });
        for (const one of refusals) await run(pool, [one, OK]);
        expectUntouched(pool);
      }),
      { numRuns: 100 },
    );
  });
});

describe('contrast, whatever each key says', () => {
  const SAYS = {
    well: OK,
    dead: answered(401),
    poor: answered(429, {}, QUOTA),
    denied: DENIED,
    unknown: UNKNOWN,
    limited: answered(429),
  } as const;
  type Kind = keyof typeof SAYS;
  const kinds = fc.array(fc.constantFrom(...(Object.keys(SAYS) as Kind[])), { minLength: 1, maxLength: 8 });

  it('finds the key that answers if there is one, asks none twice, and lays each result at the right door', async () => {
    await fc.assert(
      fc.asyncProperty(kinds, async (behaviours) => {
        const keyIds = 'abcdefgh'.slice(0, behaviours.length);
        const kindOf = (keyId: string): Kind => behaviours[keyIds.indexOf(keyId)]!;
        const pool = poolOf(keyIds, { maxRetries: 8, maxFailures: 5 });
        const { result, transport } = await run(pool, (keyId) => SAYS[kindOf(keyId)]);
        const { dials } = transport;
        expect(new Set(dials).size).toBe(dials.length);
        const isAnswered = behaviours.includes('well');
        expect(result.kind).toBe(isAnswered ? 'commit' : 'pass_through');
        if (!isAnswered) expect(dials).toHaveLength(behaviours.length);
        const poor = behaviours.filter((kind) => kind === 'poor').length;
        const arePoorAlike = !isAnswered && poor >= Math.max(3, behaviours.length / 2);
        for (const keyId of dials) {
          const kind = kindOf(keyId);
          const key = keyOf(pool, keyId);
          const pays =
            kind === 'dead' || (kind === 'poor' && !arePoorAlike) || (kind === 'unknown' && isAnswered);
          expect(key.failures, `${keyId} ${kind}`).toBe(pays ? 1 : 0);
          const restMs = {
            dead: 2_000,
            poor: arePoorAlike ? 2_000 : 600_000,
            unknown: isAnswered ? 2_000 : 0,
          };
          const ownRestMs = kind in restMs ? restMs[kind as keyof typeof restMs] : 0;
          expect(Math.max(0, key.cooldown.until - NOW), `${keyId} ${kind}`).toBe(ownRestMs);
          const modelMs = { limited: 60_000, denied: isAnswered ? HOUR_MS : 0 };
          expect(restOf(key), `${keyId} ${kind}`).toBe(
            kind in modelMs ? modelMs[kind as keyof typeof modelMs] : 0,
          );
          expect(key.disabled).toBeUndefined();
        }
        expect(pool.breaker.state).toBe('closed');
      }),
      { numRuns: 150 },
    );
  });
});

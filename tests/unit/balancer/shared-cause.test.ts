import { describe, expect, it } from 'vitest';
import {
  answered,
  bigPool,
  errorFacts,
  EventLog,
  keyOf,
  poolOf,
  QUOTA,
  setKeys,
  settle,
  shortageOf,
  START_MS as NOW,
  take,
  takeKey,
  use,
} from './support';
import type { Pool } from '../../../lib/balancer/pool';

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
  });

  it('counts keys, not failures', () => {
    const pool = poolOf('abcdef', { maxFailures: 100 });
    for (let i = 0; i < 10; i++) use(pool, 'a', REJECTED, NOW + i * 2000);
    use(pool, 'b', REJECTED, NOW + 20_000);
    expect(pool.breaker.state).toBe('closed');
  });

  it('counts only failures that are alike', () => {
    const pool = poolOf('abcdef');
    use(pool, 'a', answered(401), NOW);
    use(pool, 'b', answered(402), NOW);
    use(pool, 'c', answered(403), NOW);
    use(pool, 'd', answered(401), NOW);
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

  it('is never seen in rate limits or exhausted quota', () => {
    const pool = poolOf('abcdef');
    for (const keyId of 'abc') use(pool, keyId, answered(429), NOW);
    for (const keyId of 'def') use(pool, keyId, answered(429, {}, QUOTA), NOW);
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
      use(pool, keyId, answered(401, {}, errorFacts('x', `bad SECRET-${keyId}`)), NOW);
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

  it('that were disabled since stay so', () => {
    const pool = poolOf('abcdef', { maxFailures: 2 });
    const late = [takeKey(pool, 'a', NOW), takeKey(pool, 'a', NOW)];
    failKeys(pool, 3);
    for (const lease of late) settle(pool, lease, answered(429, {}, QUOTA), NOW);
    expect(keyOf(pool, 'a').disabled?.by).toBe('auto');
    use(pool, 'd', answered(200), NOW + 1000);
    expect(keyOf(pool, 'a').disabled?.by).toBe('auto');
    expect(pool.candidates).toBe(5);
  });

  it('are not what a trial is made with while others are available, and the trace says why', () => {
    const pool = poolOf('abcdef');
    for (const keyId of 'bca') use(pool, keyId, REJECTED, NOW);
    const trial = take(pool, NOW + 1000);
    expect(trial.isTrial).toBe(true);
    expect(trial.key.config.keyId).toBe('d');
    expect(trial.skipped.map(({ keyId, reason }) => `${keyId} ${reason}`)).toEqual([
      'b suspected',
      'c suspected',
    ]);
  });

  it('are what a trial is made with when no other is left', () => {
    const pool = poolOf('abc');
    failKeys(pool, 3);
    expect(take(pool, NOW + 1000).isTrial).toBe(true);
  });

  it('come before keys the request has tried already', () => {
    const pool = poolOf('abcd');
    failKeys(pool, 3);
    const trial = take(pool, NOW + 1000, { tried: new Set([keyOf(pool, 'd')]) });
    expect(trial.key.config.keyId).not.toBe('d');
  });

  it('are never what the confirmation is made with', () => {
    const pool = poolOf('abc');
    failKeys(pool, 3);
    expect(pool.lease({ ...REQUEST, isConfirming: true }, NOW).ok).toBe(false);
    const healthy = poolOf('abcd');
    failKeys(healthy, 3);
    const result = healthy.lease({ ...REQUEST, isConfirming: true }, NOW);
    expect(result.ok && result.lease.key.config.keyId).toBe('d');
    expect(healthy.lease({ ...REQUEST, isConfirming: true }, NOW).ok).toBe(false);
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
  it('loses none of them, however long it lasts, and is asked once in a while', () => {
    const pool = poolOf('abcde', { maxFailures: 1 });
    failKeys(pool, 3);
    let now = NOW;
    let trials = 0;
    for (let i = 0; i < 100; i++) {
      now += shortageOf(pool, now).retryAfterMs!;
      const lease = take(pool, now);
      expect(lease.isTrial).toBe(true);
      settle(pool, lease, REJECTED, now);
      trials += 1;
      expect(pool.candidates).toBe(5);
    }
    expect(now - NOW).toBeGreaterThan(trials * 3_000);

    now += shortageOf(pool, now).retryAfterMs!;
    settle(pool, take(pool, now), answered(200), now);
    expect(pool.breaker.state).toBe('closed');
    expect(pool.candidates).toBe(5);
  });
});

const REQUEST = {
  model: 'gpt-4o',
  affinity: undefined,
  tried: new Set<never>(),
  triedEgresses: new Set<never>(),
  isConfirming: false,
};

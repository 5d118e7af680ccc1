import { describe, expect, it } from 'vitest';
import {
  clearFailures,
  countFailure,
  describeFailure,
  exhaustQuota,
  restModel,
} from '../../../lib/balancer/penalty';
import type { HeaderRecord } from '../../../lib/balancer/ports';
import type { ErrorFacts, Outcome } from '../../../lib/balancer/verdict';
import { errorFacts, keyState, QUOTA, START_MS as NOW } from './support';

type Answer = Extract<Outcome, { kind: 'answer' }>;

const RULES = { maxFailures: 3, cooldownMs: 60_000 };
const answer = (status: number, headers: HeaderRecord = {}, error?: ErrorFacts): Answer => ({
  kind: 'answer',
  status,
  headers,
  error,
});

describe('a rate limit', () => {
  it('rests the key for that model alone, as long as the upstream asks', () => {
    const key = keyState();
    const effect = restModel(key, 'gpt-4o', answer(429, { 'retry-after': '2' }), RULES, NOW);
    expect(effect).toBe('rests 2 s for gpt-4o');
    expect([...key.modelCooldowns!]).toEqual([['gpt-4o', { until: NOW + 2000, inARow: 1, trialUntil: 0 }]]);
    expect(key.cooldown.until).toBe(0);
  });

  it('never counts as a failure', () => {
    const key = keyState();
    for (let i = 0; i < 100; i++) restModel(key, 'gpt-4o', answer(429), RULES, NOW + i * 3_600_000);
    expect(key.failures).toBe(0);
    expect(key.disabled).toBeUndefined();
  });

  it('that names no time rests the key for the configured time, doubled with each in a row up to an hour', () => {
    const key = keyState();
    let now = NOW;
    const rests: number[] = [];
    for (let i = 0; i < 9; i++) {
      restModel(key, 'gpt-4o', answer(429), RULES, now);
      const { until } = key.modelCooldowns!.get('gpt-4o')!;
      rests.push((until - now) / 60_000);
      now = until;
    }
    expect(rests).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('doubles for each model by itself', () => {
    const key = keyState();
    restModel(key, 'gpt-4o', answer(429), RULES, NOW);
    restModel(key, 'gpt-4o', answer(429), RULES, NOW + 60_000);
    restModel(key, 'o3', answer(429), RULES, NOW + 60_000);
    expect(key.modelCooldowns!.get('o3')!.until).toBe(NOW + 120_000);
  });

  it('that hits many requests in flight at once does not double for each of them', () => {
    const key = keyState();
    for (let i = 0; i < 20; i++) restModel(key, 'gpt-4o', answer(429), RULES, NOW + i);
    expect(key.modelCooldowns!.get('gpt-4o')!.until).toBeLessThan(NOW + 61_000);
  });

  it('never shortens an older deadline', () => {
    const key = keyState();
    restModel(key, 'gpt-4o', answer(429, { 'retry-after': '3600' }), RULES, NOW);
    restModel(key, 'gpt-4o', answer(429, { 'retry-after': '1' }), RULES, NOW);
    expect(key.modelCooldowns!.get('gpt-4o')!.until).toBe(NOW + 3_600_000);
  });

  it('of ever new model names keeps at most 200 of them, the longest rests', () => {
    const key = keyState();
    for (let i = 0; i < 1000; i++) {
      restModel(key, `m${i}`, answer(429, { 'retry-after': String(i + 1) }), RULES, NOW);
    }
    expect(key.modelCooldowns!.size).toBe(200);
    expect(key.modelCooldowns!.has('m999')).toBe(true);
    expect(key.modelCooldowns!.has('m0')).toBe(false);
  });
});

describe('a rejected key', () => {
  it('rests 2 s and is disabled at maxFailures with the reason', () => {
    const key = keyState();
    const rejected = answer(401, {}, errorFacts('invalid_api_key', 'Incorrect API key'));
    expect(countFailure(key, rejected, RULES, NOW)).toBe('failure 1 of 3');
    expect(key.cooldown.until).toBe(NOW + 2000);
    expect(countFailure(key, rejected, RULES, NOW)).toBe('failure 2 of 3');
    expect(countFailure(key, rejected, RULES, NOW)).toBe('disabled after 3 failures');
    expect(key.disabled).toEqual({ by: 'auto', reason: '401 invalid_api_key: Incorrect API key' });
  });

  it('that a person has disabled stays disabled by that person', () => {
    const key = keyState('a', { failures: 2, disabled: { by: 'manual', reason: 'mine' } });
    countFailure(key, answer(401), RULES, NOW);
    exhaustQuota(key, answer(429, {}, QUOTA), RULES, NOW);
    expect(key.disabled).toEqual({ by: 'manual', reason: 'mine' });
  });

  it('never shows its secret in the reason, even if the upstream repeats it', () => {
    const key = keyState('a', { failures: 2 });
    countFailure(key, answer(401, {}, errorFacts('x', 'Bad key SECRET-a, yes SECRET-a')), RULES, NOW);
    expect(key.disabled?.reason).toBe('401 x: Bad key sk-...a, yes sk-...a');
  });
});

describe('exhausted quota', () => {
  it('counts a failure and rests the whole key for 10 minutes, doubled with each in a row up to an hour', () => {
    const key = keyState();
    const rules = { ...RULES, maxFailures: 100 };
    const rests: number[] = [];
    let now = NOW;
    for (let i = 0; i < 5; i++) {
      exhaustQuota(key, answer(429, {}, QUOTA), rules, now);
      rests.push((key.cooldown.until - now) / 60_000);
      now = key.cooldown.until;
    }
    expect(rests).toEqual([10, 20, 40, 60, 60]);
    expect(key.failures).toBe(5);
  });

  it('rests the key as long as the upstream asks', () => {
    const key = keyState();
    const effect = exhaustQuota(key, answer(429, { 'retry-after': '86400' }, QUOTA), RULES, NOW);
    expect(key.cooldown.until).toBe(NOW + 86_400_000);
    expect(effect).toBe('quota exhausted, rests 86400 s');
  });

  it('that hits many requests in flight at once does not double for each of them', () => {
    const key = keyState();
    const rules = { ...RULES, maxFailures: 100 };
    for (let i = 0; i < 20; i++) exhaustQuota(key, answer(429, {}, QUOTA), rules, NOW);
    expect(key.cooldown.until).toBe(NOW + 600_000);
  });

  it('disables the key at maxFailures', () => {
    const key = keyState('a', { failures: 2 });
    expect(exhaustQuota(key, answer(429, {}, QUOTA), RULES, NOW)).toBe('disabled after 3 failures');
    expect(key.disabled?.by).toBe('auto');
  });
});

describe('a success', () => {
  it('sets failures and doubling back, for the key and for its model alone', () => {
    const key = keyState('a', {
      failures: 2,
      cooldown: { until: 5, inARow: 2, trialUntil: 0 },
      modelCooldowns: new Map([
        ['gpt-4o', { until: 5, inARow: 3, trialUntil: 0 }],
        ['o3', { until: 5, inARow: 3, trialUntil: 0 }],
      ]),
    });
    expect(clearFailures(key, 'gpt-4o')).toBe(true);
    expect([key.failures, key.cooldown.inARow]).toEqual([0, 0]);
    expect(key.modelCooldowns!.get('gpt-4o')!.inARow).toBe(0);
    expect(key.modelCooldowns!.get('o3')!.inARow).toBe(3);
  });

  it('of a key without trouble changes nothing', () => {
    expect(clearFailures(keyState(), 'gpt-4o')).toBe(false);
  });
});

it('a failure is described by status, code and message, cut at 300 characters', () => {
  const key = keyState();
  expect(describeFailure(key, 401, errorFacts('invalid_api_key', 'Incorrect'))).toBe(
    '401 invalid_api_key: Incorrect',
  );
  expect(describeFailure(key, 500, undefined)).toBe('500');
  expect(describeFailure(key, 500, errorFacts('x', 'y'.repeat(9999)))).toHaveLength(300);
});

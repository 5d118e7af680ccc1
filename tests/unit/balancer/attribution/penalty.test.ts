import { describe, expect, it } from 'vitest';
import {
  clearFailures,
  countDoubt,
  countFailure,
  exhaustQuota,
  restAfterLimit,
  restDenied,
  type Judged,
} from '../../../../lib/balancer/attribution/penalty';
import { describeFailure } from '../../../../lib/balancer/attribution/redaction';
import type { HeaderRecord } from '../../../../lib/balancer/ports';
import { answered, errorFacts, keyState, QUOTA, says, START_MS as NOW, type Said } from '../support';

const HOUR_MS = 3_600_000;
const RULES = { maxFailures: 3, cooldownMs: 60_000 };

function answer(status: number, headers: HeaderRecord = {}, said?: Said): Judged {
  const outcome = answered(status, headers, said);
  if (outcome.kind !== 'answer') throw new Error('no answer');
  return outcome;
}

function wholeKey(until?: number): Judged {
  const outcome = says('rate', { status: 429, isWholeKey: true, until });
  if (outcome.kind !== 'answer') throw new Error('no answer');
  return outcome;
}

describe('a rate limit', () => {
  it('rests the key for that model alone, as long as the upstream asks', () => {
    const key = keyState();
    const effect = restAfterLimit(key, 'gpt-4o', answer(429, { 'retry-after': '2' }), RULES, NOW);
    expect(effect).toBe('rests 2 s for gpt-4o');
    expect([...key.modelCooldowns!]).toEqual([
      ['gpt-4o', { until: NOW + 2000, inARow: 1, probe: undefined }],
    ]);
    expect(key.cooldown.until).toBe(0);
  });

  it('never counts as a failure', () => {
    const key = keyState();
    for (let i = 0; i < 100; i++) restAfterLimit(key, 'gpt-4o', answer(429), RULES, NOW + i * 3_600_000);
    expect(key.failures).toBe(0);
    expect(key.disabled).toBeUndefined();
  });

  it('that names no time rests the key for the configured time, doubled with each in a row up to an hour', () => {
    const key = keyState();
    let now = NOW;
    const rests: number[] = [];
    for (let i = 0; i < 9; i++) {
      restAfterLimit(key, 'gpt-4o', answer(429), RULES, now);
      const { until } = key.modelCooldowns!.get('gpt-4o')!;
      rests.push((until - now) / 60_000);
      now = until;
    }
    expect(rests).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('doubles for each model by itself', () => {
    const key = keyState();
    restAfterLimit(key, 'gpt-4o', answer(429), RULES, NOW);
    restAfterLimit(key, 'gpt-4o', answer(429), RULES, NOW + 60_000);
    restAfterLimit(key, 'o3', answer(429), RULES, NOW + 60_000);
    expect(key.modelCooldowns!.get('o3')!.until).toBe(NOW + 120_000);
  });

  it('that hits many requests in flight at once does not double for each of them', () => {
    const key = keyState();
    for (let i = 0; i < 20; i++) restAfterLimit(key, 'gpt-4o', answer(429), RULES, NOW + i);
    expect(key.modelCooldowns!.get('gpt-4o')!.until).toBeLessThan(NOW + 61_000);
  });

  it('never shortens an older deadline', () => {
    const key = keyState();
    restAfterLimit(key, 'gpt-4o', answer(429, { 'retry-after': '3600' }), RULES, NOW);
    restAfterLimit(key, 'gpt-4o', answer(429, { 'retry-after': '1' }), RULES, NOW);
    expect(key.modelCooldowns!.get('gpt-4o')!.until).toBe(NOW + 3_600_000);
  });

  it('of ever new model names keeps at most 64 of them, the longest rests', () => {
    const key = keyState();
    for (let i = 0; i < 1000; i++) {
      restAfterLimit(key, `m${i}`, answer(429, { 'retry-after': String(i + 1) }), RULES, NOW);
    }
    expect(key.modelCooldowns!.size).toBe(64);
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
    expect(countFailure(key, rejected, RULES, NOW + 2000)).toBe('failure 2 of 3');
    expect(countFailure(key, rejected, RULES, NOW + 4000)).toBe('disabled after 3 failures');
    expect(key.disabled).toEqual({ by: 'auto', reason: '401 invalid_api_key: Incorrect API key' });
  });

  it.each([
    ['rejections', countFailure],
    ['answers that it has no money', exhaustQuota],
  ])('is not disabled by a burst: %s to what began before it rested are one failure', (_what, count) => {
    const key = keyState();
    const rejected = answer(401);
    for (let i = 0; i < 20; i++) count(key, rejected, RULES, NOW + 100 + i, NOW + i);
    expect(key).toMatchObject({ failures: 1, disabled: undefined });
    count(key, rejected, RULES, NOW + HOUR_MS);
    expect(key.failures).toBe(2);
    count(key, rejected, RULES, NOW + 2 * HOUR_MS);
    expect(key.disabled?.by).toBe('auto');
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

describe('a limit of the whole key', () => {
  it('rests it for all models until the time named, and counts no failure', () => {
    const key = keyState();
    const effect = restAfterLimit(key, 'gpt-4o', wholeKey(NOW + 5_400_000), RULES, NOW);
    expect(effect).toBe('rests 5400 s');
    expect(key).toMatchObject({
      failures: 0,
      cooldown: { until: NOW + 5_400_000 },
      modelCooldowns: undefined,
    });
  });

  it('whose time is over by now hardly rests it', () => {
    const key = keyState();
    restAfterLimit(key, 'gpt-4o', wholeKey(NOW - 5), RULES, NOW);
    expect(key.cooldown.until).toBe(NOW + 1);
  });

  it('that names no time rests it for 10 minutes, doubling', () => {
    const key = keyState();
    restAfterLimit(key, 'gpt-4o', wholeKey(), RULES, NOW);
    expect(key.cooldown.until).toBe(NOW + 600_000);
    restAfterLimit(key, 'o3', wholeKey(), RULES, NOW + 600_000);
    expect(key.cooldown.until).toBe(NOW + 1_800_000);
  });
});

describe('a key that may not use a model', () => {
  it('rests an hour for that model alone, doubling up to a day', () => {
    const key = keyState();
    const hours: number[] = [];
    let now = NOW;
    for (let i = 0; i < 7; i++) {
      restDenied(key, 'gpt-4o', now);
      const { until } = key.modelCooldowns!.get('gpt-4o')!;
      hours.push((until - now) / HOUR_MS);
      now = until;
    }
    expect(hours).toEqual([1, 2, 4, 8, 16, 24, 24]);
    expect(key).toMatchObject({ failures: 0, cooldown: { until: 0 }, disabled: undefined });
  });

  it('does not double its rest for requests in flight', () => {
    const key = keyState();
    for (let i = 0; i < 20; i++) restDenied(key, 'gpt-4o', NOW);
    expect(key.modelCooldowns!.get('gpt-4o')!.until).toBe(NOW + HOUR_MS);
  });

  it('is told as that', () => {
    expect(restDenied(keyState(), 'gpt-4o', NOW)).toBe('may not use gpt-4o, rests 3600 s for it');
    expect(restDenied(keyState(), '', NOW)).toBe('may not use requests without a model, rests 3600 s for it');
  });
});

describe('a doubt about a key', () => {
  it('counts a failure and rests it 2 s, and 4 s, doubling, once a probe is needed', () => {
    const key = keyState();
    expect(countDoubt(key, RULES, NOW)).toEqual({ effect: 'failure 1 of 3', needsProbe: false });
    expect(key.cooldown.until).toBe(NOW + 2_000);
    expect(countDoubt(key, RULES, NOW + 2_000)).toEqual({ effect: 'failure 2 of 3', needsProbe: false });
    expect(key.cooldown.until).toBe(NOW + 4_000);
    expect(countDoubt(key, RULES, NOW + 4_000)).toEqual({
      effect: 'failure 3 of 3, is probed',
      needsProbe: true,
    });
    expect(key.cooldown.until).toBe(NOW + 8_000);
    countDoubt(key, RULES, NOW + 8_000);
    expect(key.cooldown.until).toBe(NOW + 16_000);
  });

  it('never disables it, however often it comes', () => {
    const key = keyState();
    for (let i = 0; i < 100; i++) countDoubt(key, RULES, NOW + i * HOUR_MS);
    expect(key).toMatchObject({ failures: 100, disabled: undefined });
  });

  it('asks for no probe of a key that is out already', () => {
    const key = keyState('a', { failures: 9, disabled: { by: 'manual', reason: 'mine' } });
    expect(countDoubt(key, RULES, NOW)).toEqual({ effect: 'failure 10 of 3', needsProbe: false });
    expect(key.disabled).toEqual({ by: 'manual', reason: 'mine' });
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
      cooldown: { until: 5, inARow: 2, probe: undefined },
      modelCooldowns: new Map([
        ['gpt-4o', { until: 5, inARow: 3, probe: undefined }],
        ['o3', { until: 5, inARow: 3, probe: undefined }],
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

describe('the description of a failure', () => {
  it('is status, code and message, cut at 300 characters', () => {
    const key = keyState();
    expect(describeFailure(key, 401, errorFacts('invalid_api_key', 'Incorrect'))).toBe(
      '401 invalid_api_key: Incorrect',
    );
    expect(describeFailure(key, 500, undefined)).toBe('500');
    expect(describeFailure(key, 500, { code: '', message: 'oops' })).toBe('500 oops');
    expect(describeFailure(key, 500, { code: 'oops', message: undefined })).toBe('500 oops');
    expect(describeFailure(key, 500, errorFacts('x', 'y'.repeat(9999)))).toHaveLength(300);
  });

  it('holds the hint where the upstream repeats the key, also across the cut', () => {
    const key = keyState();
    const text = `${'y'.repeat(290)} SECRET-a`;
    expect(describeFailure(key, 401, errorFacts('x', text))).not.toMatch(/SEC/);
    expect(describeFailure(key, 401, errorFacts('SECRET-a', 'no'))).toBe('401 sk-...a: no');
  });

  it('is left alone where the key is too short to be told from other text', () => {
    const short = { config: { ...keyState().config, secret: 'a' } };
    expect(describeFailure(short, 401, errorFacts('bad', 'a key'))).toBe('401 bad: a key');
  });
});

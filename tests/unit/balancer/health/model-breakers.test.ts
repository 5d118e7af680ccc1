import { describe, expect, it } from 'vitest';
import { ModelBreakers } from '../../../../lib/balancer/health/model-breakers';
import type { Pool } from '../../../../lib/balancer/pool/pool';
import type { Outcome } from '../../../../lib/balancer/attempts/verdict';
import {
  answered,
  EventLog,
  poolOf,
  run,
  says,
  settle,
  shortageOf,
  START_MS as NOW,
  take,
  TestClock,
} from '../support';

const OK = answered(200);
const OVERLOADED = says('provider', { status: 503, isModelOnly: true, message: 'The model is overloaded' });

function fail(
  pool: Pool,
  times: number,
  model = 'gpt-4o',
  outcome: Outcome = OVERLOADED,
  witness?: object,
): void {
  for (let i = 0; i < times; i++) {
    settle(pool, take(pool, NOW, { model, witness: witness ?? {} }), outcome, NOW);
  }
}

/** A pool whose model gpt-4o rests until NOW + 1 s. */
function restingPool(events = new EventLog()): Pool {
  const pool = poolOf('ab', { maxFailures: 1 }, events);
  fail(pool, 8);
  return pool;
}

describe('a model that a provider fails for', () => {
  it('rests with the eighth failure, for it alone: the provider’s other models go on', () => {
    const events = new EventLog();
    const pool = poolOf('ab', { maxFailures: 1 }, events);
    fail(pool, 7);
    take(pool, NOW).release();
    expect(pool.restReasonOf('gpt-4o')).toBeUndefined();
    fail(pool, 1);
    expect(shortageOf(pool, NOW)).toEqual({ reason: 'model_resting', retryAfterMs: 1_000 });
    expect(pool.restReasonOf('gpt-4o')).toBe('model_unavailable 503');
    expect(pool.restReasonOf('gpt-4o-mini')).toBeUndefined();
    expect(take(pool, NOW, { model: 'gpt-4o-mini' }).modelProbe).toBeUndefined();
    expect(pool.breaker.state).toBe('closed');
    expect(events.breakerStates).toEqual([]);
  });

  it('costs no key anything', () => {
    const pool = restingPool();
    for (const key of pool.keys) {
      expect(key).toMatchObject({ failures: 0, disabled: undefined, modelCooldowns: undefined });
      expect(key.cooldown.until).toBe(0);
    }
  });

  it('does not rest for two requests, however many attempts they make', () => {
    const pool = poolOf('ab');
    fail(pool, 20, 'gpt-4o', OVERLOADED, {});
    fail(pool, 20, 'gpt-4o', OVERLOADED, {});
    take(pool, NOW).release();
    fail(pool, 1);
    expect(shortageOf(pool, NOW).reason).toBe('model_resting');
  });

  it('is counted by itself: failures of the provider, and of other models, are others', () => {
    const pool = poolOf('ab');
    fail(pool, 7);
    fail(pool, 7, 'other');
    fail(pool, 7, 'gpt-4o', answered(503));
    take(pool, NOW).release();
    expect(pool.breaker.state).toBe('closed');
    fail(pool, 1, 'gpt-4o', answered(503));
    expect(pool.breaker.state).toBe('open');
  });

  it('is forgiven with an answer', () => {
    const pool = poolOf('ab');
    fail(pool, 7);
    settle(pool, take(pool, NOW), OK, NOW);
    fail(pool, 7);
    take(pool, NOW).release();
    expect(pool.restReasonOf('gpt-4o')).toBeUndefined();
  });

  it('serves again after one request has found that it does', () => {
    const pool = restingPool();
    const probe = take(pool, NOW + 1_000);
    expect(probe.modelProbe).toBeDefined();
    expect(probe.probe).toBeUndefined();
    expect(shortageOf(pool, NOW + 1_000)).toEqual({ reason: 'model_resting', retryAfterMs: 4_000 });
    settle(pool, probe, OK, NOW + 1_500);
    expect(take(pool, NOW + 1_500).modelProbe).toBeUndefined();
    expect(pool.restReasonOf('gpt-4o')).toBeUndefined();
  });

  it('rests for longer with each failed probe', () => {
    const pool = restingPool();
    settle(pool, take(pool, NOW + 1_000), OVERLOADED, NOW + 1_000);
    expect(shortageOf(pool, NOW + 1_000)).toEqual({ reason: 'model_resting', retryAfterMs: 1_500 });
    settle(pool, take(pool, NOW + 2_500), OVERLOADED, NOW + 2_500);
    expect(shortageOf(pool, NOW + 2_500)).toEqual({ reason: 'model_resting', retryAfterMs: 1_500 });
  });

  it.each<[string, Outcome]>([
    ['a rate limit', answered(429)],
    ['a refusal of the request', answered(400)],
    ['a client that left', { kind: 'client_closed' }],
    ['a failure of the provider', answered(500)],
  ])('is probed again at once when its probe ends with %s', (_title, outcome) => {
    const pool = restingPool();
    settle(pool, take(pool, NOW + 1_000), outcome, NOW + 1_000);
    expect(take(pool, NOW + 1_000).modelProbe).toBeDefined();
  });

  it('goes on resting when a request from before answers late', () => {
    const pool = poolOf('ab');
    const late = take(pool, NOW);
    fail(pool, 8);
    settle(pool, late, OK, NOW);
    expect(shortageOf(pool, NOW).reason).toBe('model_resting');
  });

  it('gives way to a fallback provider, and the trace says why', async () => {
    const { result, transport } = await run([restingPool(), poolOf('x', { provider: 'spare' })], [OK]);
    expect(transport.providers).toEqual(['spare']);
    expect(result.trace.skippedProviders).toEqual([
      { provider: 'openai', reason: 'model_resting', retryAfterMs: 1_000 },
    ]);
  });

  it('is what an overloaded model comes to by the requests of clients', async () => {
    const pool = poolOf('ab', { maxRetries: 3 });
    const clock = new TestClock();
    for (let i = 0; i < 2; i++) await run(pool, () => OVERLOADED, {}, clock);
    take(pool, clock.now()).release();
    await run(pool, () => OVERLOADED, {}, clock);
    expect(shortageOf(pool, clock.now()).reason).toBe('model_resting');
  });
});

it('a confirmation does not get past the rest of its model', () => {
  expect(shortageOf(restingPool(), NOW, { isConfirming: true }).reason).toBe('model_resting');
});

describe('the breakers of models', () => {
  const failing = (breakers: ModelBreakers, model: string, times = 8): void => {
    for (let i = 0; i < times; i++) breakers.failure(model, undefined, 'overloaded', {}, NOW);
  };

  it('know nothing of a model that has not failed', () => {
    const breakers = new ModelBreakers();
    expect(breakers.waitMs('x', NOW)).toBe(0);
    expect(breakers.admit('x', NOW)).toBe('pass');
    expect(breakers.reasonOf('x')).toBeUndefined();
    breakers.success('x', undefined);
    breakers.undecided('x', undefined);
    expect(breakers.admit('x', NOW)).toBe('pass');
  });

  it('tell how long a model rests, and why', () => {
    const breakers = new ModelBreakers();
    failing(breakers, 'x');
    expect([breakers.waitMs('x', NOW), breakers.waitMs('x', NOW + 400)]).toEqual([1_000, 600]);
    expect(breakers.reasonOf('x')).toBe('overloaded');
    expect(breakers.admit('x', NOW)).toBe('refused');
    expect(breakers.admit('y', NOW)).toBe('pass');
  });

  it('are kept for a hundred models at most, however many names clients make up', () => {
    const breakers = new ModelBreakers();
    for (let i = 0; i < 100; i++) failing(breakers, `m${i}`);
    expect(breakers.waitMs('m0', NOW)).toBe(1_000);
    failing(breakers, 'm0');
    expect(breakers.waitMs('m99', NOW)).toBe(1_000);
    failing(breakers, 'one more');
    expect(breakers.waitMs('one more', NOW)).toBe(1_000);
    expect(breakers.waitMs('m0', NOW)).toBe(0);
    expect(breakers.waitMs('m99', NOW)).toBe(1_000);
  });

  it('stay for a model that rests while clients make names up that fail once each', () => {
    const breakers = new ModelBreakers();
    failing(breakers, 'resting');
    for (let i = 0; i < 300; i++) failing(breakers, `m${i}`, 1);
    expect(breakers.waitMs('resting', NOW)).toBe(1_000);
  });

  it('are not kept for models that serve again', () => {
    const breakers = new ModelBreakers();
    failing(breakers, 'resting');
    for (let i = 0; i < 300; i++) {
      failing(breakers, `m${i}`, 1);
      breakers.success(`m${i}`, undefined);
    }
    expect(breakers.waitMs('resting', NOW)).toBe(1_000);
  });
});

it('the models that rest are told with their reason', () => {
  const pool = restingPool();
  fail(pool, 1, 'other');
  expect(pool.restingModels).toEqual([
    { model: 'gpt-4o', since: NOW, lastAt: NOW, reason: 'model_unavailable 503' },
  ]);
  expect([pool.restReasonOf('gpt-4o'), pool.restReasonOf('other')]).toEqual([
    'model_unavailable 503',
    undefined,
  ]);
});

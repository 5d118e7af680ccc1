import { describe, expect, it, vi } from 'vitest';
import { Egresses } from '../../../lib/balancer/egress/egresses';
import { SILENT } from '../../../lib/balancer/events';
import { newKeyState, type SavedKeyState } from '../../../lib/balancer/pool/key-state';
import { Pool } from '../../../lib/balancer/pool/pool';
import type { AttemptTrace } from '../../../lib/balancer/attempts/trace';
import type { RequestRecord } from '../../../lib/gateway/record/record';
import { Metrics } from '../../../lib/metrics/metrics';
import { parsePrometheus, sumOf } from '../../support/prometheus';
import { keyConfig, keyState, poolConfig, SeededRandom, START_MS, take } from '../balancer/support';

const SECRET = 'sk-secret-0123456789';

function attempt(more: Partial<AttemptTrace> = {}): AttemptTrace {
  const story = { policy: 'round_robin', keys: 1, candidates: 1, skipped: [], skippedMore: 0 };
  const times = { startMs: 0, durationMs: 10 };
  return { provider: 'a', keyId: SECRET, keyHint: SECRET, ...story, ...times, verdict: 'success', ...more };
}

function record(more: Partial<RequestRecord> = {}): RequestRecord {
  return {
    at: START_MS,
    requestId: SECRET,
    method: 'POST',
    endpoint: '/chat/completions',
    model: 'gpt-test',
    isStream: false,
    provider: 'a',
    tokenHint: SECRET,
    status: 200,
    outcome: 'success',
    errorMessage: SECRET,
    trace: { attempts: [attempt()], skippedProviders: [] },
    firstByteMs: 40,
    durationMs: 400,
    usage: {
      promptTokens: 5,
      cachedTokens: 4,
      completionTokens: 3,
      reasoningTokens: 0,
      totalTokens: 8,
    },
    requestBytes: 1,
    responseBytes: 1,
    upstreamBodies: new Map([[0, SECRET]]),
    requestBody: Buffer.from(SECRET),
    ...more,
  };
}

const read = async (metrics: Metrics) => parsePrometheus(await metrics.render());

describe('finished requests', () => {
  it('that name an object are counted by where its owner was found, and others are not', async () => {
    const metrics = new Metrics();
    const recorder = metrics.counting({ record: () => undefined });
    for (const ownerLookup of ['memory', 'memory', 'unknown', undefined] as const) {
      recorder.record(record({ ownerLookup }));
    }
    const text = await metrics.render();
    expect(text).toContain('openai_balance_owner_lookups_total{result="memory"} 2');
    expect(text).toContain('openai_balance_owner_lookups_total{result="unknown"} 1');
    expect(text).not.toContain('result="undefined"');
  });

  it('are counted by provider, model, endpoint and class of status, and passed on to the recorder', async () => {
    const metrics = new Metrics();
    const passedOn = vi.fn();
    const recorder = metrics.counting({ record: passedOn });
    const requests = [
      record(),
      record(),
      record({ status: 429, outcome: 'all_keys_cooling', usage: undefined, firstByteMs: undefined }),
      record({ status: 503, provider: 'b', outcome: 'no_key_available', usage: undefined }),
      record({
        status: 401,
        provider: undefined,
        model: undefined,
        endpoint: '/x/y',
        outcome: 'missing_token',
      }),
    ];
    for (const request of requests) recorder.record(request);
    expect(passedOn.mock.calls.map(([request]) => request as unknown)).toEqual(requests);

    const seen = await read(metrics);
    const name = 'openai_balance_requests_total';
    const own = { provider: 'a', model: 'gpt-test', endpoint: 'chat/completions' };
    expect(sumOf(seen, name, { ...own, status: '2xx' })).toBe(2);
    expect(sumOf(seen, name, { ...own, status: '429' })).toBe(1);
    expect(sumOf(seen, name, { ...own, provider: 'b', status: '5xx' })).toBe(1);
    expect(sumOf(seen, name, { provider: '', model: '', endpoint: 'other', status: '4xx' })).toBe(1);
    expect(sumOf(seen, name)).toBe(requests.length);
    const histograms = ['openai_balance_request_duration_seconds', 'openai_balance_first_byte_seconds'];
    const counts = histograms.map((histogram) =>
      (seen.get(histogram)?.samples ?? [])
        .filter((sample) => sample.name.endsWith('_count'))
        .reduce((sum, sample) => sum + sample.value, 0),
    );
    expect(counts).toEqual([5, 4]);
  });

  it('add up their tokens by type', async () => {
    const metrics = new Metrics();
    const recorder = metrics.counting({ record: () => undefined });
    for (let request = 0; request < 3; request += 1) recorder.record(record());
    const seen = await read(metrics);
    const of = (type: string) => sumOf(seen, 'openai_balance_tokens_total', { provider: 'a', type });
    expect(['prompt', 'cached', 'completion', 'reasoning'].map(of)).toEqual([15, 12, 9, 0]);
  });

  it('count every attempt by its verdict, at the provider that it went to', async () => {
    const metrics = new Metrics();
    const attempts = [
      attempt({ verdict: 'rate_limited' }),
      attempt({ verdict: 'key_rejected' }),
      attempt({ provider: 'b' }),
    ];
    metrics
      .counting({ record: () => undefined })
      .record(record({ trace: { attempts, skippedProviders: [] } }));
    const seen = await read(metrics);
    const of = (provider: string, verdict: string) =>
      sumOf(seen, 'openai_balance_attempts_total', { provider, verdict });
    expect([of('a', 'rate_limited'), of('a', 'key_rejected'), of('b', 'success')]).toEqual([1, 1, 1]);
    expect(sumOf(seen, 'openai_balance_attempts_total')).toBe(3);
  });

  it('count requests that were sent with a second key, by how that ended', async () => {
    const metrics = new Metrics();
    const attempts = [attempt({ verdict: 'outrun' }), attempt({ verdict: 'success', isHedge: true })];
    metrics
      .counting({ record: () => undefined })
      .record(record({ trace: { attempts, skippedProviders: [] } }));
    const seen = await read(metrics);
    expect(sumOf(seen, 'openai_balance_hedges_total', { provider: 'a', verdict: 'success' })).toBe(1);
    expect(sumOf(seen, 'openai_balance_hedges_total')).toBe(1);
  });

  it('tell how long requests waited for a key, and how that ended', async () => {
    const metrics = new Metrics();
    const wait = {
      provider: 'a',
      reason: 'all_cooling',
      startMs: 0,
      durationMs: 3_000,
      end: 'served',
    } as const;
    metrics
      .counting({ record: () => undefined })
      .record(record({ trace: { attempts: [attempt()], skippedProviders: [], waits: [wait] } }));
    const sum = (await read(metrics)).get('openai_balance_wait_seconds')?.samples ?? [];
    expect(sum.find(({ name }) => name.endsWith('_sum'))).toMatchObject({
      labels: { provider: 'a', end: 'served' },
      value: 3,
    });
  });

  it('put nothing secret into the answer, and strange names of models do not break it', async () => {
    const metrics = new Metrics();
    const recorder = metrics.counting({ record: () => undefined });
    const strange = 'a"b\\c\nd{e="f"} 1';
    recorder.record(record({ model: strange }));
    expect(await metrics.render()).not.toContain(SECRET);
    expect(sumOf(await read(metrics), 'openai_balance_requests_total', { model: strange })).toBe(1);
  });
});

describe('the state of this moment', () => {
  const fresh: SavedKeyState = {
    disabled: undefined,
    failures: 0,
    cooldownUntil: 0,
    modelCooldowns: {},
    requestCount: 0,
    errorCount: 0,
    lastUsedAt: undefined,
    lastErrorAt: undefined,
    lastErrorStatus: undefined,
  };
  const saved: Record<string, Partial<SavedKeyState>> = {
    well: {},
    rests: { cooldownUntil: START_MS + 1_000 },
    'rests for a model': { modelCooldowns: { 'gpt-test': START_MS + 1_000 } },
    'has rested': { cooldownUntil: START_MS - 1, modelCooldowns: { 'gpt-test': START_MS - 1 } },
    'taken out': { disabled: { by: 'auto', reason: SECRET } },
    'taken out by hand': { disabled: { by: 'manual', reason: SECRET } },
  };

  it('tells keys by state, proxies by state, breakers, what is in flight and what became of log rows', async () => {
    const metrics = new Metrics();
    const random = new SeededRandom();
    const events = metrics.countingEvents(SILENT);
    const egresses = new Egresses(random, events);
    egresses.configure(
      ['p1', 'p2', 'p3'].map((egressId) => ({ egressId, url: `http://${SECRET}@h`, hint: SECRET })),
      () => undefined,
    );
    egresses.setDisabled('p1', SECRET);
    egresses.blame(egresses.get('p2')!, SECRET, START_MS);
    const pool = new Pool(poolConfig({ provider: 'a' }), random, events, egresses);
    pool.setKeys(
      Object.keys(saved).map((keyId) => keyConfig(keyId)),
      (keyId) => ({ ...fresh, ...saved[keyId] }),
    );
    take(pool, START_MS, { model: 'x' });
    metrics.watch({
      now: () => START_MS,
      inFlight: () => 7,
      waiting: () => 3,
      pools: () => [pool],
      egresses: () => egresses.states,
      logStats: () => ({ queued: 3, written: 20, dropped: 5, lastError: undefined }),
    });

    const seen = await read(metrics);
    const keys = (state: string) => sumOf(seen, 'openai_balance_keys', { provider: 'a', state });
    const states = ['available', 'cooling', 'cooling_model', 'disabled_auto', 'disabled_manual'];
    expect(states.map(keys)).toEqual([2, 1, 1, 1, 1]);
    const proxies = (state: string) => sumOf(seen, 'openai_balance_proxies', { state });
    expect(['available', 'resting', 'disabled_manual', 'disabled_auto'].map(proxies)).toEqual([1, 1, 1, 0]);
    const breaker = (state: string) =>
      sumOf(seen, 'openai_balance_provider_breaker', { provider: 'a', state });
    expect(['closed', 'open', 'half_open'].map(breaker)).toEqual([1, 0, 0]);
    expect(sumOf(seen, 'openai_balance_requests_in_flight')).toBe(7);
    expect(sumOf(seen, 'openai_balance_requests_waiting')).toBe(3);
    expect(sumOf(seen, 'openai_balance_attempts_in_flight', { provider: 'a' })).toBe(1);
    expect(sumOf(seen, 'openai_balance_log_rows_queued')).toBe(3);
    expect(sumOf(seen, 'openai_balance_log_rows_total', { result: 'dropped' })).toBe(5);
    expect(sumOf(seen, 'openai_balance_log_rows_total', { result: 'written' })).toBe(20);
    expect(sumOf(seen, 'openai_balance_proxy_breaker_openings_total')).toBe(1);
    expect(seen.get('nodejs_eventloop_lag_p99_seconds')).toBeDefined();
    expect(await metrics.render()).not.toContain(SECRET);
  });

  it('forgets a provider that is gone', async () => {
    const metrics = new Metrics();
    const random = new SeededRandom();
    const egresses = new Egresses(random, SILENT);
    const pool = new Pool(poolConfig({ provider: 'a' }), random, SILENT, egresses);
    const pools = [pool];
    metrics.watch({
      now: () => START_MS,
      inFlight: () => 0,
      waiting: () => 0,
      pools: () => pools,
      egresses: () => [],
      logStats: () => ({ queued: 0, written: 0, dropped: 0, lastError: undefined }),
    });
    expect(await metrics.render()).toContain('provider="a"');
    pools.pop();
    expect(await metrics.render()).not.toContain('provider="a"');
  });
});

it('events are counted and passed on; mere use of a key is not counted', async () => {
  const metrics = new Metrics();
  const passedOn = vi.fn();
  const events = metrics.countingEvents({ ...SILENT, keyChanged: passedOn, sharedCause: passedOn });
  const key = { ...keyState(), ...newKeyState(keyConfig(SECRET)) };
  events.keyChanged('a', key, 'used');
  events.keyChanged('a', key, 'disabled');
  events.breakerChanged('a', { state: 'open', cause: 'failures', reason: SECRET, openUntil: START_MS });
  events.breakerChanged('a', { state: 'closed', cause: undefined, reason: undefined, openUntil: undefined });
  events.sharedCause('a', SECRET, [key], undefined);
  expect(passedOn).toHaveBeenCalledTimes(3);
  const seen = await read(metrics);
  expect(sumOf(seen, 'openai_balance_key_changes_total')).toBe(1);
  expect(sumOf(seen, 'openai_balance_provider_breaker_openings_total', { provider: 'a' })).toBe(1);
  expect(sumOf(seen, 'openai_balance_shared_causes_total', { culprit: 'provider' })).toBe(1);
  expect(await metrics.render()).not.toContain(SECRET);
});

it('how instances share is told as it is at the moment', async () => {
  const metrics = new Metrics();
  let state: 'shared' | 'local' = 'shared';
  const messages = { sent: 5, received: 7, dropped: 0 };
  metrics.watchSharing(() => ({ state, stateMs: 1_500, instances: 3, messages }));
  const sharing = async (labels: Record<string, string>) =>
    sumOf(await read(metrics), 'openai_balance_sharing', labels);
  expect([await sharing({ state: 'shared' }), await sharing({ state: 'local' })]).toEqual([1, 0]);
  state = 'local';
  messages.dropped = 2;
  expect([await sharing({ state: 'shared' }), await sharing({ state: 'local' })]).toEqual([0, 1]);
  const told = await read(metrics);
  expect(sumOf(told, 'openai_balance_instances')).toBe(3);
  expect(sumOf(told, 'openai_balance_sharing_state_seconds')).toBe(1.5);
  for (const [result, count] of Object.entries({ sent: 5, received: 7, dropped: 2 })) {
    expect(sumOf(told, 'openai_balance_sharing_messages_total', { result }), result).toBe(count);
  }
});

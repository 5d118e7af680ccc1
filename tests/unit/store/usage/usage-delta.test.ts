import { describe, expect, it } from 'vitest';
import {
  mergeUsage,
  usageOf,
  usageOfRequest,
  type FinishedTrace,
} from '../../../../lib/store/usage/usage-delta';

const request = {
  at: 125_000,
  provider: null,
  keyId: null,
  model: null,
  status: 200,
  outcome: 'success',
  durationMs: 250,
  ttfbMs: null,
  promptTokens: null,
  cachedTokens: null,
  completionTokens: null,
  costNano: null,
};

describe('usage of a request', () => {
  it('belongs to its minute, with empty names for what the request did not reach', () => {
    expect(usageOf(request)).toMatchObject({
      resolution: 'minute',
      bucketStart: 120_000,
      provider: '',
      keyId: '',
      model: '',
    });
  });

  it('counts its latency in exactly one counter, and a bound in the lower of its two', () => {
    const classes = [0, 10, 11, 1_000, 120_000, 120_001].map(
      (durationMs) => usageOf({ ...request, durationMs }).latency,
    );
    expect(classes.map((counts) => counts.indexOf(1))).toEqual([0, 0, 1, 5, 11, 12]);
    expect(classes.every((counts) => counts.length === 13 && counts.reduce((a, b) => a + b) === 1)).toBe(
      true,
    );
  });

  it('has of a WebSocket the time until it was open as its latency', () => {
    const usage = usageOf({ ...request, status: 101, ttfbMs: 180, durationMs: 390_000 });
    expect(usage).toMatchObject({ durationMsSum: 180, latencyMinMs: 180, latencyMaxMs: 180 });
    expect(usage.latency.indexOf(1)).toBe(3);
  });

  it('cuts a model name at 191 characters', () => {
    expect(usageOf({ ...request, model: 'x'.repeat(300) }).model).toHaveLength(191);
  });

  it('is summed up bucket by bucket', () => {
    const [a, b] = [
      usageOf({ ...request, model: 'a' }),
      usageOf({ ...request, model: 'b', ttfbMs: 5, promptTokens: 7 }),
    ];
    const merged = mergeUsage([b, a, b]);
    expect(merged.map((delta) => [delta.model, delta.requests, delta.ttfbCount, delta.promptTokens])).toEqual(
      [
        ['a', 1, 0, 0],
        ['b', 2, 2, 14],
      ],
    );
  });
});

describe('attempts of a request', () => {
  const at = (provider: string, keyId: string, verdict: string) => ({ provider, keyId, verdict });
  const counts = (...attempts: ReturnType<typeof at>[]) => {
    const last = attempts.at(-1);
    const deltas = usageOfRequest({ ...request, provider: last?.provider ?? null }, last?.keyId ?? null, {
      attempts,
    });
    return mergeUsage(deltas.filter(({ resolution }) => resolution !== 'att_min')).map((delta) => [
      delta.resolution,
      delta.provider,
      delta.keyId,
      delta.requests,
      delta.attempts,
      delta.failedAttempts,
    ]);
  };

  it('count each where it was made, while the request counts where it ended', () => {
    expect(
      counts(
        at('a', 'a1', 'upstream_error'),
        at('a', 'a2', 'rate_limited'),
        at('b', 'b1', 'key_rejected'),
        at('b', 'b2', 'success'),
      ),
    ).toEqual([
      ['key_min', 'a', 'a1', 0, 1, 1],
      ['key_min', 'a', 'a2', 0, 1, 1],
      ['key_min', 'b', 'b1', 0, 1, 1],
      ['key_min', 'b', 'b2', 1, 1, 0],
      ['minute', 'a', '', 0, 2, 2],
      ['minute', 'b', '', 1, 2, 1],
    ]);
  });

  it('count under the name that the model has where they were made', () => {
    const named = (model: string | undefined, provider: string, verdict: string) => ({
      ...at(provider, `${provider}1`, verdict),
      model,
    });
    const deltas = usageOfRequest(
      { ...request, provider: 'a', model: 'large', modelAsked: 'fast' },
      'a1',
      {
        attempts: [
          named(undefined, 'b', 'model_denied'),
          named('small', 'a', 'rate_limited'),
          named('large', 'a', 'success'),
        ],
      },
      (model) => model,
    );
    const counted = mergeUsage(deltas.filter(({ resolution }) => resolution !== 'att_min')).map((delta) => [
      delta.resolution,
      delta.provider,
      delta.model,
      delta.requests,
      delta.attempts,
      delta.failedAttempts,
    ]);
    expect(counted).toEqual([
      ['key_min', 'a', 'large', 1, 1, 0],
      ['key_min', 'a', 'small', 0, 1, 1],
      ['key_min', 'b', 'fast', 0, 1, 1],
      ['minute', 'a', 'large', 1, 1, 0],
      ['minute', 'a', 'small', 0, 1, 1],
      ['minute', 'b', 'fast', 0, 1, 1],
    ]);
  });

  it('are not failed where the client’s doing ended them', () => {
    expect(counts(at('a', 'a1', 'client_error'))).toContainEqual(['minute', 'a', '', 1, 1, 0]);
    expect(counts(at('a', 'a1', 'client_closed'))).toContainEqual(['minute', 'a', '', 1, 1, 0]);
    expect(counts(at('a', 'a1', 'cut'))).toContainEqual(['minute', 'a', '', 1, 1, 1]);
  });

  it('are none where no provider was asked', () => {
    expect(counts()).toEqual([['minute', '', '', 1, 0, 0]]);
  });
});

describe('a request that the gateway has saved', () => {
  const attempt = (keyId: string, verdict: string) => ({ provider: 'p', keyId, verdict });
  const success = attempt('k2', 'success');
  const skipped = (reason: string) => ({ attempts: [success], skippedProviders: [{ reason }] });
  const waited = (end: string) => ({ attempts: [success], waits: [{ end }] });
  const rescuedOf = (trace: FinishedTrace, given: Partial<typeof request> = {}) =>
    usageOfRequest(
      { ...request, provider: 'p', status: 200, outcome: 'success', ...given },
      'k2',
      trace,
      undefined,
      't',
    )
      .filter(({ requests }) => requests > 0)
      .map(({ resolution, rescued }) => [resolution, rescued]);
  const everywhere = (rescued: number) => [
    ['minute', rescued],
    ['key_min', rescued],
    ['att_min', rescued],
    ['tok_min', rescued],
  ];

  it.each<[string, FinishedTrace]>([
    ['whose first attempt failed', { attempts: [attempt('k1', 'rate'), success] }],
    ['whose own provider could not be asked', skipped('breaker_open')],
    ['that got a key after a wait', waited('served')],
  ])('is one %s, and it counts for all, its key and its token', (_what, trace) => {
    expect(rescuedOf(trace)).toEqual(everywhere(1));
  });

  it.each<[string, FinishedTrace]>([
    ['that was answered at once', { attempts: [success] }],
    ['with an attempt that another one outran', { attempts: [attempt('k1', 'outrun'), success] }],
    ['of a provider without keys, which is asked by nobody', skipped('no_keys')],
    ['that was waited for in vain', waited('shortage')],
  ])('is none %s', (_what, trace) => {
    expect(rescuedOf(trace)).toEqual(everywhere(0));
  });

  it.each([
    [429, 'rate'],
    [200, 'cut'],
    [400, 'client_error'],
  ])('is none that ended with %i and %s', (status, outcome) => {
    expect(rescuedOf({ attempts: [attempt('k1', 'rate'), success] }, { status, outcome })).toEqual(
      everywhere(0),
    );
  });

  it('is unknown in a bucket that began when it was not counted', () => {
    const [first] = usageOfRequest(request, null, { attempts: [] });
    expect(
      mergeUsage([
        { ...first!, rescued: null },
        { ...first!, rescued: 1 },
      ]).map(({ rescued }) => rescued),
    ).toEqual([null]);
    expect(mergeUsage([first!, { ...first!, rescued: 1 }]).map(({ rescued }) => rescued)).toEqual([1]);
  });
});

describe('a request by proxy and verdict', () => {
  const at = (egressId: string | undefined, verdict: string, provider = 'p') => ({
    ...{ provider, keyId: 'k', verdict },
    ...(egressId !== undefined && { egressId }),
  });
  const ended = (outcome: string, attempts: ReturnType<typeof at>[], status = 200) =>
    usageOfRequest(
      { ...request, outcome, status, provider: attempts.at(-1)?.provider ?? null },
      attempts.length === 0 ? null : 'k',
      { attempts },
      undefined,
      'client',
    );
  const counts = (...given: Parameters<typeof ended>) =>
    mergeUsage(ended(...given).filter(({ resolution }) => resolution === 'att_min')).map((delta) => [
      ...[delta.provider, delta.keyId, delta.token, delta.statusClass],
      ...[delta.requests, delta.attempts, delta.failedAttempts],
    ]);

  it('is one row where its only attempt is its end, and so it is for all, its key and its token', () => {
    const deltas = ended('success', [at('proxy', 'success')]);
    expect(deltas.map(({ resolution }) => resolution)).toEqual(['minute', 'key_min', 'att_min', 'tok_min']);
    expect(deltas.every(({ requests, attempts }) => requests === 1 && attempts === 1)).toBe(true);
    expect(counts('success', [at('proxy', 'success')])).toEqual([['p', 'proxy', 'success', '2xx', 1, 1, 0]]);
    expect(counts('success', [at(undefined, 'success')])).toEqual([
      ['p', 'direct', 'success', '2xx', 1, 1, 0],
    ]);
  });

  it('counts where it ended, and each attempt where it was made', () => {
    const attempts = [
      at('one', 'egress_unreachable'),
      at('two', 'rate_limited'),
      at('two', 'rate_limited'),
      at('one', 'upstream_error', 'q'),
      at(undefined, 'success'),
    ];
    expect(counts('success', attempts)).toEqual([
      ['p', 'direct', 'success', '2xx', 1, 1, 0],
      ['p', 'one', 'egress_unreachable', '', 0, 1, 1],
      ['p', 'two', 'rate_limited', '', 0, 2, 2],
      ['q', 'one', 'upstream_error', '', 0, 1, 1],
    ]);
    expect(counts('rate_limited', [at('one', 'rate_limited'), at('one', 'rate_limited')], 429)).toEqual([
      ['p', 'one', 'rate_limited', '429', 1, 2, 2],
    ]);
    expect(counts('rate_limited', [at('one', 'rate_limited'), at('two', 'rate_limited')], 429)).toEqual([
      ['p', 'one', 'rate_limited', '', 0, 1, 1],
      ['p', 'two', 'rate_limited', '429', 1, 1, 1],
    ]);
  });

  it('has the outcome of the log as its verdict, and its last attempt its own', () => {
    expect(counts('upstream_timeout', [at('one', 'timed_out')], 504)).toEqual([
      ['p', 'one', 'timed_out', '', 0, 1, 1],
      ['p', 'one', 'upstream_timeout', '5xx', 1, 0, 0],
    ]);
  });

  it('has its error as verdict and no proxy where no attempt was made, and counts once for its token', () => {
    expect(counts('model_not_allowed', [], 403)).toEqual([['', '', 'model_not_allowed', '4xx', 1, 0, 0]]);
    const kinds = ended('model_not_allowed', [], 403).map(({ resolution }) => resolution);
    expect(kinds).toEqual(['minute', 'att_min', 'tok_min']);
  });

  it('counts under the names that models count under, where it ended and where it was tried', () => {
    const deltas = usageOfRequest(
      { ...request, provider: 'p', model: 'large', modelAsked: 'fast' },
      'k',
      { attempts: [{ ...at('one', 'rate_limited'), model: 'small' }, at('one', 'success')] },
      (model) => `${model} as counted`,
    );
    const models = deltas.filter(({ resolution }) => resolution === 'att_min').map(({ model }) => model);
    expect(models).toEqual(['large as counted', 'small as counted', 'fast as counted']);
  });
});

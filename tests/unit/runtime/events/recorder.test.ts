import { describe, expect, it } from 'vitest';
import type { AttemptTrace } from '../../../../lib/balancer/attempts/trace';
import type { RequestRecord } from '../../../../lib/gateway/record/record';
import type { Logger } from '../../../../lib/process/logger';
import { createRecorder } from '../../../../lib/runtime/events/recorder';
import type { ErrorLogRow, RequestLogRow, UsageDelta } from '../../../../lib/store/rows';
import { NOW } from '../../inventory/support';

function attempt(more: Partial<AttemptTrace> = {}): AttemptTrace {
  return {
    provider: 'default',
    keyId: 'key-1',
    keyHint: 'sk-abc...wxyz',
    policy: 'round_robin',
    keys: 2,
    candidates: 2,
    skipped: [],
    skippedMore: 0,
    startMs: 0,
    durationMs: 10,
    verdict: 'success',
    status: 200,
    ...more,
  };
}

function record(more: Partial<RequestRecord> & { attempts?: AttemptTrace[] } = {}): RequestRecord {
  const { attempts = [attempt()], ...rest } = more;
  return {
    at: NOW + 61_234,
    requestId: 'req-1',
    method: 'POST',
    endpoint: '/chat/completions',
    model: 'gpt-test',
    isStream: true,
    provider: 'default',
    tokenHint: 'sk-cli...cdef',
    status: 200,
    outcome: 'success',
    errorMessage: undefined,
    trace: { attempts, skippedProviders: [] },
    firstByteMs: 40,
    durationMs: 400,
    usage: {
      promptTokens: 5,
      cachedTokens: 4,
      completionTokens: 3,
      reasoningTokens: 2,
      totalTokens: 8,
    },
    costNano: 1_500,
    requestBytes: 11,
    responseBytes: 22,
    upstreamBodies: new Map(),
    requestBody: Buffer.from('{"secret": "what people wrote"}'),
    ...rest,
  };
}

/** What the recorder writes for a request. */
function recorded(request: RequestRecord, mayKeepRequestBody = false) {
  const requests: RequestLogRow[] = [];
  const errors: ErrorLogRow[] = [];
  const usage: UsageDelta[] = [];
  const lines: { level: string; line: Record<string, unknown> }[] = [];
  const write = (level: string) => (line: Record<string, unknown>) => void lines.push({ level, line });
  let ids = 0;
  createRecorder({
    writer: {
      request: (row) => void requests.push(row),
      error: (row) => void errors.push(row),
      usage: (delta) => void usage.push(delta),
    },
    logger: { info: write('info'), warn: write('warn') } as unknown as Logger,
    newId: () => `id-${(ids += 1)}`,
    mayKeepRequestBody: () => mayKeepRequestBody,
  }).record(request);
  expect(requests).toHaveLength(1);
  // Once for all keys together, once for its own, if it had one, and once for its proxy.
  const counted = usage.filter((delta) => delta.requests > 0);
  expect(counted.map(({ resolution, keyId }) => [resolution, keyId])).toEqual([
    ['minute', ''],
    ...(requests[0]?.keyId ? [['key_min', requests[0].keyId]] : []),
    ['att_min', requests[0]?.egressId ?? (request.trace.attempts.length === 0 ? '' : 'direct')],
  ]);
  const total = counted[0];
  expect(lines).toHaveLength(1);
  return { request: requests[0]!, errors, usage: total!, line: lines[0]!.line, level: lines[0]!.level };
}

describe('a request that succeeded', () => {
  it('becomes one row with all that is known of it, and no error row', () => {
    const request = record();
    const { request: row, errors } = recorded(request);
    expect(row).toEqual({
      id: 'id-1',
      at: NOW + 61_234,
      requestId: 'req-1',
      method: 'POST',
      endpoint: '/chat/completions',
      model: 'gpt-test',
      isStream: true,
      provider: 'default',
      keyId: 'key-1',
      keyHint: 'sk-abc...wxyz',
      egressId: null,
      token: 'sk-cli...cdef',
      status: 200,
      outcome: 'success',
      errorCode: null,
      errorMessage: null,
      attemptCount: 1,
      attempts: JSON.stringify(request.trace),
      ttfbMs: 40,
      durationMs: 400,
      promptTokens: 5,
      cachedTokens: 4,
      completionTokens: 3,
      reasoningTokens: 2,
      costNano: 1_500,
      requestBytes: 11,
      responseBytes: 22,
      upstreamId: null,
      modelAsked: null,
      route: null,
    });
    expect(errors).toEqual([]);
  });

  it('counts in the bucket of its minute', () => {
    expect(recorded(record()).usage).toEqual({
      resolution: 'minute',
      bucketStart: NOW + 60_000,
      provider: 'default',
      keyId: '',
      model: 'gpt-test',
      statusClass: '2xx',
      token: '',
      requests: 1,
      attempts: 1,
      failedAttempts: 0,
      promptTokens: 5,
      cachedTokens: 4,
      completionTokens: 3,
      costNano: 1_500,
      unpriced: 0,
      durationMsSum: 400,
      ttfbMsSum: 40,
      ttfbCount: 1,
      latency: [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
      latencyMinMs: 400,
      latencyMaxMs: 400,
      rescued: 0,
    });
  });

  it('names the key that answered and has an error row for each one before it', () => {
    const attempts = [
      attempt({
        keyId: 'key-1',
        verdict: 'rate_limited',
        status: 429,
        error: 'slow down',
        startMs: 0,
        durationMs: 10,
      }),
      attempt({
        keyId: 'key-2',
        verdict: 'timed_out',
        error: 'no answer in time',
        startMs: 20,
        durationMs: 30,
      }),
      attempt({ keyId: 'key-3', startMs: 60 }),
    ];
    delete (attempts[1] as { status?: number }).status;
    const { request, errors } = recorded(record({ attempts, upstreamBodies: new Map([[0, '{"error":1}']]) }));
    expect(request).toMatchObject({ keyId: 'key-3', attemptCount: 3, errorCode: null });
    expect(errors).toMatchObject([
      {
        id: 'id-2',
        requestLogId: 'id-1',
        keyId: 'key-1',
        status: 429,
        verdict: 'rate_limited',
        message: 'slow down',
      },
      {
        id: 'id-3',
        requestLogId: 'id-1',
        keyId: 'key-2',
        status: null,
        verdict: 'timed_out',
        upstreamBody: null,
      },
    ]);
    expect(errors.map(({ at }) => at - request.at)).toEqual([10, 50]);
    expect(errors[0]?.upstreamBody).toBe('{"error":1}');
  });
});

describe('a request that failed', () => {
  it('without any attempt has one error row, told by the gateway itself', () => {
    const { request, errors } = recorded(
      record({ attempts: [], status: 503, outcome: 'no_key_available', errorMessage: 'There are no keys.' }),
    );
    expect(request).toMatchObject({ keyId: null, attemptCount: 0, errorCode: 'no_key_available' });
    expect(errors).toMatchObject([
      {
        verdict: 'no_key_available',
        status: 503,
        keyId: null,
        message: 'There are no keys.',
        upstreamBody: null,
      },
    ]);
  });

  it('with its last attempt has that one error row and no second one for the same thing', () => {
    const { errors } = recorded(
      record({
        attempts: [attempt({ verdict: 'upstream_error', status: 500, error: 'boom' })],
        status: 500,
        outcome: 'upstream_error',
        errorMessage: 'boom',
      }),
    );
    expect(errors).toMatchObject([{ verdict: 'upstream_error', status: 500, message: 'boom' }]);
  });

  it('after its commit has an error row although its attempt counts as a success', () => {
    const { errors, usage } = recorded(record({ outcome: 'cut', errorMessage: 'the upstream broke off' }));
    expect(errors).toMatchObject([{ verdict: 'cut', keyId: 'key-1', message: 'the upstream broke off' }]);
    expect(usage.statusClass).toBe('broken');
  });

  it('because the client left is nobody’s error', () => {
    const attempts = [attempt({ verdict: 'client_closed' })];
    const { errors, usage } = recorded(record({ attempts, status: 499, outcome: 'client_closed' }));
    expect(errors).toEqual([]);
    expect(usage.statusClass).toBe('499');
  });

  it('keeps at most 500 characters of the message in its row', () => {
    const { request } = recorded(
      record({ status: 400, outcome: 'client_error', errorMessage: 'x'.repeat(2_000) }),
    );
    expect(request.errorMessage).toHaveLength(500);
  });
});

it('keeps the request body of a failure only if that is allowed', () => {
  const failure = record({ attempts: [], status: 503, outcome: 'no_key_available' });
  expect(recorded(failure).errors[0]?.requestBody).toBeNull();
  expect(recorded(failure, true).errors[0]?.requestBody).toBe('{"secret": "what people wrote"}');
  expect(JSON.stringify(recorded(failure, true).line)).not.toContain('what people wrote');
});

it.each([
  [200, '2xx'],
  [404, '4xx'],
  [429, '429'],
  [499, '499'],
  [503, '5xx'],
])('counts status %i as %s', (status, statusClass) => {
  expect(recorded(record({ status })).usage.statusClass).toBe(statusClass);
});

it.each([
  [0, 0],
  [250, 3],
  [250.5, 4],
  [120_000, 11],
  [120_001, 12],
])('counts %d ms in latency class %i', (durationMs, index) => {
  const { latency } = recorded(record({ durationMs })).usage;
  expect(latency).toHaveLength(13);
  expect(latency.indexOf(1)).toBe(index);
  expect(latency.reduce((sum, count) => sum + count)).toBe(1);
});

it('counts what is unknown as nothing', () => {
  const unknown = record({
    attempts: [],
    provider: undefined,
    model: undefined,
    usage: undefined,
    firstByteMs: undefined,
  });
  expect(recorded(unknown).usage).toMatchObject({
    provider: '',
    keyId: '',
    model: '',
    promptTokens: 0,
    completionTokens: 0,
    ttfbMsSum: 0,
    ttfbCount: 0,
  });
});

it('writes one log line, a warning from status 500 on', () => {
  expect(recorded(record()).level).toBe('info');
  expect(recorded(record({ status: 429 })).level).toBe('info');
  expect(recorded(record({ status: 500 })).level).toBe('warn');
  expect(recorded(record({ outcome: 'stalled' })).level).toBe('warn');
  expect(recorded(record({ durationMs: 12.6 })).line).toEqual({
    requestId: 'req-1',
    method: 'POST',
    endpoint: '/chat/completions',
    model: 'gpt-test',
    provider: 'default',
    key: 'sk-abc...wxyz',
    status: 200,
    outcome: 'success',
    attempts: 1,
    durationMs: 13,
    ttfbMs: 40,
  });
});

it('has no cost, and one request of unknown price, where the price is not known', () => {
  const { request, usage } = recorded(record({ costNano: undefined }));
  expect(request.costNano).toBeNull();
  expect([usage?.costNano, usage?.unpriced]).toEqual([0, 1]);
  const { usage: ofRefused } = recorded(record({ costNano: undefined, usage: undefined }));
  expect([ofRefused?.costNano, ofRefused?.unpriced]).toEqual([0, 0]);
});

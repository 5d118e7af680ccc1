import { expect, it } from 'vitest';
import { RateMeter } from '../../../../lib/admin/live/rate-meter';

it('tells of the last minute, and forgets what is older', () => {
  let now = 1_000_000_000;
  const meter = new RateMeter(() => now);
  const request = {
    outcome: 'success',
    durationMs: 100,
    ttfbMs: null,
    promptTokens: 7,
    completionTokens: null,
  };
  for (let i = 0; i < 9; i++) meter.note({ ...request, status: 200 });
  meter.note({ ...request, status: 502, outcome: 'upstream_error' });
  meter.note({ ...request, status: 404, outcome: 'client_error' });
  now += 30_000;
  meter.note({ ...request, status: 200 });
  expect(meter.read(3, 2)).toMatchObject({
    requestsPerMinute: 12,
    tokensPerMinute: 84,
    successRate: 10 / 11,
    inFlight: 3,
    waiting: 2,
  });
  now += 30_000;
  expect(meter.read(0, 0)).toMatchObject({ requestsPerMinute: 1, successRate: 1 });
  now += 60_000;
  expect(meter.read(0, 0)).toMatchObject({ requestsPerMinute: 0, successRate: null, latencyP50Ms: null });
});

it('counts an answer that broke off after its head as failed', () => {
  const meter = new RateMeter(() => 1_000_000_000);
  const request = { status: 200, durationMs: 100, ttfbMs: null, promptTokens: null, completionTokens: null };
  for (const outcome of ['success', 'cut', 'stalled', 'shutting_down']) meter.note({ ...request, outcome });
  expect(meter.read(0, 0)).toMatchObject({ requestsPerMinute: 4, successRate: 0.25 });
});

it('tells no percentile outside of what was measured', () => {
  const meter = new RateMeter(() => 1_000_000_000);
  const request = {
    status: 200,
    outcome: 'success',
    ttfbMs: null,
    promptTokens: null,
    completionTokens: null,
  };
  for (const durationMs of [6_001, 6_002, 6_003]) meter.note({ ...request, durationMs });
  const { latencyP50Ms, latencyP95Ms } = meter.read(0, 0);
  expect(latencyP50Ms).toBeGreaterThanOrEqual(6_001);
  expect(latencyP95Ms).toBeLessThanOrEqual(6_003);
});

it('takes of a WebSocket how long it took to open, and not how long people talked', () => {
  const meter = new RateMeter(() => 1_000_000_000);
  const request = { outcome: 'success', durationMs: 390_000, promptTokens: null, completionTokens: null };
  meter.note({ ...request, status: 101, ttfbMs: 180 });
  expect(meter.minute()).toMatchObject({ minMs: 180, maxMs: 180 });
});

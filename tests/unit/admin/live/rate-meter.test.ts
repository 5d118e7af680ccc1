import { expect, it } from 'vitest';
import { RateMeter } from '../../../../lib/admin/live/rate-meter';

it('tells of the last minute, and forgets what is older', () => {
  let now = 1_000_000_000;
  const meter = new RateMeter(() => now);
  const request = { durationMs: 100, promptTokens: 7, completionTokens: null };
  for (let i = 0; i < 9; i++) meter.note({ ...request, status: 200 });
  meter.note({ ...request, status: 502 });
  meter.note({ ...request, status: 404 });
  now += 30_000;
  meter.note({ ...request, status: 200 });
  expect(meter.read(3)).toMatchObject({
    requestsPerMinute: 12,
    tokensPerMinute: 84,
    successRate: 10 / 11,
    inFlight: 3,
  });
  now += 30_000;
  expect(meter.read(0)).toMatchObject({ requestsPerMinute: 1, successRate: 1 });
  now += 60_000;
  expect(meter.read(0)).toMatchObject({ requestsPerMinute: 0, successRate: null, latencyP50Ms: null });
});

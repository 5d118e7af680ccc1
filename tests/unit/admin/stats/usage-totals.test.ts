import { expect, it } from 'vitest';
import { percentile, usageTotals } from '../../../../lib/admin/stats/usage-totals';

const row = (statusClass: string, requests: number, latency: number[] = []) => ({
  statusClass,
  requests,
  promptTokens: 10 * requests,
  cachedTokens: requests,
  completionTokens: 5 * requests,
  durationMsSum: 100 * requests,
  ttfbMsSum: 20 * requests,
  ttfbCount: requests,
  latency,
});

it('adds up by status, and leaves out of the success rate what is the client’s doing', () => {
  const totals = usageTotals([row('2xx', 8), row('429', 1), row('5xx', 1), row('4xx', 5), row('499', 3)]);
  expect(totals).toMatchObject({
    requests: 18,
    succeeded: 8,
    rateLimited: 1,
    serverErrors: 1,
    clientErrors: 5,
    cancelled: 3,
    successRate: 0.8,
    promptTokens: 180,
    latencyAverageMs: 100,
    ttfbAverageMs: 20,
  });
});

it('knows nothing about no requests', () => {
  expect(usageTotals([])).toMatchObject({
    requests: 0,
    successRate: null,
    latencyP50Ms: null,
    ttfbAverageMs: null,
  });
});

it('estimates percentiles within the counter where they lie', () => {
  expect(percentile([100], 0.5)).toBe(5);
  expect(percentile([50, 50], 0.5)).toBe(10);
  expect(percentile([50, 50], 0.95)).toBe(46);
  expect(percentile([...Array<number>(12).fill(0), 4], 0.5)).toBe(210_000);
});

import { expect, it } from 'vitest';
import { percentile } from '../../../../lib/admin/stats/percentile';
import { usageTotals } from '../../../../lib/admin/stats/usage-totals';
import { requestClass } from '../../../../lib/store/logs/request-class';
import { mergeUsage, usageOfRequest } from '../../../../lib/store/usage/usage-delta';
import { createDice } from '../../../support/dice';

const row = (statusClass: string, requests: number, latency: number[] = []) => ({
  statusClass,
  requests,
  attempts: 2 * requests,
  failedAttempts: requests,
  promptTokens: 10 * requests,
  cachedTokens: requests,
  completionTokens: 5 * requests,
  costNano: 2_000_000_000 * requests,
  unpriced: 0,
  durationMsSum: 100 * requests,
  ttfbMsSum: 20 * requests,
  ttfbCount: requests,
  latency,
  latencyMinMs: 100,
  latencyMaxMs: 100,
  rescued: 0 as number | null,
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

it('makes up all requests of succeeded, failed, client errors and cancelled ones, whatever they come to', () => {
  const dice = createDice(11);
  const statuses = [100, 200, 204, 206, 302, 400, 404, 413, 429, 431, 499, 500, 503, 529, 600, 999, 0];
  const outcomes = [
    'success',
    'cut',
    'stalled',
    'shutting_down',
    'own_trouble',
    'lost_in_sending',
    'client_error',
  ];
  for (let round = 0; round < 200; round++) {
    const requests = Array.from({ length: dice.below(30) }, () => ({
      at: dice.below(600_000),
      provider: dice.oneOf(['a', 'b', '']),
      model: null,
      status: dice.oneOf(statuses),
      outcome: dice.oneOf(outcomes),
      durationMs: dice.below(200_000),
      ttfbMs: null,
      promptTokens: null,
      cachedTokens: null,
      completionTokens: null,
      costNano: null,
    }));
    const attempts = requests.map(() =>
      Array.from({ length: dice.below(4) }, () => ({
        provider: dice.oneOf(['a', 'b']),
        keyId: dice.oneOf(['1', '2']),
        verdict: dice.oneOf(outcomes),
      })),
    );
    const deltas = requests.flatMap((request, index) =>
      usageOfRequest(request, null, { attempts: attempts[index] ?? [] }),
    );
    const totals = usageTotals(mergeUsage(deltas.filter(({ resolution }) => resolution === 'minute')));
    const times = requests.map(({ durationMs }) => durationMs);
    expect(totals.requests).toBe(requests.length);
    expect(totals.succeeded + totals.failed + totals.clientErrors + totals.cancelled).toBe(requests.length);
    expect(totals.rateLimited + totals.serverErrors + totals.broken).toBe(totals.failed);
    expect(totals.attempts).toBe(attempts.flat().length);
    expect(totals.failedAttempts).toBe(
      attempts.flat().filter(({ verdict }) => verdict !== 'success' && verdict !== 'client_error').length,
    );
    expect(totals.latencyMaxMs).toBe(times.length === 0 ? null : Math.max(...times));
    for (const value of [totals.latencyP50Ms, totals.latencyP95Ms]) {
      if (times.length === 0) expect(value).toBeNull();
      else {
        expect(value).toBeGreaterThanOrEqual(Math.min(...times));
        expect(value).toBeLessThanOrEqual(Math.max(...times));
      }
    }
  }
});

it.each([
  [200, 'success', '2xx'],
  [204, 'success', '2xx'],
  [200, 'cut', 'broken'],
  [200, 'stalled', 'broken'],
  [200, 'shutting_down', 'broken'],
  [206, 'upstream_error', 'broken'],
  [200, 'client_error', '4xx'],
  [404, 'provider_not_found', '4xx'],
  [429, 'all_keys_cooling', '429'],
  [499, 'client_closed', '499'],
  [502, 'lost_in_sending', '5xx'],
  [503, 'own_trouble', '5xx'],
])('a request of status %i and outcome %s is %s', (status, outcome, expected) => {
  expect(requestClass(status, outcome)).toBe(expected);
});

it('keeps the estimate of rows that do not know their longest', () => {
  const old = { ...row('2xx', 100, [100]), latencyMinMs: null, latencyMaxMs: null };
  expect(usageTotals([old, row('5xx', 1, [0, 0, 1])])).toMatchObject({ latencyP50Ms: 5, latencyMaxMs: null });
});

it('knows no cost where no price is known, and tells of how many that is so', () => {
  const unpriced = { ...row('2xx', 3), costNano: 0, unpriced: 3 };
  expect(usageTotals([unpriced])).toMatchObject({ costUsd: null, unpriced: 3 });
  expect(usageTotals([unpriced, row('2xx', 1)])).toMatchObject({ costUsd: 2, unpriced: 3 });
  expect(usageTotals([])).toMatchObject({ costUsd: 0, unpriced: 0 });
});

it('knows how many requests were saved where it was counted for all of them', () => {
  const old = { ...row('2xx', 3), rescued: null };
  expect(usageTotals([{ ...row('2xx', 3), rescued: 2 }, row('5xx', 1)]).rescued).toBe(2);
  expect(usageTotals([{ ...row('2xx', 3), rescued: 2 }, old]).rescued).toBeNull();
  expect(
    usageTotals([
      { ...row('2xx', 3), rescued: 2 },
      { ...old, requests: 0 },
    ]).rescued,
  ).toBe(2);
  expect(usageTotals([]).rescued).toBe(0);
});

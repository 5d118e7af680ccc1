import { LATENCY_BOUNDS_MS } from '../../store/latency';
import type { UsageCounts } from '../../store';
import type { UsageTotals } from '../contract/stats';

type Classed = UsageCounts & { readonly statusClass: string };

/** Where the last, open counter is taken to end. */
const LATENCY_END_MS = 300_000;

/** What the contract says about some requests, from their sums by status class. */
export function usageTotals(rows: readonly Classed[]): UsageTotals {
  const sum = (pick: (row: Classed) => number, of = rows): number =>
    of.reduce((total, row) => total + pick(row), 0);
  const requestsOf = (...classes: readonly string[]): number =>
    sum(
      (row) => row.requests,
      rows.filter((row) => classes.includes(row.statusClass)),
    );
  const succeeded = requestsOf('1xx', '2xx', '3xx');
  const rateLimited = requestsOf('429');
  const serverErrors = requestsOf('5xx');
  const requests = sum((row) => row.requests);
  const ttfbCount = sum((row) => row.ttfbCount);
  const latency = [...LATENCY_BOUNDS_MS, LATENCY_END_MS].map((_, index) =>
    sum((row) => row.latency[index] ?? 0),
  );
  return {
    requests,
    succeeded,
    rateLimited,
    clientErrors: requestsOf('4xx'),
    serverErrors,
    cancelled: requestsOf('499'),
    successRate: successRate(succeeded, rateLimited + serverErrors),
    promptTokens: sum((row) => row.promptTokens),
    cachedTokens: sum((row) => row.cachedTokens),
    completionTokens: sum((row) => row.completionTokens),
    latencyP50Ms: percentile(latency, 0.5),
    latencyP95Ms: percentile(latency, 0.95),
    latencyAverageMs: average(
      sum((row) => row.durationMsSum),
      requests,
    ),
    ttfbAverageMs: average(
      sum((row) => row.ttfbMsSum),
      ttfbCount,
    ),
  };
}

/** Not counting what is the client's doing; null if nothing else was asked. */
export function successRate(succeeded: number, failed: number): number | null {
  const counted = succeeded + failed;
  return counted === 0 ? null : succeeded / counted;
}

/** Estimated: within a counter the requests are taken to lie evenly. null without requests. */
export function percentile(counts: readonly number[], share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let left = total * share;
  let lower = 0;
  for (const [index, count] of counts.entries()) {
    const upper = LATENCY_BOUNDS_MS[index] ?? LATENCY_END_MS;
    if (count > 0 && left <= count) return Math.round(lower + ((upper - lower) * left) / count);
    left -= count;
    lower = upper;
  }
  return LATENCY_END_MS;
}

function average(sum: number, count: number): number | null {
  return count === 0 ? null : Math.round(sum / count);
}

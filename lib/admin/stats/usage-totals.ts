import { NANO_USD } from '../../pricing/rates';
import { LATENCY_COUNTERS } from '../../store/usage/latency';
import type { UsageCounts } from '../../store/rows';
import type { UsageTotals } from '../contract/stats';
import { percentile, type LatencyRange } from './percentile';

type Classed = UsageCounts & { readonly statusClass: string };

/** How a request ended. */
export type Bin = 'succeeded' | 'rateLimited' | 'clientErrors' | 'serverErrors' | 'broken' | 'cancelled';

const BIN_OF: Readonly<Record<string, Bin>> = {
  '1xx': 'succeeded',
  '2xx': 'succeeded',
  '3xx': 'succeeded',
  '4xx': 'clientErrors',
  '429': 'rateLimited',
  '499': 'cancelled',
  broken: 'broken',
};

/** What the contract says about some requests, from their sums by status class. */
export function usageTotals(rows: readonly Classed[]): UsageTotals {
  const sum = (pick: (row: Classed) => number): number => rows.reduce((total, row) => total + pick(row), 0);
  const bins = binsOf(rows);
  const failed = bins.rateLimited + bins.serverErrors + bins.broken;
  const requests = sum((row) => row.requests);
  const ttfbCount = sum((row) => row.ttfbCount);
  const latency = Array.from({ length: LATENCY_COUNTERS }, (_, index) =>
    sum((row) => row.latency[index] ?? 0),
  );
  const range = latencyRange(rows);
  return {
    requests,
    ...bins,
    failed,
    successRate: successRate(bins.succeeded, failed),
    attempts: sum((row) => row.attempts),
    failedAttempts: sum((row) => row.failedAttempts),
    rescued: rescuedOf(rows),
    promptTokens: sum((row) => row.promptTokens),
    cachedTokens: sum((row) => row.cachedTokens),
    completionTokens: sum((row) => row.completionTokens),
    ...costOf(
      sum((row) => row.costNano),
      sum((row) => row.unpriced),
    ),
    latencyP50Ms: percentile(latency, 0.5, range),
    latencyP95Ms: percentile(latency, 0.95, range),
    latencyMaxMs: range.maxMs,
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

export function binOf({ statusClass }: Pick<Classed, 'statusClass'>): Bin {
  return BIN_OF[statusClass] ?? 'serverErrors';
}

/** Each request in exactly one, so that they make up all. */
function binsOf(rows: readonly Classed[]): Record<Bin, number> {
  const bins = { succeeded: 0, rateLimited: 0, clientErrors: 0, serverErrors: 0, broken: 0, cancelled: 0 };
  for (const row of rows) bins[binOf(row)] += row.requests;
  return bins;
}

/** Not counting what is the client's doing; null if nothing else was asked. */
export function successRate(succeeded: number, failed: number): number | null {
  const counted = succeeded + failed;
  return counted === 0 ? null : succeeded / counted;
}

/** Over the rows that have requests. A figure that one of them lacks is unknown for all. */
function latencyRange(rows: readonly Classed[]): LatencyRange {
  let minMs: number | null = Infinity;
  let maxMs: number | null = 0;
  let isEmpty = true;
  for (const { requests, latencyMinMs, latencyMaxMs } of rows) {
    if (requests <= 0) continue;
    isEmpty = false;
    minMs = minMs === null || latencyMinMs === null ? null : Math.min(minMs, latencyMinMs);
    maxMs = maxMs === null || latencyMaxMs === null ? null : Math.max(maxMs, latencyMaxMs);
  }
  return isEmpty ? { minMs: null, maxMs: null } : { minMs, maxMs };
}

/** Null if it is not known of some requests. */
function rescuedOf(rows: readonly Classed[]): number | null {
  const ofRequests = rows.filter(({ requests }) => requests > 0);
  if (ofRequests.some(({ rescued }) => rescued === null)) return null;
  return ofRequests.reduce((total, { rescued }) => total + (rescued ?? 0), 0);
}

/** What nobody knows is not nothing. */
function costOf(nano: number, unpriced: number): Pick<UsageTotals, 'costUsd' | 'unpriced'> {
  return { costUsd: nano === 0 && unpriced > 0 ? null : nano / NANO_USD, unpriced };
}

function average(sum: number, count: number): number | null {
  return count === 0 ? null : Math.round(sum / count);
}

import type { ExploreMetric, UsageTotals } from '../contract/stats';

interface Metric {
  /** null where it is not known, or there is none. */
  readonly valueOf: (totals: UsageTotals) => number | null;
  /** Whether values of groups add up to that of the whole. */
  readonly isSum: boolean;
}

const sum = (valueOf: Metric['valueOf']): Metric => ({ valueOf, isSum: true });
const other = (valueOf: Metric['valueOf']): Metric => ({ valueOf, isSum: false });

/** Each figure that can be followed over time. */
export const EXPLORE_METRICS: Readonly<Record<ExploreMetric, Metric>> = {
  requests: sum(({ requests }) => requests),
  failed: sum(({ failed }) => failed),
  attempts: sum(({ attempts }) => attempts),
  failedAttempts: sum(({ failedAttempts }) => failedAttempts),
  tokens: sum(({ promptTokens, completionTokens }) => promptTokens + completionTokens),
  promptTokens: sum(({ promptTokens }) => promptTokens),
  cachedTokens: sum(({ cachedTokens }) => cachedTokens),
  completionTokens: sum(({ completionTokens }) => completionTokens),
  costUsd: sum(({ costUsd }) => costUsd),
  successRate: other(({ successRate }) => successRate),
  latencyP50Ms: other(({ latencyP50Ms }) => latencyP50Ms),
  latencyP95Ms: other(({ latencyP95Ms }) => latencyP95Ms),
  ttfbAverageMs: other(({ ttfbAverageMs }) => ttfbAverageMs),
};

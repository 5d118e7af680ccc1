import type { UsageCounts } from '../rows';

/** Nothing counted; what is to count is laid over it. */
export const NO_USAGE = {
  requests: 0,
  attempts: 0,
  failedAttempts: 0,
  promptTokens: 0,
  cachedTokens: 0,
  completionTokens: 0,
  costNano: 0,
  unpriced: 0,
  durationMsSum: 0,
  ttfbMsSum: 0,
  ttfbCount: 0,
  latency: [],
  rescued: 0,
} as const satisfies Partial<UsageCounts>;

import type { SeenLimit } from '../../balancer/limits/seen-limits';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './limit-name';

const SPANS_MS = [MINUTE_MS, HOUR_MS, DAY_MS] as const;
/** A reset is told in whole milliseconds, and what is left in whole requests or tokens. */
const ROUNDING_MS = 1;
const TOLERANCE = 0.005;
const WITH_UNIT = /\d(?:ms|[smhd])$/;

export interface Refill {
  readonly of: SeenLimit['of'];
  /** The reset as it was told. */
  readonly text: string | undefined;
  readonly resetMs: number | undefined;
  readonly limit: number | undefined;
  readonly remaining: number | undefined;
}

/**
 * The span of a limit that refills evenly, as OpenAI's and Groq's do: their resets tell when all is refilled, so what
 * is used up is to the limit as the reset is to the span. They alone write resets with units ("12ms", "6m0s"), and
 * where the numbers are too small to tell, their tokens are counted by the minute. Undefined if no usual span comes
 * out, or more than one.
 */
export function refillSpanMs({ of, text, resetMs, limit, remaining }: Refill): number | undefined {
  if (text === undefined || resetMs === undefined || !WITH_UNIT.test(text)) return undefined;
  const otherwise = of === 'tokens' ? MINUTE_MS : undefined;
  if (limit === undefined || remaining === undefined || remaining >= limit) return otherwise;
  const used = (limit - remaining) / limit;
  const slackMs = ROUNDING_MS + resetMs * TOLERANCE;
  const [first, ...others] = SPANS_MS.filter((spanMs) => Math.abs(spanMs * used - resetMs) <= slackMs);
  return first === undefined || others.length > 0 ? otherwise : first;
}

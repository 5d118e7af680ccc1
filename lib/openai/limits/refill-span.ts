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

export interface RefillSpan {
  readonly spanMs: number | undefined;
  /** How long one takes to come back, if the reset is that of a limit which refills evenly. */
  readonly unitMs: number | undefined;
}

const NO_REFILL: RefillSpan = { spanMs: undefined, unitMs: undefined };
/** Their tokens are counted by the minute. */
const TOKENS: RefillSpan = { spanMs: MINUTE_MS, unitMs: undefined };

/**
 * The span of a limit that refills evenly, as OpenAI's and Groq's do: their resets tell when all is refilled, so what
 * is used up is to the limit as the reset is to the span. What is left is told in whole numbers, so up to one more may
 * be back. They alone write resets with units ("12ms", "6m0s"), and where the numbers are too small to tell, their
 * tokens are counted by the minute. Nothing is said if no usual span comes out, or more than one.
 */
export function refillSpan({ of, text, resetMs, limit, remaining }: Refill): RefillSpan {
  if (text === undefined || resetMs === undefined || !WITH_UNIT.test(text)) return NO_REFILL;
  const otherwise = of === 'tokens' ? TOKENS : NO_REFILL;
  if (limit === undefined || remaining === undefined || remaining >= limit) return otherwise;
  const used = limit - remaining;
  const slackMs = ROUNDING_MS + resetMs * TOLERANCE;
  const allBackMs = (spanMs: number) => (spanMs * used) / limit;
  const spanMs =
    onlySpan((one) => Math.abs(allBackMs(one) - resetMs) <= slackMs) ??
    onlySpan((one) => {
      const soonerMs = allBackMs(one) - resetMs;
      return used > 1 && soonerMs >= 0 && soonerMs <= one / limit + slackMs;
    });
  return spanMs === undefined ? otherwise : { spanMs, unitMs: spanMs / limit };
}

/** Undefined if the answer is yes for none of the usual spans, or for several. */
function onlySpan(isIt: (spanMs: number) => boolean): number | undefined {
  const [first, ...others] = SPANS_MS.filter(isIt);
  return others.length > 0 ? undefined : first;
}

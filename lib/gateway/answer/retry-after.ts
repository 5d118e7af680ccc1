import type { HeaderRecord } from '../../balancer/ports';

/** A status of these may name the time of the next try (RFC 9110 section 10.2.3, RFC 6585 section 4). */
const MAY_TELL: ReadonlySet<number> = new Set([429, 503]);

/** As `Retry-After` has it: nobody comes too early. */
export function wholeSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}

/**
 * The headers of an answer that is passed on. What it says of the next try is true for its own key alone: a 429 or 503
 * tells when the gateway will have one, if that is known.
 */
export function withRetryAfter(
  { status, headers }: { readonly status: number; readonly headers: HeaderRecord },
  freeInMs: number | undefined,
): HeaderRecord {
  if (freeInMs === undefined || !MAY_TELL.has(status)) return headers;
  const seconds = wholeSeconds(freeInMs);
  // Clients believe milliseconds before seconds.
  const isSame = wholeSeconds(Number(headers['retry-after-ms'])) === seconds;
  const others = { 'x-retry-after': undefined, ...(!isSame && { 'retry-after-ms': undefined }) };
  return { ...headers, ...others, 'retry-after': String(seconds) };
}

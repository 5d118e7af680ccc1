import type { Cooldown } from './key-state';
import type { HeaderRecord } from './ports';

const HOUR_MS = 3_600_000;
/** A rest that doubles on its own never gets longer than this. */
const DOUBLED_MS_MAX = HOUR_MS;
/** An upstream may ask for a day (daily limits); more than that is taken for a mistake. */
const ASKED_MS_MAX = 24 * HOUR_MS;

/**
 * How long the upstream asks to wait, in milliseconds: `retry-after-ms`, `Retry-After` (RFC 9110 section 10.2.3: seconds
 * or a date), else the `x-ratelimit-reset-*` of the exhausted kind. Undefined if it names no time, or none in the future.
 */
export function askedCooldownMs(headers: HeaderRecord, now: number): number | undefined {
  const asked = retryAfterMs(headers, now) ?? rateLimitResetMs(headers, now);
  return asked === undefined || asked <= 0 ? undefined : Math.min(asked, ASKED_MS_MAX);
}

/** `baseMs` doubled for each rest in a row before this one, at most one hour. */
export function doubledCooldownMs(baseMs: number, inARow: number): number {
  return Math.min(baseMs * 2 ** Math.min(inARow, 30), DOUBLED_MS_MAX);
}

/** Starts or prolongs a rest. A new deadline never shortens an older one. */
export function rest(cooldown: Cooldown, until: number): void {
  cooldown.until = Math.max(cooldown.until, until);
  cooldown.inARow += 1;
}

export function retryAfterMs(headers: HeaderRecord, now: number): number | undefined {
  const inMs = Number(single(headers['retry-after-ms']) ?? NaN);
  if (Number.isFinite(inMs) && inMs >= 0) return inMs;
  const text = single(headers['retry-after'])?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/**
 * The longest reset among the exhausted kinds (`x-ratelimit-remaining-<kind>: 0`). If no remaining count is given at
 * all, the longest of the resets that are.
 */
export function rateLimitResetMs(headers: HeaderRecord, now: number): number | undefined {
  let exhausted: number | undefined;
  let unknown: number | undefined;
  let isAnyRemainingGiven = false;
  for (const [name, value] of Object.entries(headers)) {
    const kind = /^x-ratelimit-reset(-.+)?$/.exec(name);
    if (kind === null) continue;
    const reset = durationMs(single(value), now);
    const remaining = single(headers[`x-ratelimit-remaining${kind[1] ?? ''}`]);
    if (remaining !== undefined) isAnyRemainingGiven = true;
    if (reset === undefined) continue;
    if (remaining !== undefined && Number(remaining) <= 0) exhausted = Math.max(exhausted ?? 0, reset);
    else if (remaining === undefined) unknown = Math.max(unknown ?? 0, reset);
  }
  return exhausted ?? (isAnyRemainingGiven ? undefined : unknown);
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: HOUR_MS, d: 24 * HOUR_MS };

/** Reads `6m0s`, `120ms`, `1h2m3.5s`, plain seconds, an epoch in seconds or milliseconds, or a date. */
export function durationMs(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (text === '') return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) {
    const number = Number(text);
    if (number >= 1e12) return Math.max(0, number - now);
    if (number >= 1e9) return Math.max(0, number * 1000 - now);
    return number * 1000;
  }
  if (/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) {
    let total = 0;
    for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
      total += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
    }
    return total;
  }
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function single(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

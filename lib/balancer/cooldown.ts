import type { Cooldown } from './key-state';
import type { HeaderRecord } from './ports';

const HOUR_MS = 3_600_000;
/** A rest that doubles on its own never gets longer than this. */
const DOUBLED_MS_MAX = HOUR_MS;
/** An upstream may ask for a day (daily limits); more than that is taken for a mistake. */
const ASKED_MS_MAX = 24 * HOUR_MS;

const NUMBER = /^\d+(\.\d+)?$/;

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

/**
 * Rests in a row before one that starts now. What comes back while a rest lasts was sent before it (many requests share
 * a key) and belongs to it, so that one burst does not double the time for each of its requests.
 */
export function restsBefore(cooldown: Cooldown, now: number): number {
  return cooldown.until > now ? Math.max(0, cooldown.inARow - 1) : cooldown.inARow;
}

/** Starts or prolongs a rest. A new deadline never shortens an older one. */
export function rest(cooldown: Cooldown, until: number, now: number): void {
  cooldown.inARow = restsBefore(cooldown, now) + 1;
  cooldown.until = Math.max(cooldown.until, until);
}

export function retryAfterMs(headers: HeaderRecord, now: number): number | undefined {
  const inMs = single(headers['retry-after-ms'])?.trim() ?? '';
  if (NUMBER.test(inMs)) return Number(inMs);
  const text = single(headers['retry-after'])?.trim() ?? '';
  return NUMBER.test(text) ? Number(text) * 1000 : untilDateMs(text, now);
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
  if (NUMBER.test(text)) {
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
  return untilDateMs(text, now);
}

/** Reads HTTP and ISO dates only: `Date.parse` on its own finds a date in almost any text ("wait 60" is in 1960). */
function untilDateMs(text: string, now: number): number | undefined {
  if (!/^((mon|tue|wed|thu|fri|sat|sun)[a-z]*,? |\d{4}-\d\d-\d\d)/i.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function single(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

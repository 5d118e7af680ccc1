import type { Cooldown } from '../pool/key-state';

const HOUR_MS = 3_600_000;

/** `baseMs` doubled for each cooldown in a row before this one, at most `maxMs` (by default one hour). */
export function doubledCooldownMs(baseMs: number, inARow: number, maxMs = HOUR_MS): number {
  return Math.min(baseMs * 2 ** Math.min(inARow, 30), maxMs);
}

/**
 * Cooldowns in a row before one that starts now. What comes back while one lasts was sent before it (many requests
 * share a key) and belongs to it, so that one burst does not double the time for each of its requests.
 */
export function restsBefore(cooldown: Cooldown, now: number): number {
  return cooldown.until > now ? Math.max(0, cooldown.inARow - 1) : cooldown.inARow;
}

/** Starts or prolongs a cooldown. A new deadline never shortens an older one. */
export function rest(cooldown: Cooldown, until: number, now: number): void {
  cooldown.inARow = restsBefore(cooldown, now) + 1;
  cooldown.until = Math.max(cooldown.until, until);
}

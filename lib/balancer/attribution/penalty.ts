import { doubledCooldownMs, rest, restsBefore } from '../health/cooldown';
import type { Facts } from '../facts';
import { newCooldown, type Cooldown, type KeyState } from '../pool/key-state';
import { describeFailure } from './redaction';

/** Cooldown after a rejected key, so that a dead key does not slow every request until it is disabled. */
const REJECTED_MS = 2_000;
/**
 * The same while a probe finds out whether a key with too many ambiguous rejections is dead; doubles each time in a
 * row.
 */
const IN_DOUBT_MS = 4_000;
/**
 * First cooldown of a key without money, or with its plan used up, if the upstream names no time; doubles each time in
 * a row.
 */
const LONG_MS = 600_000;
/** No cooldown that the upstream does not name is shorter, unless the configured one is. */
const LEAST_MS = 1_000;
const HOUR_MS = 3_600_000;
/** First cooldown of a key for a model that it may not use, and the longest. */
const DENIED_MS = { first: HOUR_MS, max: 24 * HOUR_MS };

export interface PenaltyRules {
  readonly maxFailures: number;
  /** First cooldown after a rate limit that names no time. */
  readonly cooldownMs: number;
}

/** An answer that costs the key something. */
export interface Judged {
  readonly status: number;
  readonly facts: Facts;
}

/**
 * Rests the key for the model until the time named, else for the configured time, doubling. A limit of the whole key is
 * one of hours or days, and rests it for longer. Returns what happened, in words.
 */
export function restAfterLimit(
  key: KeyState,
  model: string,
  { facts }: Judged,
  rules: PenaltyRules,
  now: number,
): string {
  const isLong = facts.isWholeKey === true;
  const isWhole = isLong || key.account?.isOfAllModels === true;
  const cooldown = isWhole ? key.cooldown : modelCooldown(key, model);
  const baseMs = isLong
    ? LONG_MS
    : Math.min(rules.cooldownMs, Math.max(LEAST_MS, key.account?.intervalMs(model) ?? Infinity));
  const ms = untilMs(facts, now) ?? doubledCooldownMs(baseMs, restsBefore(cooldown, now));
  rest(cooldown, now + ms, now);
  return isWhole ? `rests ${seconds(ms)}` : `rests ${seconds(ms)} for ${named(model)}`;
}

/** The key rests as long as another one of its account does. */
export function restLike(key: KeyState, other: KeyState, model: string, now: number): void {
  if (other.cooldown.until > key.cooldown.until) rest(key.cooldown, other.cooldown.until, now);
  const until = other.modelCooldowns?.get(model)?.until ?? 0;
  if (until > now && until > (key.modelCooldowns?.get(model)?.until ?? 0)) {
    rest(modelCooldown(key, model), until, now);
  }
}

/** The key may not use the model, and another may: it rests for that model alone. */
export function restDenied(key: KeyState, model: string, now: number): string {
  const cooldown = modelCooldown(key, model);
  const ms = doubledCooldownMs(DENIED_MS.first, restsBefore(cooldown, now), DENIED_MS.max);
  rest(cooldown, now + ms, now);
  return `may not use ${named(model)}, rests ${seconds(ms)} for it`;
}

/**
 * What was under way when the last failure was counted belongs to it: requests that share a key at the same time tell
 * once together, and only failures of separate times take it out of use. `begunAt`: when the attempt began.
 */
function addToRow(key: KeyState, begunAt: number, now: number): void {
  if (key.countedAt !== undefined && begunAt <= key.countedAt) return;
  key.failures += 1;
  key.countedAt = now;
}

/** Counts a failure and rests the key shortly. Disables it when that was one too many. */
export function countFailure(
  key: KeyState,
  judged: Judged,
  rules: PenaltyRules,
  now: number,
  begunAt = now,
): string {
  addToRow(key, begunAt, now);
  rest(key.cooldown, now + REJECTED_MS, now);
  return disableIfOver(key, judged, rules) ?? `failure ${key.failures} of ${rules.maxFailures}`;
}

/**
 * Counts a failure that may not be the key's own. Never disables it: `needsProbe` says that only a probe can tell
 * whether it has to be.
 */
export function countDoubt(
  key: KeyState,
  rules: PenaltyRules,
  now: number,
  begunAt = now,
): { readonly effect: string; readonly needsProbe: boolean } {
  addToRow(key, begunAt, now);
  const needsProbe = key.failures >= rules.maxFailures && key.disabled === undefined;
  const ms = needsProbe ? doubledCooldownMs(IN_DOUBT_MS, key.failures - rules.maxFailures) : REJECTED_MS;
  rest(key.cooldown, now + ms, now);
  const effect = `failure ${key.failures} of ${rules.maxFailures}`;
  return { effect: needsProbe ? `${effect}, is probed` : effect, needsProbe };
}

/** Counts a failure and rests the whole key for long: money does not come back with the next minute. */
export function exhaustQuota(
  key: KeyState,
  judged: Judged,
  rules: PenaltyRules,
  now: number,
  begunAt = now,
): string {
  addToRow(key, begunAt, now);
  const ms = untilMs(judged.facts, now) ?? doubledCooldownMs(LONG_MS, restsBefore(key.cooldown, now));
  rest(key.cooldown, now + ms, now);
  return disableIfOver(key, judged, rules) ?? `quota exhausted, rests ${seconds(ms)}`;
}

/**
 * Success: nothing counts against the key or the model any more, and a key disabled meanwhile (`auto`) is back. Returns
 * whether that changed anything.
 */
export function clearFailures(key: KeyState, model: string): boolean {
  const cooldown = key.modelCooldowns?.get(model);
  const isBack = key.disabled?.by === 'auto';
  const hadTrouble = isBack || key.failures > 0 || key.cooldown.inARow > 0 || (cooldown?.inARow ?? 0) > 0;
  if (!hadTrouble) return false;
  if (isBack) key.disabled = undefined;
  key.failures = 0;
  key.cooldown.inARow = 0;
  if (cooldown !== undefined) cooldown.inARow = 0;
  return true;
}

function untilMs({ until }: Facts, now: number): number | undefined {
  // It was in the future when the answer came.
  return until === undefined ? undefined : Math.max(1, until - now);
}

function disableIfOver(key: KeyState, { status, facts }: Judged, rules: PenaltyRules): string | undefined {
  // A person may have disabled it while the request was in flight; a probe must not undo that.
  if (key.failures < rules.maxFailures || key.disabled?.by === 'manual') return undefined;
  key.disabled = { by: 'auto', reason: describeFailure(key, status, facts) };
  return `disabled after ${key.failures} failures`;
}

/**
 * Model names come from clients, so the number kept for each of many keys is bounded; the cooldown that ends first
 * makes room.
 */
const MODELS_MAX = 64;

export function modelCooldown(key: KeyState, model: string): Cooldown {
  key.modelCooldowns ??= new Map();
  const known = key.modelCooldowns.get(model);
  if (known !== undefined) return known;
  if (key.modelCooldowns.size >= MODELS_MAX) {
    const [first] = [...key.modelCooldowns].sort(([, a], [, b]) => a.until - b.until);
    if (first !== undefined) key.modelCooldowns.delete(first[0]);
  }
  const cooldown = newCooldown();
  key.modelCooldowns.set(model, cooldown);
  return cooldown;
}

function named(model: string): string {
  return model === '' ? 'requests without a model' : model;
}

function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(ms < 10_000 ? 1 : 0))} s`;
}

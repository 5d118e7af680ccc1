import { askedCooldownMs, doubledCooldownMs, rest, restsBefore } from './cooldown';
import { newCooldown, type Cooldown, type KeyState } from './key-state';
import type { ErrorFacts, Outcome } from './verdict';

/** Rest after a rejected key (401, 402, 403), so that a dead key does not slow every request until it is disabled. */
const REJECTED_MS = 2_000;
/** First rest after exhausted quota if the upstream names no time; doubles each time in a row. */
const QUOTA_MS = 600_000;

export interface PenaltyRules {
  readonly maxFailures: number;
  readonly cooldownMs: number;
}

type Judged = Extract<Outcome, { kind: 'answer' | 'stream_error' }>;

/** Rests the key for the model: what the upstream asks, else the configured time, doubling. Returns what happened, in words. */
export function restModel(
  key: KeyState,
  model: string,
  outcome: Judged,
  rules: PenaltyRules,
  now: number,
): string {
  const cooldown = modelCooldown(key, model);
  const ms =
    askedCooldownMs(outcome.headers, now) ?? doubledCooldownMs(rules.cooldownMs, restsBefore(cooldown, now));
  rest(cooldown, now + ms, now);
  return `rests ${seconds(ms)} for ${model === '' ? 'requests without a model' : model}`;
}

/** Counts a failure and rests the key shortly. Disables it when that was one too many. */
export function countFailure(key: KeyState, outcome: Judged, rules: PenaltyRules, now: number): string {
  key.failures += 1;
  rest(key.cooldown, now + REJECTED_MS, now);
  return disableIfOver(key, outcome, rules) ?? `failure ${key.failures} of ${rules.maxFailures}`;
}

/** Counts a failure and rests the whole key for long: quota does not come back with the next minute. */
export function exhaustQuota(key: KeyState, outcome: Judged, rules: PenaltyRules, now: number): string {
  key.failures += 1;
  const ms =
    askedCooldownMs(outcome.headers, now) ?? doubledCooldownMs(QUOTA_MS, restsBefore(key.cooldown, now));
  rest(key.cooldown, now + ms, now);
  return disableIfOver(key, outcome, rules) ?? `quota exhausted, rests ${seconds(ms)}`;
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

/** `401 invalid_api_key: Incorrect API key provided`. Where the upstream repeats the key, its hint stands instead. */
export function describeFailure(key: KeyState, status: number, error: ErrorFacts | undefined): string {
  const details = [error?.code, error?.message].filter((part) => part !== undefined && part !== '');
  const description = [String(status), details.join(': ')].filter((part) => part !== '').join(' ');
  return withoutSecret(key, description).slice(0, 300);
}

/** Shorter ones could match by accident and would damage the text. */
export const SECRET_LENGTH_MIN = 6;

/** The text with the hint wherever it holds the key. */
export function withoutSecret({ config: { secret, hint } }: KeyState, text: string): string {
  return secret.length < SECRET_LENGTH_MIN ? text : text.replaceAll(secret, hint);
}

function disableIfOver(key: KeyState, { status, error }: Judged, rules: PenaltyRules): string | undefined {
  // A person may have disabled it while the request was in flight; a probe must not undo that.
  if (key.failures < rules.maxFailures || key.disabled?.by === 'manual') return undefined;
  key.disabled = { by: 'auto', reason: describeFailure(key, status, error) };
  return `disabled after ${key.failures} failures`;
}

/** Model names come from clients, so the number kept is bounded; the rest that ends first makes room. */
const MODELS_MAX = 200;

function modelCooldown(key: KeyState, model: string): Cooldown {
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

function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(1))} s`;
}

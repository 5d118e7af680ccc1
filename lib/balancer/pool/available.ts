import type { KeyState } from './key-state';

export type UnavailableReason = 'disabled' | 'cooling' | 'cooling_model' | 'limited';

/** When the key may serve the model again: milliseconds since the epoch, 0 if it is not cooling. */
export function coolingUntil(key: KeyState, model: string): number {
  const modelUntil = key.modelCooldowns?.get(model)?.until ?? 0;
  return Math.max(key.cooldown.until, modelUntil);
}

/** When it will neither be cooling nor at a limit; milliseconds since the epoch, not after `now` if it is neither. */
export function availableAt(key: KeyState, model: string, tokens: number, now: number): number {
  return Math.max(coolingUntil(key, model), now + limitedMs(key, model, tokens, now));
}

/** Why the key cannot be leased for so many tokens of the model now; undefined if it can. */
export function unavailableReason(
  key: KeyState,
  model: string,
  now: number,
  tokens = 0,
): UnavailableReason | undefined {
  if (key.disabled !== undefined) return 'disabled';
  if (key.cooldown.until > now) return 'cooling';
  if (key.modelCooldowns !== undefined && (key.modelCooldowns.get(model)?.until ?? 0) > now) {
    return 'cooling_model';
  }
  return limitedMs(key, model, tokens, now) > 0 ? 'limited' : undefined;
}

function limitedMs({ account, limits }: KeyState, model: string, tokens: number, now: number): number {
  return account === undefined ? 0 : account.waitMs(limits, model, tokens, now);
}

import type { KeyState } from './key-state';

export type UnavailableReason = 'disabled' | 'cooling' | 'cooling_model';

/** When the key may serve the model again: milliseconds since the epoch, 0 if it is not cooling. */
export function coolingUntil(key: KeyState, model: string): number {
  const modelUntil = key.modelCooldowns?.get(model)?.until ?? 0;
  return Math.max(key.cooldown.until, modelUntil);
}

/** Why the key cannot be leased for the model now; undefined if it can. */
export function unavailableReason(key: KeyState, model: string, now: number): UnavailableReason | undefined {
  if (key.disabled !== undefined) return 'disabled';
  if (key.cooldown.until > now) return 'cooling';
  if (key.modelCooldowns !== undefined && (key.modelCooldowns.get(model)?.until ?? 0) > now) {
    return 'cooling_model';
  }
  return undefined;
}

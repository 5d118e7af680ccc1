import type { Cooldown, KeyState } from './key-state';

/** A trial that is still silent after this long lets others pass, so that a slow one cannot bar the way. */
const TRIAL_MS = 4_000;

/** Whether another request is just finding out if the key, or the key for this model, serves again after its rest. */
export function isOnTrial(key: KeyState, model: string, now: number): boolean {
  return key.cooldown.trialUntil > now || (key.modelCooldowns?.get(model)?.trialUntil ?? 0) > now;
}

/** A key whose rest has ended without a success since serves one request first. Returns whether this is that one. */
export function startTrial(key: KeyState, model: string, now: number): boolean {
  let isTrial = false;
  for (const cooldown of cooldownsOf(key, model)) {
    if (cooldown.inARow === 0 || cooldown.until > now) continue;
    cooldown.trialUntil = now + TRIAL_MS;
    isTrial = true;
  }
  return isTrial;
}

export function endTrial(key: KeyState, model: string): void {
  for (const cooldown of cooldownsOf(key, model)) cooldown.trialUntil = 0;
}

function cooldownsOf({ cooldown, modelCooldowns }: KeyState, model: string): readonly Cooldown[] {
  const ofModel = modelCooldowns?.get(model);
  return ofModel === undefined ? [cooldown] : [cooldown, ofModel];
}

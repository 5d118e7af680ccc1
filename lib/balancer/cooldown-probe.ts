import type { Cooldown, KeyState } from './key-state';

/** A trial that is still silent after this long lets others pass, so that a slow one cannot bar the way. */
const TRIAL_MS = 4_000;

/** Whether another request is just finding out if the key, or the key for this model, serves again after its rest. */
export function isOnTrial(key: KeyState, model: string, now: number): boolean {
  return key.cooldown.trialUntil > now || (key.modelCooldowns?.get(model)?.trialUntil ?? 0) > now;
}

/** The rest of the key, or of the key for this model, is over, and no success has shown since that it serves again. */
export function isUnproven(key: KeyState, model: string, now: number): boolean {
  const ofModel = key.modelCooldowns?.get(model);
  return needsTrial(key.cooldown, now) || (ofModel !== undefined && needsTrial(ofModel, now));
}

/** An unproven key serves one request first. Returns whether this is that one. */
export function startTrial(key: KeyState, model: string, now: number): boolean {
  let isTrial = false;
  for (const cooldown of cooldownsOf(key, model)) {
    if (!needsTrial(cooldown, now)) continue;
    cooldown.trialUntil = now + TRIAL_MS;
    isTrial = true;
  }
  return isTrial;
}

export function endTrial(key: KeyState, model: string): void {
  for (const cooldown of cooldownsOf(key, model)) cooldown.trialUntil = 0;
}

function needsTrial({ inARow, until }: Cooldown, now: number): boolean {
  return inARow > 0 && until <= now;
}

function cooldownsOf({ cooldown, modelCooldowns }: KeyState, model: string): readonly Cooldown[] {
  const ofModel = modelCooldowns?.get(model);
  return ofModel === undefined ? [cooldown] : [cooldown, ofModel];
}

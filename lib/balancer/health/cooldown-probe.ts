import { HalfOpenProbe } from './half-open';
import type { Cooldown, KeyState } from '../pool/key-state';

/** Another request is just finding out whether the key, or the key for this model, is healthy after its cooldown. */
export function isBeingProbed(key: KeyState, model: string, now: number): boolean {
  const ofModel = key.modelCooldowns?.get(model);
  return isProbeOut(key.cooldown, now) || (ofModel !== undefined && isProbeOut(ofModel, now));
}

/** The cooldown of the key, or of the key for this model, is over, and no success has followed yet. */
export function isUnproven(key: KeyState, model: string, now: number): boolean {
  const ofModel = key.modelCooldowns?.get(model);
  return isHalfOpen(key.cooldown, now) || (ofModel !== undefined && isHalfOpen(ofModel, now));
}

/**
 * An unproven key serves one request first. Returns that request's probe, to be answered when its result is there;
 * undefined if nothing is unproven or another request is finding out already.
 */
export function startProbe(key: KeyState, model: string, now: number): HalfOpenProbe | undefined {
  // Nearly every request finds all proven.
  if (!isUnproven(key, model, now)) return undefined;
  let probe: HalfOpenProbe | undefined;
  for (const cooldown of cooldownsOf(key, model)) {
    if (!isHalfOpen(cooldown, now) || isProbeOut(cooldown, now)) continue;
    probe ??= new HalfOpenProbe(now);
    cooldown.probe = probe;
  }
  return probe;
}

function isHalfOpen({ inARow, until }: Cooldown, now: number): boolean {
  return inARow > 0 && until <= now;
}

function isProbeOut(cooldown: Cooldown, now: number): boolean {
  const { probe } = cooldown;
  // A success of another request may have shown meanwhile what the probe was to find out.
  return probe !== undefined && probe.waitMs(now) > 0 && isHalfOpen(cooldown, now);
}

function cooldownsOf({ cooldown, modelCooldowns }: KeyState, model: string): readonly Cooldown[] {
  const ofModel = modelCooldowns?.get(model);
  return ofModel === undefined ? [cooldown] : [cooldown, ofModel];
}

import { modelCooldown } from '../attribution/penalty';
import type { Cooldown, KeyState, SavedKeyState } from '../pool/key-state';
import { rest } from './cooldown';
import type { Disabled } from './disabled';

/** Whether a key or a proxy is out of use, as another instance found it. */
export interface DisabledElsewhere {
  /** How often a person has switched it: what was found before the last time is of no account. */
  readonly epoch: number;
  /** `ours`: what is known here is newer. */
  readonly disabled: Disabled | undefined | 'ours';
}

export interface SeenElsewhere
  extends DisabledElsewhere, Pick<SavedKeyState, 'failures' | 'cooldownUntil' | 'modelCooldowns'> {
  /** Rests have been taken back, so that the key rests no longer than this says. Otherwise the later end counts. */
  readonly isEased: boolean;
  /** The failures in a row go on from here, or have ended. Undefined says nothing of them. */
  readonly streak?: 'goes_on' | 'ended' | undefined;
}

/** Takes over what another instance found out about a key. True if that changed anything. */
export function adoptSeen(key: KeyState, seen: SeenElsewhere, now: number): boolean {
  if (seen.epoch !== key.epoch) return false;
  const isSwitched = adoptDisabled(key, seen);
  if (isSwitched) {
    key.failures = seen.failures;
    if (key.disabled === undefined) key.rejection = undefined;
  }
  const hasStreakChanged = adoptStreak(key, seen);
  const haveRestsChanged = seen.isEased ? easeRests(key, seen) : prolongRests(key, seen, now);
  return isSwitched || hasStreakChanged || haveRestsChanged;
}

function adoptStreak(key: KeyState, { streak, failures }: SeenElsewhere): boolean {
  const isNews = streak === 'ended' ? key.failures > 0 : streak === 'goes_on' && failures > key.failures;
  if (isNews) key.failures = streak === 'ended' ? 0 : failures;
  return isNews;
}

/** What a person says is learnt in another way, and stands. */
export function adoptDisabled(
  known: Pick<KeyState, 'disabled' | 'writtenDisabled'>,
  { disabled }: DisabledElsewhere,
): boolean {
  if (disabled === 'ours' || disabled?.by === 'manual' || known.disabled?.by === 'manual') return false;
  if ((disabled === undefined) === (known.disabled === undefined)) return false;
  known.disabled = disabled;
  known.writtenDisabled = disabled;
  return true;
}

function prolongRests(key: KeyState, { cooldownUntil, modelCooldowns }: SeenElsewhere, now: number): boolean {
  const prolong = (cooldown: Cooldown, until: number): true => {
    rest(cooldown, until, now);
    return true;
  };
  let hasChanged = false;
  if (cooldownUntil > Math.max(now, key.cooldown.until)) hasChanged = prolong(key.cooldown, cooldownUntil);
  for (const [model, until] of Object.entries(modelCooldowns)) {
    const known = key.modelCooldowns?.get(model)?.until ?? 0;
    if (until > Math.max(now, known)) hasChanged = prolong(modelCooldown(key, model), until);
  }
  return hasChanged;
}

function easeRests(key: KeyState, { cooldownUntil, modelCooldowns }: SeenElsewhere): boolean {
  const ease = (cooldown: Cooldown, until: number): boolean => {
    if (cooldown.until <= until) return false;
    cooldown.until = until;
    cooldown.inARow = 0;
    return true;
  };
  let hasChanged = ease(key.cooldown, cooldownUntil);
  for (const [model, cooldown] of key.modelCooldowns ?? []) {
    const until = Object.hasOwn(modelCooldowns, model) ? (modelCooldowns[model] ?? 0) : 0;
    hasChanged = ease(cooldown, until) || hasChanged;
  }
  return hasChanged;
}

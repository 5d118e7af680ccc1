import type { Pool } from './pool';

/** What a person does with a key. */
export type KeyAction = 'reset' | 'enable' | 'disable';

/** The reason that is shown of a key which a person took out. */
export const DISABLED_BY_A_PERSON = 'disabled by a person';

/** Resets, enables or disables a key for a person, the `epoch`th time that one does. False if it is not there. */
export function switchKey(pool: Pool | undefined, action: KeyAction, keyId: string, epoch?: number): boolean {
  if (pool === undefined) return false;
  return action === 'disable' ? pool.disable(keyId, DISABLED_BY_A_PERSON, epoch) : pool[action](keyId, epoch);
}

import type { Pool } from '../../balancer/pool/pool';
import { DISABLED_BY_A_PERSON, switchKey, type KeyAction } from '../../balancer/pool/switch-key';
import type { Asker } from '../../auth/asker';
import type { ApiKeyRow } from '../../store/keys/key-row';
import type { KeyStateChange } from '../../store/rows';
import type { AdminContext } from '../context';
import { eachStep } from '../steps';

export type SwitchedKey = Pick<ApiKeyRow, 'id' | 'providerId'>;

export interface KeySwitching {
  readonly action: KeyAction;
  readonly keys: readonly SwitchedKey[];
  /** What the audit list calls them. */
  readonly target: string;
  /** Where the keys live, if that is here. */
  readonly pools?: ReadonlyMap<string, Pool>;
  /** Told after each step how many keys have been looked at; false ends it there. */
  readonly goesOn?: (looked: number) => boolean;
}

/** More than this leave traffic its half of the database while they are written. */
const AT_ONCE_MAX = 500;

/**
 * Resets, enables or disables keys in steps. The state of a step's keys and its entry in the audit list are in the
 * store, in one transaction, before any of them is switched where it lives. Returns how many, and of how many.
 */
export async function switchKeys(
  { store, caller }: Pick<AdminContext, 'store'> & { readonly caller: Asker },
  { action, keys, target, pools, goesOn = () => true }: KeySwitching,
): Promise<{ readonly looked: number; readonly changed: number }> {
  const change = store.changeInSteps(caller, keys.length > AT_ONCE_MAX ? 'paced' : undefined);
  const done = { looked: 0, changed: 0 };
  let isOver = false;
  await eachStep(keys, async (step) => {
    if (isOver) return;
    const isThere = ({ providerId, id }: SwitchedKey): boolean =>
      pools === undefined || pools.get(providerId)?.key(id) !== undefined;
    const present = step.filter(isThere);
    const keyIds = present.map(({ id }) => id);
    const changed = done.changed + present.length;
    const epochs = await change.step(async (write) => {
      const result = await write.keys.setStates(keyIds.map((id) => switchedKey(id, action)));
      const entry = { action: `keys.${action}`, target, detail: { changed } };
      return { entry, notes: [{ kind: 'keys', action, keyIds }], result };
    });
    for (const { providerId, id } of present) switchKey(pools?.get(providerId), action, id, epochs.get(id));
    done.looked += step.length;
    done.changed = changed;
    isOver = !goesOn(done.looked);
  });
  return done;
}

/** Only the switched fields: counters go on changing meanwhile. */
export function switchedKey(keyId: string, action: KeyAction): KeyStateChange {
  const isIn = { keyId, isByPerson: true, disabled: null, failures: 0 };
  switch (action) {
    case 'reset':
      return { ...isIn, cooldowns: { cooldownUntil: null, modelCooldowns: {} } };
    case 'enable':
      return isIn;
    case 'disable':
      return { keyId, isByPerson: true, disabled: { by: 'manual', reason: DISABLED_BY_A_PERSON } };
  }
}

/** What the audit list calls keys: one by its hint, more by their number. */
export function nameOf(keys: readonly { readonly hint: string }[]): string {
  const [only] = keys;
  return keys.length === 1 && only !== undefined ? `key ${only.hint}` : `${keys.length} keys`;
}

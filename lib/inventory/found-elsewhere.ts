import type { Disabled } from '../balancer/health/disabled';
import type { Egresses } from '../balancer/egress/egresses';
import type { KeyState } from '../balancer/pool/key-state';
import type { Pool } from '../balancer/pool/pool';
import type { ChangeNote } from '../store/change-notes';
import type { EgressStore } from '../store/egress/egress';
import type { FoundOfKey } from '../store/keys/key-row';
import type { KeyStore } from '../store/keys/keys';
import { disabledOf } from './disabled-of';
import { restoredDeadline, type RestoreTime } from './restored-times';

export interface FoundTarget {
  readonly pools: ReadonlyMap<string, Pool>;
  readonly keys: Pick<KeyStore, 'foundOf'>;
  readonly egresses: Pick<Egresses, 'states' | 'adopt'>;
  readonly proxies: Pick<EgressStore, 'found'>;
  readonly time: RestoreTime;
}

/**
 * Takes over what other instances have found out about keys and proxies, as it stands in the store. What has been found
 * here and is not written yet, or was written meanwhile, is newer and stays. `isAll`: notes may have been missed.
 */
export async function adoptFound(
  notes: readonly ChangeNote[],
  isAll: boolean,
  target: FoundTarget,
): Promise<void> {
  const isEased = new Map<string, boolean>();
  if (isAll) {
    for (const pool of target.pools.values())
      for (const { config } of pool.keys) isEased.set(config.keyId, false);
  }
  for (const note of notes) {
    if (note.kind !== 'key_states') continue;
    for (const id of note.keyIds) isEased.set(id, note.isEased || isEased.get(id) === true);
  }
  await adoptKeys(isEased, target);
  if (isAll || notes.some(({ kind }) => kind === 'proxy_states')) await adoptProxies(target);
}

async function adoptKeys(
  isEased: ReadonlyMap<string, boolean>,
  { pools, keys, time }: FoundTarget,
): Promise<void> {
  if (isEased.size === 0) return;
  const known = new Map<string, Known & { readonly pool: Pool; readonly key: KeyState }>();
  for (const id of isEased.keys()) {
    for (const pool of pools.values()) {
      const key = pool.key(id);
      if (key !== undefined) known.set(id, { pool, key, ...knownOf(key) });
    }
  }
  for (const row of await keys.foundOf([...known.keys()])) {
    const ours = known.get(row.id);
    if (ours === undefined) continue;
    const seen = {
      epoch: row.epoch,
      disabled: isNewer(ours, ours.key) ? ('ours' as const) : disabledOf(row),
      failures: row.failures,
      isEased: isEased.get(row.id) === true,
      ...restsOf(row, time),
    };
    ours.pool.adopt(row.id, seen, time.now());
  }
}

async function adoptProxies({ egresses, proxies }: FoundTarget): Promise<void> {
  const known = new Map([...egresses.states].map((egress) => [egress, knownOf(egress)]));
  const rows = new Map((await proxies.found()).map((row) => [row.id, row]));
  for (const [egress, ours] of known) {
    const row = rows.get(egress.config.egressId);
    if (row === undefined) continue;
    const disabled = isNewer(ours, egress) ? 'ours' : disabledOf(row);
    egresses.adopt(row.id, { epoch: row.epoch, disabled }, row.failures);
  }
}

/** What was known of a key or a proxy before the store was read. */
interface Known {
  readonly disabled: Disabled | undefined;
  readonly isWritten: boolean;
}

type Live = Pick<KeyState, 'disabled' | 'writtenDisabled'>;

function knownOf({ disabled, writtenDisabled }: Live): Known {
  return { disabled, isWritten: disabled === writtenDisabled };
}

/** What is known now has come, or was to be written, while the store was read. */
function isNewer(before: Known, now: Live): boolean {
  return !before.isWritten || now.disabled !== before.disabled;
}

function restsOf({ cooldownUntil, modelCooldowns, updatedAt }: FoundOfKey, time: RestoreTime) {
  const deadline = (until: number): number => restoredDeadline(until, updatedAt, time);
  const ofModels = Object.entries(modelCooldowns).map(([model, until]) => [model, deadline(until)] as const);
  return {
    cooldownUntil: cooldownUntil === null ? 0 : deadline(cooldownUntil),
    modelCooldowns: Object.fromEntries(ofModels),
  };
}

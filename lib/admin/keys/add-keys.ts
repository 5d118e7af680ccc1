import type { AuditEntry } from '../../auth/asker';
import type { SteppedChange } from '../../store/changes/change';
import type { NewKey } from '../../store/keys/key-import';
import type { ApiKeyRow } from '../../store/keys/key-row';
import { eachStep, keyRowsNote } from '../steps';

export interface KeyAddition {
  readonly providerId: string;
  readonly keys: readonly NewKey[];
  /** What the audit list says when so many have been looked at and so many of them were new. */
  readonly entryOf: (looked: number, added: number) => AuditEntry;
}

/** How many of a text's keys are new, there twice, known to the provider, and no keys at all. */
export interface ImportCounts {
  readonly added: number;
  readonly duplicates: number;
  readonly existing: number;
  readonly invalidCount: number;
}

/**
 * Adds keys in steps of one transaction each. What the steps before a failure have added comes to `onAdded` all the
 * same.
 */
export async function addKeys(
  change: SteppedChange,
  { providerId, keys, entryOf }: KeyAddition,
  onAdded: (rows: readonly ApiKeyRow[]) => void = () => undefined,
): Promise<number> {
  const added: ApiKeyRow[] = [];
  let looked = 0;
  try {
    await eachStep(keys, async (step) => {
      const rows = await change.step(async (write) => {
        const result = (await write.keys.importMany(providerId, step, 'dashboard')).added;
        const entry = entryOf(looked + step.length, added.length + result.length);
        return { entry, notes: keyRowsNote(result), result };
      });
      looked += step.length;
      added.push(...rows);
    });
  } finally {
    onAdded(added);
  }
  return added.length;
}

export function importEntry(
  slug: string,
  { added, duplicates, existing, invalidCount }: ImportCounts,
): AuditEntry {
  return {
    action: 'keys.import',
    target: slug,
    detail: { added, duplicates, existing, invalid: invalidCount },
  };
}

import { changedTags, type TagChange } from '../../config/key-tags';
import type { ChangeWrites } from '../../store/changes/change';
import type { ApiKeyRow } from '../../store/keys/key-row';
import type { AdminContext } from '../context';
import { CHUNK, eachStep, keyRowsNote } from '../steps';
import type { LiveKey } from './key-item';

export interface KeyEdit {
  /** What all of them get. */
  readonly patch: Partial<Pick<ApiKeyRow, 'limits' | 'account'>>;
  readonly tags: TagChange;
  /** What the audit list calls the change. */
  readonly fields: readonly string[];
}

interface EditDone {
  readonly looked: number;
  readonly changed: number;
  /** Passed over, as they would have too many tags. */
  readonly full: number;
}

/**
 * Gives many keys the same limits or account, or other tags. Keys that are gone meanwhile are passed over. Yields after
 * each step what was done, all together. The audit list calls them `target`.
 */
export async function* editKeys(
  { caller, configuration, store }: AdminContext,
  keys: readonly LiveKey[],
  edit: KeyEdit,
  target: string,
): AsyncGenerator<EditDone> {
  const change = store.changeInSteps(caller);
  const done = { looked: 0, changed: 0, full: 0 };
  do {
    const chunk = keys.slice(done.looked, done.looked + CHUNK);
    await configuration.change(async (editor) => {
      const present = chunk.flatMap(({ row: { providerId, id } }) => {
        const row = editor.inventory.keys.get(providerId)?.get(id);
        return row === undefined ? [] : [row];
      });
      await eachStep(present, async (step) => {
        const rows = await change.step(async (write) => {
          const result = await written(write, step, edit);
          const detail = { fields: edit.fields, changed: done.changed + result.length };
          return { entry: { action: 'keys.edit', target, detail }, notes: keyRowsNote(result), result };
        });
        editor.addKeys(rows);
        done.changed += rows.length;
        done.full += step.length - rows.length;
      });
    });
    done.looked += chunk.length;
    yield done;
  } while (done.looked < keys.length);
}

/** The rows as they are afterwards, without those that would have too many tags. */
async function written(
  write: ChangeWrites,
  rows: readonly ApiKeyRow[],
  { patch, tags }: KeyEdit,
): Promise<ApiKeyRow[]> {
  const isTagged = tags.add.length + tags.remove.length > 0;
  const ids = rows.map(({ id }) => id);
  const tagged = isTagged ? await write.keys.retag(ids, (own) => changedTags(own, tags)) : undefined;
  const changed = rows.flatMap((row) => {
    // One that is gone from the database is gone here soon.
    const isFull = tagged?.has(row.id) === true && tagged.get(row.id) === undefined;
    return isFull ? [] : [{ ...row, ...tagged?.get(row.id) }];
  });
  if (Object.keys(patch).length === 0) return changed;
  await write.keys.updateMany(
    changed.map(({ id }) => id),
    patch,
  );
  return changed.map((row) => ({ ...row, ...patch, version: row.version + 1 }));
}

import type { ApiKeyRow } from '../../store/keys/key-row';
import type { AdminContext } from '../context';
import { CHUNK, eachStep, keyRowsNote } from '../steps';
import type { LiveKey } from './key-item';

export type KeyEdit = Partial<Pick<ApiKeyRow, 'limits' | 'account'>>;

/**
 * Gives many keys the same limits or account. Keys that are gone meanwhile are passed over. Yields after each step how
 * many were looked at and changed, all together. The audit list calls them `target`.
 */
export async function* editKeys(
  { caller, configuration, store }: AdminContext,
  keys: readonly LiveKey[],
  edit: KeyEdit,
  target: string,
): AsyncGenerator<{ readonly looked: number; readonly changed: number }> {
  const change = store.changeInSteps(caller);
  const done = { looked: 0, changed: 0 };
  do {
    const chunk = keys.slice(done.looked, done.looked + CHUNK);
    await configuration.change(async (editor) => {
      const present = chunk.flatMap(({ row: { providerId, id } }) => {
        const row = editor.inventory.keys.get(providerId)?.get(id);
        return row === undefined ? [] : [row];
      });
      await eachStep(present, async (step) => {
        const detail = { fields: Object.keys(edit), changed: done.changed + step.length };
        await change.step(async (write) => {
          await write.keys.updateMany(
            step.map(({ id }) => id),
            edit,
          );
          return {
            entry: { action: 'keys.edit', target, detail },
            notes: keyRowsNote(step),
            result: undefined,
          };
        });
        editor.addKeys(step.map((row) => ({ ...row, ...edit, version: row.version + 1 })));
        done.changed += step.length;
      });
    });
    done.looked += chunk.length;
    yield done;
  } while (done.looked < keys.length);
}

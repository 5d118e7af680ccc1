import { randomBytes } from 'node:crypto';
import type { ApiKeyRow } from '../../store/keys/key-row';
import type { AdminContext } from '../context';
import { CHUNK, eachStep, keyRowsNote } from '../steps';

/** So long can a deletion be undone. */
export const UNDO_MS = 600_000;

export interface Deletion {
  readonly deletionId: string;
  readonly undoUntil: number;
}

/** Tells how many keys it was of, so that an undo can tell what is lost. */
export function newDeletion(now: number, count: number): Deletion {
  const id = randomBytes(12).toString('hex');
  return { deletionId: `${id}-${count.toString(36)}`, undoUntil: now + UNDO_MS };
}

export function countOfDeletion(deletionId: string): number {
  const count = parseInt(deletionId.split('-')[1] ?? '', 36);
  return Number.isNaN(count) ? 0 : count;
}

/**
 * Takes keys out of the rotation at once, in steps; yields after each how many are gone. They can be restored. The
 * audit list calls them `target`.
 */
export async function* deleteKeys(
  { caller, configuration, store, flushKeyStates, live }: AdminContext,
  rows: readonly ApiKeyRow[],
  { deletionId }: Deletion,
  target: string,
): AsyncGenerator<number> {
  await flushKeyStates();
  const change = store.changeInSteps(caller);
  let deleted = 0;
  do {
    const chunk = rows.slice(deleted, deleted + CHUNK);
    const gone: ApiKeyRow[] = [];
    await configuration.change(async (editor) => {
      try {
        await eachStep(chunk, async (step) => {
          const detail = { deleted: deleted + gone.length + step.length, deletionId };
          await change.step(async (write) => {
            await write.keys.discard(
              step.map(({ id }) => id),
              deletionId,
            );
            return {
              entry: { action: 'keys.delete', target, detail },
              notes: keyRowsNote(step),
              result: undefined,
            };
          });
          gone.push(...step);
        });
      } finally {
        editor.removeKeys(gone);
      }
    });
    live.keysRemoved(gone.map(({ id }) => id));
    deleted += gone.length;
    yield deleted;
  } while (deleted < rows.length);
}

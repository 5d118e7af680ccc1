import { randomBytes } from 'node:crypto';
import type { ApiKeyRow } from '../../store/rows';
import type { AdminContext } from '../context';
import { recordChange } from '../audit/record';

/** So long can a deletion be undone. */
export const UNDO_MS = 600_000;
/** Keys that go at once; other changes get their turn in between. */
const CHUNK = 2_500;

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

/** Takes keys out of the rotation at once, in steps; yields after each how many are gone. They can be restored. */
export async function* deleteKeys(
  { configuration, store, flushKeyStates, live }: AdminContext,
  rows: readonly ApiKeyRow[],
  { deletionId }: Deletion,
): AsyncGenerator<number> {
  await flushKeyStates();
  for (let start = 0; start < rows.length; start += CHUNK) {
    const chunk = rows.slice(start, start + CHUNK);
    await configuration.change(async (editor) => {
      await store.keys.discard(
        chunk.map(({ id }) => id),
        deletionId,
      );
      editor.removeKeys(chunk);
    });
    live.keysRemoved(chunk.map(({ id }) => id));
    yield start + chunk.length;
  }
}

export async function recordDeletion(
  context: AdminContext,
  target: string,
  deletion: Deletion,
  deleted: number,
) {
  await recordChange(context, {
    action: 'keys.delete',
    target,
    detail: { deleted, deletionId: deletion.deletionId },
  });
}

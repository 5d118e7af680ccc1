import type { AdminContext } from '../context';
import { recordChange } from '../audit/record';
import { AdminError } from '../error';
import { countOfDeletion, UNDO_MS } from './delete-keys';

/** Gives deleted keys back, with the state they had. */
export async function undoDeletion(context: AdminContext, { deletionId }: { readonly deletionId: string }) {
  const { configuration, store, live, now } = context;
  const restored = await configuration.change(async (editor) => {
    const rows = await store.keys.restore(deletionId, now() - UNDO_MS);
    editor.addKeys(rows);
    return rows.length;
  });
  if (restored === 0) {
    throw new AdminError(
      'not_found',
      'Nothing is left of that deletion: it was undone already, ten minutes are over, or the keys were added anew.',
    );
  }
  live.changed('keys');
  await recordChange(context, {
    action: 'keys.undo',
    target: restored === 1 ? '1 key' : `${restored} keys`,
    detail: { deletionId },
  });
  return { restored, lost: Math.max(0, countOfDeletion(deletionId) - restored) };
}

import type { RestoredKeys } from '../../store/keys/key-trash';
import type { ApiKeyRow } from '../../store/keys/key-row';
import type { AdminContext } from '../context';
import { AdminError } from '../error';
import { keyRowsNote } from '../steps';
import { countOfDeletion, UNDO_MS } from './delete-keys';

/** Gives deleted keys back, with the state they had. */
export async function undoDeletion(context: AdminContext, { deletionId }: { readonly deletionId: string }) {
  const restored = await context.configuration.change(async (editor) => {
    const rows: ApiKeyRow[] = [];
    try {
      for await (const some of restore(context, deletionId)) rows.push(...some);
    } finally {
      editor.addKeys(rows);
    }
    return rows.length;
  });
  if (restored === 0) {
    throw new AdminError(
      'not_found',
      'Nothing is left of that deletion: it was undone already, ten minutes are over, or the keys were added anew.',
    );
  }
  context.live.changed('keys');
  return { restored, lost: Math.max(0, countOfDeletion(deletionId) - restored) };
}

/** Yields the rows of each transaction. */
async function* restore(
  { caller, store, now }: AdminContext,
  deletionId: string,
): AsyncGenerator<readonly ApiKeyRow[]> {
  const notBefore = now() - UNDO_MS;
  const change = store.changeInSteps(caller);
  let restored = 0;
  let after: string | undefined = '';
  while (after !== undefined) {
    const from: string = after;
    const before = restored;
    const some: RestoredKeys = await change.step(async (write) => {
      const result = await write.keys.restoreSome(deletionId, notBefore, from);
      if (result.rows.length === 0) return { entry: undefined, result };
      const count = before + result.rows.length;
      const target = count === 1 ? '1 key' : `${count} keys`;
      return {
        entry: { action: 'keys.undo', target, detail: { deletionId } },
        notes: keyRowsNote(result.rows),
        result,
      };
    });
    restored += some.rows.length;
    after = some.next;
    yield some.rows;
  }
}

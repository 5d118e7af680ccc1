import type { AdminContext } from '../context';
import { deleteKeys, newDeletion } from './delete-keys';
import { findKey } from './find';

export async function deleteKey(context: AdminContext, { id }: { readonly id: string }) {
  const { row } = findKey(context, id);
  const deletion = newDeletion(context.now(), 1);
  let deleted = 0;
  for await (deleted of deleteKeys(context, [row], deletion, `key ${row.hint}`));
  return { ...deletion, deleted };
}

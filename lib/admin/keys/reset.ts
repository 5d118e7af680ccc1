import type { AdminContext } from '../context';
import { findKey } from './find';
import { keyItem } from './key-item';
import { nameOf, switchKeys } from './switch-keys';

export async function resetKey(context: AdminContext, { id }: { readonly id: string }) {
  const key = findKey(context, id);
  const keys = [key.row];
  await switchKeys(context, { action: 'reset', keys, target: nameOf(keys), pools: context.pools });
  return keyItem(key, context.liveTime);
}

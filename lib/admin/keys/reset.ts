import type { AdminContext } from '../context';
import { recordChange } from '../audit/record';
import { switchKey } from './bulk';
import { findKey } from './find';
import { keyItem } from './key-item';

export async function resetKey(context: AdminContext, { id }: { readonly id: string }) {
  const key = findKey(context, id);
  switchKey(context, 'reset', key.row.providerId, id);
  await recordChange(context, { action: 'keys.reset', target: `key ${key.row.hint}` });
  return keyItem(key, context.liveTime);
}

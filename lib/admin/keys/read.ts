import type { AdminContext } from '../context';
import { findKey } from './find';
import { keyItem } from './key-item';

export async function readKey(context: AdminContext, { id }: { readonly id: string }) {
  await context.catchUpCounts();
  return keyItem(findKey(context, id), context.liveTime);
}

import type { AdminContext } from '../context';
import { findKey } from './find';
import { keyItem } from './key-item';

export function readKey(context: AdminContext, { id }: { readonly id: string }) {
  return keyItem(findKey(context, id), context.liveTime);
}

import type { AdminContext } from '../context';
import { requireProvider } from './find';
import { providerItem } from './provider-item';

/** By id or slug. */
export function readProvider(context: AdminContext, { id }: { readonly id: string }) {
  return providerItem(context, requireProvider(context, id));
}

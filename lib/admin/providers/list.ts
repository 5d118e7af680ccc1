import type { AdminContext } from '../context';
import { providerItem } from './provider-item';

export function listProviders(context: AdminContext) {
  const items = context.configuration.inventory.providers.map((row) => providerItem(context, row));
  return { items, total: items.length, page: 1, pageSize: items.length };
}

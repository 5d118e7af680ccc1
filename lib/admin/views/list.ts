import type { AdminContext } from '../context';
import { viewItem } from './view-item';

export async function listViews({ store }: AdminContext) {
  const items = (await store.savedViews.list()).flatMap((row) => viewItem(row) ?? []);
  return { items };
}

import { attentionItemSchema, type AttentionItem } from '../admin/contract/stats';
import type { IncidentRow } from '../store/incidents';

/** What the item is about, the same for as long as that lasts; undefined for what is no incident. */
export function aboutOf(item: AttentionItem): string | undefined {
  switch (item.kind) {
    case 'keys':
      // Any failed request says so for some seconds.
      return item.state === 'failing' ? undefined : item.id;
    case 'model':
      // One model or several: its sentence changes, and its id.
      return `model:${item.provider}`;
    default:
      return item.id;
  }
}

/** Whether another sentence says it as well, and stands in its place. */
export function isCoveredBy(item: AttentionItem, items: readonly AttentionItem[]): boolean {
  if (item.kind === 'proxy') return items.some(({ kind }) => kind === 'proxies');
  if (item.kind !== 'keys') return false;
  return items.some(
    (one) => one.kind === 'keys' && one.state === 'none_left' && one.provider === item.provider,
  );
}

const RANK: Readonly<Record<AttentionItem['severity'], number>> = { high: 0, medium: 1, low: 2 };

/** The one that says more of it; of two alike the later one. */
export function worseOf(before: AttentionItem, now: AttentionItem): AttentionItem {
  if (RANK[before.severity] !== RANK[now.severity]) {
    return RANK[before.severity] < RANK[now.severity] ? before : now;
  }
  return extentOf(now) >= extentOf(before) ? now : before;
}

function extentOf(item: AttentionItem): number {
  switch (item.kind) {
    case 'keys':
    case 'waiting':
    case 'proxies':
      return item.count;
    case 'provider':
      return item.helped + item.failed;
    case 'failing':
      return item.failed;
    case 'model':
      return item.models;
    case 'proxy':
      return item.keys + item.stranded;
    case 'budget':
      return item.percent;
    case 'alone':
    case 'shortage':
      return 0;
  }
}

/** As it was kept; undefined for what another version has kept in another way. */
export function itemOf({ item }: Pick<IncidentRow, 'item'>): AttentionItem | undefined {
  try {
    return attentionItemSchema.parse(JSON.parse(item));
  } catch {
    return undefined;
  }
}

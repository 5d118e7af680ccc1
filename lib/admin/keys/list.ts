import type { KeyItem, KeyListQuery } from '../contract/keys';
import type { AdminContext } from '../context';
import { sortInSlices } from '../slices';
import { filterKeys } from './filter';
import { keyItem, keyStatus, type LiveKey } from './key-item';

const STATUS_RANK = { active: 0, cooling: 1, disabled_auto: 2, disabled_manual: 3 };

interface Sortable {
  readonly key: LiveKey;
  /** Taken before sorting, because traffic changes the state meanwhile. */
  readonly value: string | number;
}

/** Any page of all keys, from memory. */
export async function listKeys(context: AdminContext, query: KeyListQuery) {
  const { page, pageSize, sort, order, ...filter } = query;
  const now = context.now();
  const found = (await filterKeys(context, filter)).map((key): Sortable => ({
    key,
    value: sortValue(key, sort, now),
  }));
  const sign = order === 'asc' ? 1 : -1;
  const sorted = await sortInSlices(found, (a, b) => sign * (compare(a.value, b.value) || compareIds(a, b)));
  const start = (page - 1) * pageSize;
  const items: KeyItem[] = sorted.slice(start, start + pageSize).map(({ key }) => keyItem(key, now));
  return { items, total: found.length, page, pageSize };
}

function sortValue(
  { row, state, provider }: LiveKey,
  sort: KeyListQuery['sort'],
  now: number,
): string | number {
  switch (sort) {
    case 'provider':
      return provider;
    case 'hint':
      return row.hint.toLowerCase();
    case 'status':
      return STATUS_RANK[keyStatus(state, now)];
    case 'createdAt':
      return row.createdAt;
    case 'weight':
      return row.weight;
    case 'cooldownUntil':
      return state.cooldown.until > now ? state.cooldown.until : 0;
    case 'lastUsedAt':
    case 'lastErrorAt':
      return state[sort] ?? 0;
    case 'failures':
    case 'inFlight':
    case 'requestCount':
    case 'errorCount':
      return state[sort];
  }
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Ids ascend with time, so that equal keys have an order that stays. */
function compareIds(a: Sortable, b: Sortable): number {
  return compare(a.key.row.id, b.key.row.id);
}

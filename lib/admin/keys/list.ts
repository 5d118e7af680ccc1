import type { KeyListQuery } from '../contract/keys';
import type { AdminContext } from '../context';
import { sortedPart, sortInSlices } from '../slices';
import { filterKeys } from './filter';
import { keyItem, keyStatus, type LiveKey } from './key-item';

const STATUS_RANK = { active: 0, cooling: 1, disabled_auto: 2, disabled_manual: 3 };

/** Any page of all keys, from memory. */
export async function listKeys(context: AdminContext, query: KeyListQuery) {
  const { page, pageSize, sort, order, ...filter } = query;
  const now = context.now();
  const found = await filterKeys(context, filter);
  const part = { order, start: (page - 1) * pageSize, size: pageSize };
  const shown =
    sort === 'hint'
      ? await partByHint(found, part)
      : await sortedPart(found, { ...part, valueOf: valueBy(context, sort, now), compareEqual: compareIds });
  return { items: shown.map((key) => keyItem(key, now)), total: found.length, page, pageSize };
}

async function partByHint(
  keys: readonly LiveKey[],
  { order, start, size }: { readonly order: 'asc' | 'desc'; readonly start: number; readonly size: number },
): Promise<LiveKey[]> {
  const sign = order === 'asc' ? 1 : -1;
  const sorted = await sortInSlices(
    keys,
    (a, b) => sign * (compare(a.row.hint, b.row.hint) || compareIds(a, b)),
  );
  return sorted.slice(start, start + size);
}

function valueBy(
  { configuration }: AdminContext,
  sort: Exclude<KeyListQuery['sort'], 'hint'>,
  now: number,
): (key: LiveKey) => number {
  switch (sort) {
    case 'provider': {
      const slugs = configuration.inventory.providers.map(({ slug }) => slug).sort();
      const ranks = new Map(slugs.map((slug, rank) => [slug, rank]));
      return ({ provider }) => ranks.get(provider) ?? 0;
    }
    case 'status':
      return ({ state }) => STATUS_RANK[keyStatus(state, now)];
    case 'createdAt':
      return ({ row }) => row.createdAt;
    case 'weight':
      return ({ row }) => row.weight;
    case 'cooldownUntil':
      return ({ state: { cooldown } }) => (cooldown.until > now ? cooldown.until : 0);
    case 'lastUsedAt':
    case 'lastErrorAt':
      return ({ state }) => state[sort] ?? 0;
    case 'failures':
    case 'inFlight':
    case 'requestCount':
    case 'errorCount':
      return ({ state }) => state[sort];
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Ids ascend with time, so that equal keys have an order that stays. */
function compareIds(a: LiveKey, b: LiveKey): number {
  return compare(a.row.id, b.row.id);
}

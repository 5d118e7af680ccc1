import type { KeyListQuery } from '../contract/keys';
import type { AdminContext } from '../context';
import { forEachInSlices, sortedPart } from '../slices';
import { filterKeys } from './filter';
import { keyItem, keyStatus, type LiveKey } from './key-item';

const END_MAX = 4;
const CODES = 129;
const STATUS_RANK = { active: 0, cooling: 1, disabled_auto: 2, disabled_manual: 3 };

/** Any page of all keys, from memory. */
export async function listKeys(context: AdminContext, query: KeyListQuery) {
  const { page, pageSize, sort, order, ...filter } = query;
  await context.catchUpCounts();
  const now = context.liveTime.now();
  const found = await filterKeys(context, filter);
  const part = { order, start: (page - 1) * pageSize, size: pageSize };
  const valueOf = sort === 'hint' ? await hintValues(found) : valueBy(context, sort, now);
  const shown = await sortedPart(found, { ...part, valueOf });
  return { items: shown.map((key) => keyItem(key, context.liveTime)), total: found.length, page, pageSize };
}

/** As a number: its start by rank, which most keys share, and then the few characters of its end. */
async function hintValues(keys: readonly LiveKey[]): Promise<(key: LiveKey) => number> {
  const starts = new Set<string>();
  await forEachInSlices(keys, ({ row }) => starts.add(startOf(row.hint)));
  const ranks = new Map([...starts].sort().map((start, rank) => [start, rank]));
  return ({ row: { hint } }) => {
    const start = startOf(hint);
    let value = ranks.get(start) ?? 0;
    for (let at = 0; at < END_MAX; at += 1) {
      const code = start.length + at < hint.length ? hint.charCodeAt(start.length + at) + 1 : 0;
      value = value * CODES + Math.min(code, CODES - 1);
    }
    return value;
  };
}

/** A hint is a start, three dots and an end of four characters at most; keys are ASCII. */
function startOf(hint: string): string {
  return hint.slice(0, hint.indexOf('...') + 3);
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
    case 'inFlight':
      return ({ state }) => state.inFlight + state.inFlightElsewhere;
    case 'failures':
    case 'requestCount':
    case 'errorCount':
      return ({ state }) => state[sort];
  }
}

import type { TokenItem, TokenListQuery } from '../contract/tokens';
import type { AdminContext } from '../context';
import { settingsTokenItem, statusOf, tokenItem } from './token-item';
import type { ClientTokenRow } from '../../store/client-token-row';

type Filter = Pick<TokenListQuery, 'search' | 'status'>;

/** Tokens of the settings first, then those made here. */
export async function listTokens(
  context: AdminContext,
  { page, pageSize, sort, order, ...filter }: TokenListQuery,
) {
  await context.catchUpCounts();
  const { settingsTokens } = context.configuration;
  const ofSettings = settingsTokens
    .map((token) => settingsTokenItem(context, token))
    .filter((item) => passes(item, filter));
  const own = filterTokens(context, filter).sort(compareBy(context, sort));
  if (order === 'desc') own.reverse();
  const total = ofSettings.length + own.length;
  const from = (page - 1) * pageSize;
  const shownOfSettings = ofSettings.slice(from, from + pageSize);
  const ownFrom = Math.max(0, from - ofSettings.length);
  const shown = own.slice(ownFrom, ownFrom + pageSize - shownOfSettings.length);
  const items = [...shownOfSettings, ...shown.map((token) => tokenItem(context, token))];
  return { items, total, page, pageSize };
}

/** Those made here that pass. */
export function filterTokens({ configuration, now }: AdminContext, filter: Filter): ClientTokenRow[] {
  const at = now();
  return configuration.inventory.clientTokens.filter((token) =>
    passes({ ...token, status: statusOf(token, at) }, filter),
  );
}

function passes(
  { name, note, hint, status }: Pick<TokenItem, 'name' | 'note' | 'hint' | 'status'>,
  { search = '', status: wanted }: Filter,
): boolean {
  if (wanted !== undefined && status !== wanted) return false;
  const words = search.toLowerCase();
  return [name, note, hint].some((text) => text.toLowerCase().includes(words));
}

type Compare = (a: ClientTokenRow, b: ClientTokenRow) => number;

function compareBy({ tokenUse }: AdminContext, sort: TokenListQuery['sort']): Compare {
  const byAge: Compare = (a, b) => (a.id < b.id ? -1 : 1);
  const by = (value: (token: ClientTokenRow) => number): Compare => {
    return (a, b) => value(a) - value(b) || byAge(a, b);
  };
  switch (sort) {
    case 'name':
      return (a, b) => a.name.localeCompare(b.name) || byAge(a, b);
    case 'lastUsedAt':
      return by(({ id }) => tokenUse(id).lastUsedAt ?? 0);
    case 'requestCount':
      return by(({ id }) => tokenUse(id).requestCount);
    case 'expiresAt':
      return by(({ expiresAt }) => expiresAt ?? Number.MAX_SAFE_INTEGER);
    case 'createdAt':
      return byAge;
  }
}

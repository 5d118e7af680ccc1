import type { EndpointInput } from '../contract/endpoint';
import type { Overview, statsApi } from '../contract/stats';
import { breakerItem, everybodysBreaker } from '../breaker-item';
import type { AdminContext } from '../context';
import { everybodysRates } from '../live/everybodys-rates';
import { proxyCounts } from '../proxies/proxy-item';
import { keyCounts, NO_KEYS, sumKeyCounts } from './key-counts';
import { windowCompared } from './compared';
import { groupRows, spanOf, windowOf, type StatsWindow } from './range';
import { firstRecordAt, readUsage } from './usage-kinds';
import { usageTotals } from './usage-totals';

/** How things are, now and over a range. */
export async function overview(
  context: AdminContext,
  { compare, ...question }: EndpointInput<typeof statsApi.overview>,
): Promise<Overview> {
  const window = windowOf(context, question);
  const [rows, former] = await Promise.all([
    readUsage(context, window, { groupBy: ['provider'], isTotal: true }),
    formerOf(context, windowCompared(context, { question, window, compare })),
  ]);
  const byProvider = groupRows(rows, (row) => row.provider);
  const providers = context.configuration.inventory.providers.map((row) => {
    const pool = context.pools.get(row.id);
    return {
      id: row.id,
      slug: row.slug,
      name: row.name,
      isEnabled: row.isEnabled,
      isDefault: row.slug === context.settings.current.DEFAULT_PROVIDER,
      breaker: breakerItem(pool === undefined ? CLOSED : everybodysBreaker(pool), context.liveTime),
      keys: pool === undefined ? NO_KEYS : keyCounts(pool, context.liveTime.now()),
      totals: usageTotals(byProvider.get(row.slug) ?? []),
    };
  });
  const known = new Set(providers.map(({ slug }) => slug));
  const keys = sumKeyCounts(providers.map((provider) => provider.keys));
  return {
    ...spanOf(question, window),
    totals: usageTotals(rows),
    ...former,
    rates: everybodysRates(context),
    keys,
    proxies: proxyCounts(context.egresses),
    providers,
    unrouted: usageTotals(byProvider.get(UNROUTED) ?? []),
    removed: usageTotals(rows.filter(({ provider }) => provider !== UNROUTED && !known.has(provider))),
    isFirstRun: keys.total === 0,
  };
}

async function formerOf(
  context: AdminContext,
  window: StatsWindow | undefined,
): Promise<Pick<Overview, 'before' | 'compared'>> {
  if (window === undefined) return { before: usageTotals([]), compared: null };
  const { from, to } = window;
  const [rows, firstAt] = await Promise.all([
    readUsage(context, window, { isTotal: true }),
    firstRecordAt(context, 'all'),
  ]);
  const isCut = firstAt !== null && from < firstAt;
  return { before: usageTotals(rows), compared: { from, to, isCut } };
}

/** Where requests are counted that had no provider. */
const UNROUTED = '';
const CLOSED = { state: 'closed', cause: undefined, reason: undefined, openUntil: undefined } as const;

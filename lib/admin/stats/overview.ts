import type { Overview, StatsRange } from '../contract/stats';
import { breakerItem, everybodysBreaker } from '../breaker-item';
import type { AdminContext } from '../context';
import { everybodysRates } from '../live/everybodys-rates';
import { proxyCounts } from '../proxies/proxy-item';
import { keyCounts, NO_KEYS, sumKeyCounts } from './key-counts';
import { groupRows, readUsage, windowBefore, windowOf } from './range';
import { usageTotals } from './usage-totals';

/** How things are, now and over a range. */
export async function overview(
  context: AdminContext,
  { range }: { readonly range: StatsRange },
): Promise<Overview> {
  const now = context.now();
  const window = windowOf(range, now);
  const [rows, before] = await Promise.all([
    readUsage(context, window, { groupBy: ['provider'], isTotal: true }),
    readUsage(context, windowBefore(window), { isTotal: true }),
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
    range,
    from: window.from,
    to: window.to,
    totals: usageTotals(rows),
    before: usageTotals(before),
    rates: everybodysRates(context),
    keys,
    proxies: proxyCounts(context.egresses),
    providers,
    unrouted: usageTotals(byProvider.get(UNROUTED) ?? []),
    removed: usageTotals(rows.filter(({ provider }) => provider !== UNROUTED && !known.has(provider))),
    isFirstRun: keys.total === 0,
  };
}

/** Where requests are counted that had no provider. */
const UNROUTED = '';
const CLOSED = { state: 'closed', cause: undefined, reason: undefined, openUntil: undefined } as const;

import type { UsageRollup } from '../../store/rows';
import type { EndpointInput } from '../contract/endpoint';
import type { ExploredGroup, ExploreMetric, statsApi } from '../contract/stats';
import type { AdminContext } from '../context';
import { busiest } from './busiest';
import { busiestKeys } from './busiest-keys';
import { viewOf, type ExploreInput } from './explore-question';
import { groupNamesOf } from './group-names';
import { EXPLORE_METRICS } from './explore-metrics';
import { usageBeside } from './other-usage';
import { knownWindow } from './compared';
import { bucketsOf, groupRows, spanOf, type StatsWindow } from './range';
import { columnOf, readUsage, type UsageDimension, type UsageFilter } from './usage-kinds';
import { pointsOf } from './series';
import { binOf, usageTotals } from './usage-totals';

/** The few series that one can tell apart in a chart. */
const SERIES_MAX = 6;
/** Each is read by itself. */
const KEYS_MAX = 50;
const DIMENSIONS = {
  provider: 'provider',
  model: 'model',
  token: 'token',
  key: 'keyId',
  proxy: 'proxy',
  verdict: 'verdict',
} as const satisfies Readonly<Record<Exclude<ExploreInput['groupBy'], 'none' | 'status'>, UsageDimension>>;

export async function explore(context: AdminContext, input: EndpointInput<typeof statsApi.explore>) {
  const { metric, compare, ...question } = input;
  const { window, filter, kind } = viewOf(context, question);
  const found = await exploreGroups(context, question);
  const ids = mostOf(found.groups, metric).map(({ id }) => id);
  const rowsOf = await rowsOfParts(context, window, filter, input.groupBy, ids);
  const series = ids.map((id) => ({ id, values: valuesIn(rowsOf(id), window, metric) }));
  const former = await knownWindow(context, { question, window, compare, kind });
  return {
    ...spanOf(question, window),
    ...bucketsOf(window),
    ...found,
    value: EXPLORE_METRICS[metric].valueOf(found.totals),
    values: await valuesOf(context, window, filter, metric),
    isSum: EXPLORE_METRICS[metric].isSum,
    former: former === undefined ? null : await formerOf(context, former, filter, metric),
    series,
    filter: {
      provider: groupNamesOf(context, 'provider', input.provider ?? '').name,
      token: groupNamesOf(context, 'token', input.token ?? ''),
      key: groupNamesOf(context, 'key', input.keyId ?? ''),
      proxy: groupNamesOf(context, 'proxy', input.proxy ?? ''),
    },
  };
}

async function formerOf(
  context: AdminContext,
  window: StatsWindow,
  filter: UsageFilter,
  metric: ExploreMetric,
) {
  const totals = usageTotals(await readUsage(context, window, { ...filter, isTotal: true }));
  // What is not known whole is not compared.
  const isKnown = metric !== 'costUsd' || totals.unpriced === 0;
  return {
    from: window.from,
    to: window.to,
    ...bucketsOf(window),
    value: isKnown ? EXPLORE_METRICS[metric].valueOf(totals) : null,
    values: await valuesOf(context, window, filter, metric),
  };
}

/** The busiest groups; what is in none of them; and the whole, which they make up. */
export async function exploreGroups(context: AdminContext, input: ExploreInput) {
  const { window, filter } = viewOf(context, input);
  const { found, isWhole } = await rowsByGroup(context, input);
  const whole = await readUsage(context, window, { ...filter, isTotal: true });
  const groups: ExploredGroup[] = found.map(({ id, provider, rows }) => ({
    id,
    provider,
    ...groupNamesOf(context, input.groupBy, id),
    totals: usageTotals(rows),
  }));
  const parts = found.flatMap(({ rows }) => rows);
  const others = input.groupBy === 'none' ? [] : usageBeside(whole, parts);
  return {
    totals: usageTotals(whole),
    groups,
    others: { ...usageTotals(others), latencyMaxMs: null },
    isWhole,
  };
}

interface Found {
  readonly id: string;
  /** Of a key. */
  readonly provider: string | null;
  readonly rows: readonly UsageRollup[];
}

async function rowsByGroup(
  context: AdminContext,
  input: ExploreInput,
): Promise<{ readonly found: readonly Found[]; readonly isWhole: boolean }> {
  const { groupBy, limit } = input;
  if (groupBy === 'none') return { found: [], isWhole: true };
  const { window, filter } = viewOf(context, input);
  if (groupBy === 'status') return rowsByStatus(context, window, filter, limit);
  if (groupBy === 'key') return rowsByKey(context, window, filter, Math.min(limit, KEYS_MAX));
  const dimension = DIMENSIONS[groupBy];
  const read = await readUsage(context, window, { ...filter, groupBy: [dimension], isTotal: true });
  const column = columnOf(dimension);
  const most = await busiest(read, [column], limit + 1);
  const found = most
    .slice(0, limit)
    .map(({ rows }) => ({ id: rows[0]?.[column] ?? '', provider: null, rows }));
  return { found, isWhole: most.length <= limit };
}

/** Of every row it is known how its requests ended. */
async function rowsByStatus(context: AdminContext, window: StatsWindow, filter: UsageFilter, limit: number) {
  const read = await readUsage(context, window, { ...filter, isTotal: true });
  const requestsOf = ({ rows }: Found) => rows.reduce((sum, { requests }) => sum + requests, 0);
  const groups: Found[] = [...groupRows(read, binOf)].map(([id, rows]) => ({ id, provider: null, rows }));
  const found = groups.toSorted((a, b) => requestsOf(b) - requestsOf(a));
  return { found: found.slice(0, limit), isWhole: found.length <= limit };
}

async function rowsByKey(context: AdminContext, window: StatsWindow, filter: UsageFilter, limit: number) {
  const most = await busiestKeys(context, window, filter, ['keyId'], limit + 1);
  const found = most.slice(0, limit).map((rows): Found => {
    const { keyId = '', provider = null } = rows[0] ?? {};
    return { id: keyId, provider, rows };
  });
  return { found, isWhole: most.length <= limit };
}

/** The groups for the chart. */
function mostOf(groups: readonly ExploredGroup[], metric: ExploreMetric): readonly ExploredGroup[] {
  const { isSum, valueOf } = EXPLORE_METRICS[metric];
  const ranked = isSum
    ? groups.toSorted((a, b) => (valueOf(b.totals) ?? 0) - (valueOf(a.totals) ?? 0))
    : groups;
  return ranked.filter(({ totals }) => !isSum || (valueOf(totals) ?? 0) > 0).slice(0, SERIES_MAX);
}

/** The rows of each of some groups, which are read together. */
async function rowsOfParts(
  context: AdminContext,
  window: StatsWindow,
  filter: UsageFilter,
  groupBy: ExploreInput['groupBy'],
  ids: readonly string[],
): Promise<(id: string) => readonly UsageRollup[]> {
  if (groupBy === 'none' || ids.length === 0) return () => [];
  if (groupBy === 'status') {
    const groups = groupRows(await readUsage(context, window, filter), binOf);
    return (id) => groups.get(id) ?? [];
  }
  const dimension = DIMENSIONS[groupBy];
  // In one order, so that it is the same question while they take turns.
  const among = { column: dimension, values: ids.toSorted() };
  const rows = await readUsage(context, window, { ...filter, groupBy: [dimension], among });
  const column = columnOf(dimension);
  const groups = groupRows(rows, (row) => row[column]);
  return (id) => groups.get(id) ?? [];
}

async function valuesOf(
  context: AdminContext,
  window: StatsWindow,
  filter: UsageFilter,
  metric: ExploreMetric,
) {
  return valuesIn(await readUsage(context, window, filter), window, metric);
}

function valuesIn(rows: readonly UsageRollup[], window: StatsWindow, metric: ExploreMetric) {
  return pointsOf(rows, window).map((point) => EXPLORE_METRICS[metric].valueOf(point));
}

import type { EndpointInput } from '../contract/endpoint';
import type { statsApi, UsageTotals } from '../contract/stats';
import { lookUpKey } from '../keys/find';
import type { AdminContext } from '../context';
import type { UsageQuery } from '../../store/usage/usage-book';
import type { Dimension } from '../../store/usage/rollups';
import type { UsageRollup } from '../../store/rows';
import { spanOf, windowOf, type StatsWindow } from './range';
import { kindOf, readUsage } from './usage-kinds';
import { forEachInSlices, sortedPart } from '../slices';
import { usageTotals } from './usage-totals';

type Input = EndpointInput<typeof statsApi.models>;

interface Group {
  readonly rows: UsageRollup[];
  requests: number;
  attempts: number;
}

interface Part {
  readonly row: UsageRollup;
  readonly totals: UsageTotals;
}

const GROUPED_SLICE = 1_000;
/** More than anybody makes. */
const ATTEMPTS_END = 1e9;

export async function statsByProvider(context: AdminContext, input: Input) {
  const { window, items } = await breakdown(context, input, 'provider');
  return {
    ...spanOf(input, window),
    items: items.map(({ row, totals }) => ({ provider: row.provider, totals })),
  };
}

export async function statsByModel(context: AdminContext, input: Input) {
  const { window, items } = await breakdown(context, input, 'model');
  return { ...spanOf(input, window), items: items.map(({ row, totals }) => ({ model: row.model, totals })) };
}

/** Those that no request came with are left out: so are the requests that no token let in. */
export async function statsByToken(context: AdminContext, input: Input) {
  const { window, items } = await breakdown(context, input, 'token');
  const names = new Map(context.configuration.namedTokens.map((token) => [token.id, token]));
  return {
    ...spanOf(input, window),
    items: items.map(({ row: { token }, totals }) => {
      const known = names.get(token);
      return { token, name: known?.name ?? null, hint: known?.hint ?? null, totals };
    }),
  };
}

/** There may be 50,000 keys: the busiest are found by their requests alone, and only of those is all summed up. */
export async function statsByKey(context: AdminContext, input: Input) {
  const window = windowOf(context, input, 'key');
  const query = { ...ofProvider(input), groupBy: ['provider', 'keyId'], isTotal: true } satisfies Query;
  const ranked = await readUsage(context, window, { ...query, isOfRequestsOnly: true });
  const items = [];
  for (const { rows } of await busiest(ranked, ['provider', 'keyId'], input.limit)) {
    const { keyId = '', provider = '' } = rows[0] ?? {};
    const whole = await readUsage(context, window, { ...query, provider, keyId });
    const hint = lookUpKey(context, keyId)?.row.hint ?? null;
    items.push({ keyId, provider, hint, totals: usageTotals(whole) });
  }
  return { ...spanOf(input, window), items };
}

type Query = Omit<UsageQuery, 'resolutions' | 'from' | 'to'>;

const ofProvider = ({ provider }: Input) => (provider === undefined ? {} : { provider });

async function breakdown(
  context: AdminContext,
  input: Input,
  dimension: Dimension,
): Promise<{ readonly window: StatsWindow; readonly items: readonly Part[] }> {
  const window = windowOf(context, input, kindOf({ groupBy: [dimension] }));
  const rows = await readUsage(context, window, {
    ...ofProvider(input),
    groupBy: [dimension],
    isTotal: true,
  });
  const groups = await busiest(rows, [dimension], input.limit);
  const items = groups.flatMap(({ rows: group }) =>
    group[0] === undefined ? [] : [{ row: group[0], totals: usageTotals(group) }],
  );
  return { window, items };
}

/** The groups with the most requests, the busiest first; among equals the one with more attempts. */
export async function busiest(
  rows: readonly UsageRollup[],
  groupBy: readonly Dimension[],
  limit: number,
): Promise<Group[]> {
  const groups = new Map<string, Group>();
  await forEachInSlices(
    rows,
    (row) => {
      // Requests that reached no provider, key or model are left out.
      if (groupBy.some((dimension) => row[dimension] === '')) return;
      const name = JSON.stringify(groupBy.map((dimension) => row[dimension]));
      const group = groups.get(name);
      if (group === undefined)
        groups.set(name, { rows: [row], requests: row.requests, attempts: row.attempts });
      else {
        group.rows.push(row);
        group.requests += row.requests;
        group.attempts += row.attempts;
      }
    },
    GROUPED_SLICE,
  );
  const valueOf = ({ requests, attempts }: Group): number => requests + attempts / ATTEMPTS_END;
  return sortedPart([...groups.values()], { valueOf, order: 'desc', start: 0, size: limit });
}

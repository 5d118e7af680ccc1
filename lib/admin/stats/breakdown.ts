import type { EndpointInput } from '../contract/endpoint';
import type { statsApi, UsageTotals } from '../contract/stats';
import { lookUpKey } from '../keys/find';
import type { AdminContext } from '../context';
import type { Dimension } from '../../store/usage/rollups';
import type { UsageRollup } from '../../store/rows';
import { busiest } from './busiest';
import { busiestKeys } from './busiest-keys';
import { spanOf, windowOf, type StatsWindow } from './range';
import { kindOf, readUsage } from './usage-kinds';
import { usageTotals } from './usage-totals';

type Input = EndpointInput<typeof statsApi.models>;

interface Part {
  readonly row: UsageRollup;
  readonly totals: UsageTotals;
}

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

export async function statsByKey(context: AdminContext, input: Input) {
  const window = windowOf(context, input, 'key');
  const found = await busiestKeys(context, window, ofProvider(input), ['provider', 'keyId'], input.limit);
  const items = found.map((rows) => {
    const { keyId = '', provider = '' } = rows[0] ?? {};
    const hint = lookUpKey(context, keyId)?.row.hint ?? null;
    return { keyId, provider, hint, totals: usageTotals(rows) };
  });
  return { ...spanOf(input, window), items };
}

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

import type { EndpointInput } from '../contract/endpoint';
import type { statsApi } from '../contract/stats';
import { lookUpKey } from '../keys/find';
import type { AdminContext } from '../context';
import type { UsageRollup } from '../../store';
import { groupRows, keyWindowOf, readUsage, windowOf } from './range';
import { usageTotals } from './usage-totals';

type Input = EndpointInput<typeof statsApi.models>;
type Dimension = 'provider' | 'keyId' | 'model';

export async function statsByProvider(context: AdminContext, input: Input) {
  const items = await breakdown(context, input, ['provider']);
  return { range: input.range, items: items.map(({ row, totals }) => ({ provider: row.provider, totals })) };
}

export async function statsByKey(context: AdminContext, input: Input) {
  const items = await breakdown(context, input, ['provider', 'keyId']);
  return {
    range: input.range,
    items: items.map(({ row: { keyId, provider }, totals }) => ({
      keyId,
      provider,
      hint: lookUpKey(context, keyId)?.row.hint ?? null,
      totals,
    })),
  };
}

export async function statsByModel(context: AdminContext, input: Input) {
  const items = await breakdown(context, input, ['model']);
  return { range: input.range, items: items.map(({ row, totals }) => ({ model: row.model, totals })) };
}

async function breakdown(context: AdminContext, { range, provider, limit }: Input, groupBy: Dimension[]) {
  const window = groupBy.includes('keyId') ? keyWindowOf : windowOf;
  const rows = await readUsage(context, window(range, context.now()), {
    groupBy,
    isTotal: true,
    ...(provider !== undefined && { provider }),
  });
  // What reached no provider, key or model is nobody's.
  const named = rows.filter((row) => groupBy.every((dimension) => row[dimension] !== ''));
  const groups = groupRows(named, (row) => JSON.stringify(groupBy.map((dimension) => row[dimension])));
  return [...groups.values()]
    .flatMap((group) =>
      group[0] === undefined ? [] : [{ row: group[0], group, requests: requestsOf(group) }],
    )
    .sort((a, b) => b.requests - a.requests)
    .slice(0, limit)
    .map(({ row, group }) => ({ row, totals: usageTotals(group) }));
}

function requestsOf(rows: readonly UsageRollup[]): number {
  return rows.reduce((sum, { requests }) => sum + requests, 0);
}

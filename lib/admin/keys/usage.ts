import type { EndpointInput } from '../contract/endpoint';
import type { keysApi } from '../contract/keys';
import type { AdminContext } from '../context';
import { groupRows, spanOf, windowOf } from '../stats/range';
import { pointsOf } from '../stats/series';
import { readUsage } from '../stats/usage-kinds';
import { usageTotals } from '../stats/usage-totals';
import { findKey } from './find';

/** What a key was used for, over time and by model. */
export async function keyUsage(
  context: AdminContext,
  { id, ...question }: EndpointInput<typeof keysApi.usage>,
) {
  const { row } = findKey(context, id);
  const window = windowOf(context, question, 'key');
  const rows = await readUsage(context, window, { keyId: row.id, groupBy: ['model'] });
  const models = [...groupRows(rows, ({ model }) => model)]
    .map(([model, ofModel]) => ({ model, totals: usageTotals(ofModel) }))
    .sort((a, b) => b.totals.requests - a.totals.requests);
  return {
    ...spanOf(question, window),
    bucketMs: window.bucketMs,
    totals: usageTotals(rows),
    series: pointsOf(rows, window),
    models,
  };
}

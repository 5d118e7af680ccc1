import type { UsageRollup } from '../../store/rows';
import type { AdminContext } from '../context';
import { busiest } from './busiest';
import type { StatsWindow } from './range';
import { readUsage, type UsageFilter } from './usage-kinds';

/** So many are summed up in one go, which reads in order; the rows of one key lie far apart. */
const SUMMED_MAX = 2_000;

/**
 * The rows of the keys with the most requests, the busiest first; `groupBy` tells whether a key counts once for each of
 * its providers. Where there are more than 2,000 keys, the busiest are found by their requests alone, and only of those
 * is all summed up.
 */
export async function busiestKeys(
  context: AdminContext,
  window: StatsWindow,
  filter: UsageFilter,
  groupBy: readonly ('provider' | 'keyId')[],
  limit: number,
): Promise<readonly (readonly UsageRollup[])[]> {
  const query = { ...filter, groupBy: ['provider', 'keyId'], isTotal: true } as const;
  const isWhole = keyCount(context) <= SUMMED_MAX;
  const ranked = await readUsage(context, window, isWhole ? query : { ...query, isOfRequestsOnly: true });
  const most = await busiest(ranked, groupBy, limit);
  if (isWhole) return most.map(({ rows }) => rows);
  const found: (readonly UsageRollup[])[] = [];
  for (const { rows } of most) {
    const { keyId = '', provider = '' } = rows[0] ?? {};
    const ofOne = { ...query, keyId, ...(groupBy.includes('provider') && { provider }) };
    found.push(await readUsage(context, window, ofOne));
  }
  return found;
}

function keyCount({ configuration }: Pick<AdminContext, 'configuration'>): number {
  return [...configuration.inventory.keys.values()].reduce((sum, pool) => sum + pool.size, 0);
}

import type { Dimension } from '../../store/usage/rollups';
import type { UsageRollup } from '../../store/rows';
import { forEachInSlices, sortedPart } from '../slices';

interface Group {
  readonly rows: UsageRollup[];
  requests: number;
  attempts: number;
}

const GROUPED_SLICE = 1_000;
/** More than anybody makes. */
const ATTEMPTS_END = 1e9;

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

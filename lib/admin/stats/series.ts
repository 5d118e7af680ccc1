import type { UsageRollup } from '../../store/rows';
import type { UsagePoint } from '../contract/stats';
import { groupRows, type StatsWindow } from './range';
import { usageTotals } from './usage-totals';

/** One point for each bucket of the window, empty ones too. */
export function pointsOf(rows: readonly UsageRollup[], { from, to, bucketMs }: StatsWindow): UsagePoint[] {
  const bucketOf = (at: number): number => from + Math.floor((at - from) / bucketMs) * bucketMs;
  const groups = groupRows(rows, (row) => String(bucketOf(row.bucketStart)));
  const points: UsagePoint[] = [];
  for (let at = from; at < to; at += bucketMs) {
    points.push({ at, ...usageTotals(groups.get(String(at)) ?? []) });
  }
  return points;
}

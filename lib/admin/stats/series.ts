import type { UsageRollup } from '../../store/rows';
import type { UsagePoint } from '../contract/stats';
import { startBefore } from '../../store/usage/start-before';
import { groupRows, type StatsWindow } from './range';
import { usageTotals } from './usage-totals';

/** One point for each bucket of the window, empty ones too. */
export function pointsOf(rows: readonly UsageRollup[], { starts }: StatsWindow): UsagePoint[] {
  const groups = groupRows(rows, ({ bucketStart }) => String(startBefore(starts, bucketStart)));
  return starts.map((at) => ({ at, ...usageTotals(groups.get(String(at)) ?? []) }));
}

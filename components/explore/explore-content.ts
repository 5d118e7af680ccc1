import type { ExploreMetric } from '@/lib/admin/contract/stats';
import type { Found } from '@/lib/client/explore';
import { formatCount, formatDuration, formatShare, formatUsd } from '../../lib/client/format';
import { formerValues } from '../../lib/client/former';
import { formerSeries, type ChartPoint, type ChartSeries } from '../charts/chart-series';

export interface ExplorePoint extends ChartPoint {
  readonly whole: number | null;
  /** In the order of the series of the answer. */
  readonly parts: readonly (number | null)[];
  /** Of the whole in the time compared with, if that is drawn. */
  readonly former?: number | null;
}

export const WHOLE = 'whole';
export const OTHERS = 'others';
/** Behind it comes an id. */
const GROUP = 'group ';
export const GROUP_COLORS = [1, 2, 3, 4, 5, 6].map((number) => `var(--group-${number})`);
export const OTHERS_COLOR = 'var(--chart-cancelled)';
/** Axes have whole numbers. */
const MICRO = 1_000_000;
/** Costs are kept in billionths of a dollar: what is less is an error of adding up. */
const LEAST = 1e-9;

interface MetricLook {
  /** What the chart draws for a value of the answer. */
  readonly scale: number;
  readonly format: (drawn: number) => string;
  readonly highest?: number;
}

const counted: MetricLook = { scale: 1, format: formatCount };
const timed: MetricLook = { scale: 1, format: formatDuration };

const LOOKS: Readonly<Record<ExploreMetric, MetricLook>> = {
  requests: counted,
  failed: counted,
  attempts: counted,
  failedAttempts: counted,
  tokens: counted,
  promptTokens: counted,
  cachedTokens: counted,
  completionTokens: counted,
  costUsd: { scale: MICRO, format: (micro) => formatUsd(micro / MICRO) },
  successRate: { scale: 100, format: (percent) => formatShare(percent, 100), highest: 100 },
  latencyP50Ms: timed,
  latencyP95Ms: timed,
  ttfbAverageMs: timed,
};

export function explorePoints(found: Found): readonly ExplorePoint[] {
  const { values, series, from, bucketMs } = found;
  const starts = values.map((_, index) => found.starts?.[index] ?? from + index * bucketMs);
  const former = drawnFormer(found);
  const formerly = former && formerValues(former, { from, bucketMs }, starts, found.isSum);
  return values.map((whole, index) => ({
    at: starts[index] ?? from,
    whole,
    parts: series.map((one) => one.values[index] ?? null),
    former: formerly?.[index] ?? null,
  }));
}

/** Beside groups a line of the whole would say nothing. */
export function drawnFormer({ former, question }: Pick<Found, 'former' | 'question'>) {
  return question.groupBy === 'none' && former !== null ? former : undefined;
}

/** What is in none of the series. Of figures that do not add up there is no such thing. */
export function othersOf({ whole, parts }: ExplorePoint): number | null {
  if (whole === null) return null;
  const left = parts.reduce<number>((rest, part) => rest - (part ?? 0), whole);
  return left < LEAST ? 0 : left;
}

/** Groups stand on each other where they add up, with what is in none of them on top; else each has its line. */
export function exploreSeries(
  found: Found,
  points: readonly ExplorePoint[],
): readonly ChartSeries<ExplorePoint>[] {
  const { metric, groupBy } = found.question;
  const { isSum } = found;
  const { scale } = LOOKS[metric];
  const shape = isSum ? ('bar' as const) : ('line' as const);
  const one = (name: string, color: string, pick: (point: ExplorePoint) => number | null) => ({
    name,
    color,
    shape,
    valueOf: (point: ExplorePoint) => {
      const value = pick(point);
      return value === null ? null : value * scale;
    },
  });
  if (groupBy === 'none') {
    const whole = one(WHOLE, 'var(--chart-good)', (point) => point.whole);
    if (drawnFormer(found) === undefined) return [whole];
    return [
      whole,
      formerSeries<ExplorePoint>(({ former }) => (typeof former === 'number' ? former * scale : null)),
    ];
  }
  const groups: ChartSeries<ExplorePoint>[] = found.series.map(({ id }, index) =>
    one(`${GROUP}${id}`, GROUP_COLORS[index] ?? OTHERS_COLOR, ({ parts }) => parts[index] ?? null),
  );
  const hasOthers = isSum && points.some((point) => (othersOf(point) ?? 0) > 0);
  return hasOthers ? [...groups, one(OTHERS, OTHERS_COLOR, othersOf)] : groups;
}

/** The id of the group that a series is of. */
export function groupIdOf(seriesName: string): string | undefined {
  return seriesName.startsWith(GROUP) ? seriesName.slice(GROUP.length) : undefined;
}

/** The colour of a group in the chart, if it has one. */
export function colorOf({ series }: Found, id: string): string | undefined {
  return GROUP_COLORS[series.findIndex((one) => one.id === id)];
}

/** How values of a metric are written: of the chart, and of an answer. */
export function exploreFormat(metric: ExploreMetric) {
  const { scale, format, highest } = LOOKS[metric];
  return {
    ofDrawn: format,
    ofValue: (value: number | null) => (value === null ? '–' : format(value * scale)),
    ...(highest !== undefined && { highest }),
  };
}

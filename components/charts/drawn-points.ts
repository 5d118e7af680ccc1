import type { UsagePoint } from '@/lib/admin/contract/stats';
import type { ChartSeries, SeriesName } from './chart-series';

/** One bucket as it is drawn. */
export interface DrawnPoint {
  readonly at: number;
  readonly point: UsagePoint;
  /** It goes on: what it shows is not yet all. */
  readonly isFilling: boolean;
  /** null is a gap. */
  readonly values: Readonly<Partial<Record<SeriesName, number | null>>>;
  /** Values of lines without a neighbour to be joined to. */
  readonly lonely: readonly SeriesName[];
}

interface Options {
  readonly points: readonly UsagePoint[];
  readonly series: readonly ChartSeries[];
  /** Of the area that bars are drawn in. */
  readonly heightPx: number;
  readonly isLastFilling: boolean;
}

/** Axes end at a round number above the highest bar, at most so much higher. */
const AXIS_HEADROOM = 1.6;

/** Every bar that is not zero is at least a pixel high: one failure among a million requests is seen. */
export function drawnPoints({ points, series, heightPx, isLastFilling }: Options): DrawnPoint[] {
  const bars = series.filter(({ shape }) => shape === 'bar');
  const lines = series.filter(({ shape }) => shape === 'line');
  const highest = Math.max(0, ...points.map((point) => stackOf(point, bars)));
  const pixel = (highest * AXIS_HEADROOM) / heightPx;
  return points.map((point, index) => {
    const isGap = (side: -1 | 1, { valueOf }: ChartSeries): boolean => {
      const neighbour = points[index + side];
      return neighbour === undefined || valueOf(neighbour) === null;
    };
    const valueOf = (one: ChartSeries): number | null => {
      const value = one.valueOf(point);
      return one.shape === 'line' || value === null || value === 0 ? value : Math.max(value, pixel);
    };
    return {
      at: point.at,
      point,
      isFilling: isLastFilling && index === points.length - 1,
      values: Object.fromEntries(series.map((one) => [one.name, valueOf(one)])),
      lonely: lines
        .filter((one) => one.valueOf(point) !== null && isGap(-1, one) && isGap(1, one))
        .map(({ name }) => name),
    };
  });
}

function stackOf(point: UsagePoint, bars: readonly ChartSeries[]): number {
  return bars.reduce((sum, { valueOf }) => sum + (valueOf(point) ?? 0), 0);
}

import type { ChartPoint, ChartSeries } from './chart-series';

/** One bucket as it is drawn. */
export interface DrawnPoint<Point extends ChartPoint = ChartPoint> {
  readonly at: number;
  readonly point: Point;
  /** It goes on: what it shows is not yet all. */
  readonly isFilling: boolean;
  /** null is a gap. */
  readonly values: Readonly<Partial<Record<string, number | null>>>;
  /** Values of lines without a neighbour to be joined to. */
  readonly lonely: readonly string[];
}

interface Options<Point extends ChartPoint> {
  readonly points: readonly Point[];
  readonly series: readonly ChartSeries<Point>[];
  /** Of the area that bars are drawn in. */
  readonly heightPx: number;
  readonly isLastFilling: boolean;
}

/** Axes end at a round number above the highest bar, at most so much higher. */
const AXIS_HEADROOM = 1.6;

/** Every bar that is not zero is at least a pixel high: one failure among a million requests is seen. */
export function drawnPoints<Point extends ChartPoint>({
  points,
  series,
  heightPx,
  isLastFilling,
}: Options<Point>): DrawnPoint<Point>[] {
  const bars = series.filter(({ shape }) => shape === 'bar');
  const lines = series.filter(({ shape }) => shape === 'line');
  const highest = Math.max(0, ...points.map((point) => stackOf(point, bars)));
  const pixel = (highest * AXIS_HEADROOM) / heightPx;
  return points.map((point, index) => {
    const isGap = (side: -1 | 1, { valueOf }: ChartSeries<Point>): boolean => {
      const neighbour = points[index + side];
      return neighbour === undefined || valueOf(neighbour) === null;
    };
    const valueOf = (one: ChartSeries<Point>): number | null => {
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

function stackOf<Point extends ChartPoint>(point: Point, bars: readonly ChartSeries<Point>[]): number {
  return bars.reduce((sum, { valueOf }) => sum + (valueOf(point) ?? 0), 0);
}

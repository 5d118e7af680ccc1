'use client';
import { useFormatter } from 'next-intl';
import { useRef, useState, type PointerEvent } from 'react';
import { useElementWidth } from '../shared/use-element-width';
import { useHasPassed } from '../shared/use-now';
import { Axes } from './chart-axes';
import { valueAxis, type AxisLabel } from './chart-scale';
import type { ChartContent, ChartPoint, ChartSeries } from './chart-series';
import { ChartShapes } from './chart-shapes';
import { chartTicks } from './chart-ticks';
import { ChartTooltip } from './chart-tooltip';
import { drawnPoints, type DrawnPoint } from './drawn-points';
import { plotOf, type Plot } from './plot';

interface TrafficChartProps<Point extends ChartPoint> {
  readonly points: readonly Point[];
  readonly bucketMs: number;
  readonly end?: number | undefined;
  readonly content: ChartContent<Point>;
  readonly height?: number;
}

const DAY_MS = 86_400_000;
/** Labels and margins take so much of the height. */
const AROUND_PX = 30;
const LOW_PX = 180;

/** Traffic over time. Whoever cannot see it gets the same figures as a table from `ChartTable`. */
export function TrafficChart<Point extends ChartPoint>({
  points,
  bucketMs,
  end,
  content,
  height = 220,
}: TrafficChartProps<Point>) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useElementWidth(frame);
  const [shown, setShown] = useState<number>();
  const { series, formatValue } = content;
  const endOf = bucketEnds(points, bucketMs, end);
  const isLastFilling = !useHasPassed(endOf(points.length - 1));
  const drawn = drawnPoints({ points, series, heightPx: height - AROUND_PX, isLastFilling });
  const axis = valueAxis(Math.max(content.highest ?? 0, highestOf(drawn, series)), height < LOW_PX ? 2 : 4);
  const labelLength = Math.max(0, ...axis.ticks.map((value) => formatValue(value).length));
  const plot = plotOf({ width, height, top: axis.top, count: points.length, labelLength });
  const labels = useTimeLabels(points, bucketMs, plot);
  const show = (event: PointerEvent<HTMLDivElement>) =>
    setShown(plot.indexAt(event.clientX - event.currentTarget.getBoundingClientRect().left));
  const pointed = shown === undefined ? undefined : drawn[shown];
  return (
    <div
      ref={frame}
      className="relative h-full touch-pan-y"
      data-chart={content.name}
      onPointerMove={show}
      onPointerDown={show}
      onPointerLeave={() => setShown(undefined)}
    >
      {width > 0 && (
        <svg width={width} height={height} className="block">
          <Axes plot={plot} ticks={axis.ticks} formatValue={formatValue} labels={labels} />
          {shown !== undefined && pointed !== undefined && (
            <PointedBucket plot={plot} index={shown} top={axis.top} />
          )}
          <ChartShapes plot={plot} drawn={drawn} series={series} />
        </svg>
      )}
      {shown !== undefined && pointed !== undefined && (
        <div
          className="pointer-events-none absolute top-1 z-10"
          style={besideOf(plot.middleOf(shown), width)}
        >
          <ChartTooltip drawn={pointed} end={endOf(shown)} content={content} />
        </div>
      )}
    </div>
  );
}

/** When a bucket ends: where the next one begins. */
function bucketEnds(points: readonly ChartPoint[], bucketMs: number, end: number | undefined) {
  return (index: number): number => points[index + 1]?.at ?? end ?? (points[index]?.at ?? 0) + bucketMs;
}

/** What the buckets are called: by the clock, or by the day where they go over more than one. */
function useTimeLabels(points: readonly ChartPoint[], bucketMs: number, plot: Plot): readonly AxisLabel[] {
  const format = useFormatter();
  const clockOf = (at: number) =>
    format.dateTime(at, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const dayOf = (at: number) => format.dateTime(at, { month: 'short', day: 'numeric' });
  const isLong = bucketMs * points.length > DAY_MS * 1.5;
  return chartTicks(points, bucketMs, clockOf).map((at) => ({
    at,
    x: plot.middleOf(points.findIndex((point) => point.at === at)),
    text: isLong ? dayOf(at) : clockOf(at),
  }));
}

interface PointedBucketProps {
  readonly plot: Plot;
  readonly index: number;
  /** The value at the upper end. */
  readonly top: number;
}

function PointedBucket({ plot, index, top }: PointedBucketProps) {
  return (
    <rect
      x={plot.leftOf(index)}
      y={plot.yOf(top)}
      width={plot.band}
      height={plot.yOf(0) - plot.yOf(top)}
      fill="var(--line-strong)"
      fillOpacity={0.35}
    />
  );
}

const BESIDE_PX = 14;

/** To the right of the place in the left half, to the left of it in the right one: so it never leaves the chart. */
function besideOf(x: number, width: number): { readonly left?: number; readonly right?: number } {
  return x < width / 2 ? { left: x + BESIDE_PX } : { right: width - x + BESIDE_PX };
}

function highestOf(
  drawn: readonly DrawnPoint[],
  series: readonly Pick<ChartSeries<never>, 'name' | 'shape'>[],
): number {
  const heights = drawn.map(({ values }) => {
    const valuesOf = (shape: 'bar' | 'line') =>
      series.filter((one) => one.shape === shape).map(({ name }) => values[name] ?? 0);
    return Math.max(
      valuesOf('bar').reduce((sum, value) => sum + value, 0),
      ...valuesOf('line'),
    );
  });
  return Math.max(0, ...heights);
}

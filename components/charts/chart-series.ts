import type { UsagePoint } from '@/lib/admin/contract/stats';
import { formatCount, formatDuration } from '../../lib/client/format';

export type ChartMetric = 'requests' | 'tokens' | 'latency';

export type SeriesName =
  | 'succeeded'
  | 'rateLimited'
  | 'clientErrors'
  | 'serverErrors'
  | 'broken'
  | 'cancelled'
  | 'promptTokens'
  | 'completionTokens'
  | 'latencyP50'
  | 'latencyP95';

export interface ChartPoint {
  readonly at: number;
}

export interface ChartSeries<Point extends ChartPoint = UsagePoint, Name extends string = string> {
  readonly name: Name;
  readonly color: string;
  readonly shape: 'bar' | 'line';
  /** Of another time, behind what counts. */
  readonly isFaint?: boolean;
  readonly valueOf: (point: Point) => number | null;
}

/** What a chart shows, and how. */
export interface ChartContent<Point extends ChartPoint> {
  /** Told by `data-chart`. */
  readonly name: string;
  /** From the bottom up. */
  readonly series: readonly ChartSeries<Point>[];
  readonly formatValue: (value: number) => string;
  /** What a series is called. */
  readonly labelOf: (name: string) => string;
  /** Series are called by identifiers, which stand in a fixed-width face. */
  readonly isCode?: boolean;
  /** The axis reaches at least so far. */
  readonly highest?: number;
}

type UsageSeries = ChartSeries<UsagePoint, SeriesName>;

interface MetricDefinition {
  /** From the bottom up. */
  readonly series: readonly UsageSeries[];
  readonly formatValue: (value: number) => string;
}

const bar = (name: SeriesName, color: string, valueOf: UsageSeries['valueOf']): UsageSeries => ({
  name,
  color,
  shape: 'bar',
  valueOf,
});

const line = (name: SeriesName, color: string, valueOf: UsageSeries['valueOf']): UsageSeries => ({
  name,
  color,
  shape: 'line',
  valueOf,
});

/** What the chart can show, and how. */
export const chartSeries: Record<ChartMetric, MetricDefinition> = {
  requests: {
    series: [
      bar('succeeded', 'var(--chart-good)', (point) => point.succeeded),
      bar('rateLimited', 'var(--warn-mark)', (point) => point.rateLimited),
      bar('serverErrors', 'var(--bad-mark)', (point) => point.serverErrors),
      bar('broken', 'var(--chart-broken)', (point) => point.broken),
      bar('clientErrors', 'var(--chart-client)', (point) => point.clientErrors),
      bar('cancelled', 'var(--chart-cancelled)', (point) => point.cancelled),
    ],
    formatValue: formatCount,
  },
  tokens: {
    series: [
      bar('promptTokens', 'var(--chart-good)', (point) => point.promptTokens),
      bar('completionTokens', 'var(--chart-client)', (point) => point.completionTokens),
    ],
    formatValue: formatCount,
  },
  latency: {
    series: [
      line('latencyP95', 'var(--warn-mark)', (point) => point.latencyP95Ms),
      line('latencyP50', 'var(--chart-good)', (point) => point.latencyP50Ms),
    ],
    formatValue: formatDuration,
  },
};

/** The line of the time that a chart is compared with. */
export const FORMER = 'former';

export const formerSeries = <Point extends ChartPoint>(
  valueOf: ChartSeries<Point>['valueOf'],
): ChartSeries<Point> => ({
  name: FORMER,
  color: 'var(--ink-faint)',
  shape: 'line',
  isFaint: true,
  valueOf,
});

/** One figure for all that a chart shows of a bucket. */
export const formerOf: Readonly<
  Record<ChartMetric, { readonly valueOf: UsageSeries['valueOf']; readonly isSum: boolean }>
> = {
  requests: { valueOf: ({ requests }) => requests, isSum: true },
  tokens: { valueOf: ({ promptTokens, completionTokens }) => promptTokens + completionTokens, isSum: true },
  latency: { valueOf: ({ latencyP50Ms }) => latencyP50Ms, isSum: false },
};

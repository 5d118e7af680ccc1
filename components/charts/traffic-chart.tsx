'use client';
import { useFormatter, useTranslations } from 'next-intl';
import {
  Bar,
  CartesianGrid,
  ComposedChart,
  Line,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { UsagePoint } from '@/lib/admin/contract/stats';
import { useHasPassed } from '../shared/use-now';
import { chartSeries, type ChartMetric, type ChartSeries } from './chart-series';
import { chartTicks } from './chart-ticks';
import { ChartTooltip } from './chart-tooltip';
import { drawnPoints, type DrawnPoint } from './drawn-points';

interface TrafficChartProps {
  readonly points: readonly UsagePoint[];
  readonly bucketMs: number;
  readonly metric: ChartMetric;
  readonly height?: number;
}

const DAY_MS = 86_400_000;
const FLAT_MAX = 4;
/** Labels and margins take so much of the height. */
const AROUND_PX = 36;
const axisLook = { fontSize: 11, fill: 'var(--ink-faint)' };

/** Traffic over time. Whoever cannot see it gets the same figures as a table from `ChartTable`. */
export default function TrafficChart({ points, bucketMs, metric, height = 220 }: TrafficChartProps) {
  const t = useTranslations('charts');
  const format = useFormatter();
  const { series, formatValue } = chartSeries[metric];
  const isLong = bucketMs * points.length > DAY_MS * 1.5;
  const label = (at: number) =>
    isLong
      ? format.dateTime(at, { month: 'short', day: 'numeric' })
      : format.dateTime(at, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const last = points.at(-1);
  const isLastFilling = !useHasPassed((last?.at ?? 0) + bucketMs);
  const drawn = drawnPoints({ points, series, heightPx: height - AROUND_PX, isLastFilling });
  const valuesOf = (point: UsagePoint) => series.map(({ valueOf }) => valueOf(point) ?? 0);
  // Without it an empty chart would show halves of requests.
  const isFlat = points.every((point) => valuesOf(point).reduce((sum, value) => sum + value, 0) < FLAT_MAX);
  const ticks = chartTicks(points, bucketMs, (at) =>
    format.dateTime(at, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  );
  return (
    <ResponsiveContainer width="100%" height={height} initialDimension={{ width: 600, height }}>
      <ComposedChart
        data={drawn}
        margin={{ top: 6, right: 4, bottom: 0, left: 0 }}
        barCategoryGap={points.length > 100 ? 0 : '12%'}
        accessibilityLayer={false}
      >
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="at"
          ticks={ticks}
          interval="preserveStartEnd"
          tickFormatter={label}
          tick={axisLook}
          tickLine={false}
          axisLine={{ stroke: 'var(--line)' }}
          minTickGap={36}
        />
        <YAxis
          tickFormatter={formatValue}
          tick={axisLook}
          tickLine={false}
          axisLine={false}
          width={52}
          allowDecimals={false}
          domain={isFlat ? [0, FLAT_MAX] : [0, 'auto']}
          tickCount={height < 180 ? 3 : 5}
        />
        <Tooltip
          cursor={{ fill: 'var(--sunken)', stroke: 'var(--line-strong)' }}
          isAnimationActive={false}
          content={({ active, payload }) => {
            const shown = payload?.[0]?.payload as DrawnPoint | undefined;
            return active === true && shown !== undefined ? (
              <ChartTooltip drawn={shown} bucketMs={bucketMs} metric={metric} />
            ) : null;
          }}
        />
        {series.map((one) => drawSeries(one, t(`series.${one.name}`)))}
      </ComposedChart>
    </ResponsiveContainer>
  );
}

function drawSeries({ name, color, shape }: ChartSeries, label: string) {
  const dataKey = ({ values }: DrawnPoint) => values[name] ?? null;
  const base = { name: label, dataKey, isAnimationActive: false } as const;
  return shape === 'bar' ? (
    <Bar {...base} key={name} stackId="all" fill={color} shape={drawBar} />
  ) : (
    <Line
      {...base}
      key={name}
      type="linear"
      stroke={color}
      strokeWidth={1.75}
      dot={(place: DotPlace) => <Dot key={place.index} place={place} name={name} color={color} />}
    />
  );
}

interface BarPlace {
  readonly x?: number | string;
  readonly y?: number | string;
  readonly width?: number | string;
  readonly height?: number | string;
  readonly fill?: string;
  readonly payload?: unknown;
}

/** What is not all yet is paler. */
function drawBar({ x, y, width, height, fill, payload }: BarPlace) {
  const { isFilling } = payload as DrawnPoint;
  return Number(height) > 0 ? (
    <rect x={x} y={y} width={width} height={height} fill={fill} fillOpacity={isFilling ? 0.45 : 1} />
  ) : (
    <g />
  );
}

interface DotPlace {
  readonly index?: number;
  readonly cx?: number;
  readonly cy?: number;
  readonly payload?: unknown;
}

interface DotProps {
  readonly place: DotPlace;
  readonly name: ChartSeries['name'];
  readonly color: string;
}

/** A value between two gaps has no line; one that is not all yet has a hollow dot. */
function Dot({ place: { cx, cy, payload }, name, color }: DotProps) {
  const { isFilling, lonely, values } = payload as DrawnPoint;
  const isShown = (values[name] ?? null) !== null && (isFilling || lonely.includes(name));
  if (!isShown || cx === undefined || cy === undefined) return <g />;
  return (
    <circle
      cx={cx}
      cy={cy}
      r={2.5}
      stroke={color}
      strokeWidth={1.5}
      fill={isFilling ? 'var(--surface)' : color}
    />
  );
}

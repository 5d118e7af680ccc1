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
import { chartSeries, type ChartMetric, type ChartSeries } from './chart-series';
import { chartTicks } from './chart-ticks';
import { ChartTooltip } from './chart-tooltip';

interface TrafficChartProps {
  readonly points: readonly UsagePoint[];
  readonly bucketMs: number;
  readonly metric: ChartMetric;
  readonly height?: number;
}

const DAY_MS = 86_400_000;
const FLAT_MAX = 4;
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
  const valuesOf = (point: UsagePoint) => series.map(({ valueOf }) => valueOf(point) ?? 0);
  // Without it an empty chart would show halves of requests.
  const isFlat = points.every((point) => valuesOf(point).reduce((sum, value) => sum + value, 0) < FLAT_MAX);
  const ticks = chartTicks(points, bucketMs, (at) =>
    format.dateTime(at, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  );
  return (
    <ResponsiveContainer width="100%" height={height} initialDimension={{ width: 600, height }}>
      <ComposedChart
        data={points}
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
            const point = payload?.[0]?.payload as UsagePoint | undefined;
            return active === true && point !== undefined ? (
              <ChartTooltip point={point} bucketMs={bucketMs} metric={metric} />
            ) : null;
          }}
        />
        {series.map((one) => drawSeries(one, t(`series.${one.name}`)))}
      </ComposedChart>
    </ResponsiveContainer>
  );
}

function drawSeries({ name, color, shape, valueOf }: ChartSeries, label: string) {
  const base = { key: name, name: label, dataKey: valueOf, isAnimationActive: false } as const;
  return shape === 'bar' ? (
    <Bar {...base} key={name} stackId="all" fill={color} />
  ) : (
    <Line {...base} key={name} type="monotone" stroke={color} strokeWidth={1.75} dot={false} connectNulls />
  );
}

'use client';
import { useFormatter, useTranslations } from 'next-intl';
import type { UsagePoint } from '@/lib/admin/contract/stats';
import { chartSeries, type ChartMetric } from './chart-series';

interface ChartTooltipProps {
  readonly point: UsagePoint;
  readonly bucketMs: number;
  readonly metric: ChartMetric;
}

export function ChartTooltip({ point, bucketMs, metric }: ChartTooltipProps) {
  const t = useTranslations('charts');
  const format = useFormatter();
  const { series, formatValue } = chartSeries[metric];
  const from = format.dateTime(point.at, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const to = format.dateTime(point.at + bucketMs, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return (
    <div className="rounded-md border border-line bg-surface px-2.5 py-2 text-xs shadow-high">
      <p className="mb-1 font-medium">
        {from} – {to}
      </p>
      {[...series].reverse().map(({ name, color, valueOf }) => {
        const value = valueOf(point);
        return (
          <p key={name} className="flex items-center gap-2">
            <span className="size-2 rounded-xs" style={{ background: color }} />
            <span className="text-ink-soft">{t(`series.${name}`)}</span>
            <span className="ml-auto pl-4 font-medium">{value === null ? '–' : formatValue(value)}</span>
          </p>
        );
      })}
    </div>
  );
}

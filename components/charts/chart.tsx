'use client';
import { useFormatter } from 'next-intl';
import type { UsagePoint } from '@/lib/admin/contract/stats';
import { useTranslations } from '@/i18n/use-translations';
import { chartSeries, type ChartMetric } from './chart-series';
import { TrafficChart } from './traffic-chart';

interface ChartProps {
  readonly points: readonly UsagePoint[];
  readonly bucketMs: number;
  readonly metric: ChartMetric;
  readonly height?: number;
  readonly label: string;
}

export function Chart({ points, bucketMs, metric, height = 220, label }: ChartProps) {
  return (
    <figure className="relative m-0 grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2 overflow-hidden">
      <div style={{ height }} aria-hidden>
        <TrafficChart points={points} bucketMs={bucketMs} metric={metric} height={height} />
      </div>
      <Legend metric={metric} />
      <ChartTable points={points} metric={metric} label={label} />
    </figure>
  );
}

function Legend({ metric }: { readonly metric: ChartMetric }) {
  const t = useTranslations('charts');
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-soft" aria-hidden>
      {chartSeries[metric].series.map(({ name, color }) => (
        <li key={name} className="inline-flex items-center gap-1.5">
          <span className="size-2 rounded-xs" style={{ background: color }} />
          {t(`series.${name}`)}
        </li>
      ))}
    </ul>
  );
}

type ChartTableProps = Pick<ChartProps, 'points' | 'metric' | 'label'>;

/** The same figures for those who cannot see the drawing; buckets without traffic are left out. */
function ChartTable({ points, metric, label }: ChartTableProps) {
  const t = useTranslations('charts');
  const format = useFormatter();
  const { series, formatValue } = chartSeries[metric];
  return (
    <div className="sr-only">
      <table>
        <caption>{label}</caption>
        <thead>
          <tr>
            <th scope="col">{t('time')}</th>
            {series.map(({ name }) => (
              <th key={name} scope="col">
                {t(`series.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points
            .filter((point) => point.requests > 0)
            .map((point) => (
              <tr key={point.at}>
                <th scope="row">{format.dateTime(point.at, { dateStyle: 'short', timeStyle: 'short' })}</th>
                {series.map(({ name, valueOf }) => {
                  const value = valueOf(point);
                  return <td key={name}>{value === null ? '–' : formatValue(value)}</td>;
                })}
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}

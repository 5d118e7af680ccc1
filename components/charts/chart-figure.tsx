'use client';
import { useFormatter } from 'next-intl';
import { useTranslations } from '@/i18n/use-translations';
import { cn } from '../ui/class-names';
import type { ChartContent, ChartPoint } from './chart-series';
import { TrafficChart } from './traffic-chart';

interface ChartFigureProps<Point extends ChartPoint> {
  readonly points: readonly Point[];
  readonly bucketMs: number;
  /** Of the last bucket, if it is shorter than the others. */
  readonly end?: number;
  readonly content: ChartContent<Point>;
  /** Buckets that have none are left out of the table. */
  readonly hasValue: (point: Point) => boolean;
  readonly height?: number;
  readonly label: string;
}

export function ChartFigure<Point extends ChartPoint>(props: ChartFigureProps<Point>) {
  const { points, bucketMs, end, content, hasValue, height = 220, label } = props;
  return (
    <figure className="relative m-0 grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2 overflow-hidden">
      <div style={{ height }} aria-hidden>
        <TrafficChart points={points} bucketMs={bucketMs} end={end} content={content} height={height} />
      </div>
      <Legend content={content} />
      <ChartTable points={points.filter(hasValue)} content={content} label={label} />
    </figure>
  );
}

function Legend<Point extends ChartPoint>({ content }: { readonly content: ChartContent<Point> }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-soft" aria-hidden>
      {content.series.map(({ name, color }) => (
        <li key={name} className="inline-flex max-w-full min-w-0 items-center gap-1.5">
          <span className="size-2 shrink-0 rounded-xs" style={{ background: color }} />
          <span className={cn('truncate', content.isCode === true && 'font-mono')}>
            {content.labelOf(name)}
          </span>
        </li>
      ))}
    </ul>
  );
}

type ChartTableProps<Point extends ChartPoint> = Pick<
  ChartFigureProps<Point>,
  'points' | 'content' | 'label'
>;

/** The same figures for those who cannot see the drawing. */
function ChartTable<Point extends ChartPoint>({ points, content, label }: ChartTableProps<Point>) {
  const t = useTranslations('charts');
  const format = useFormatter();
  const { series, formatValue, labelOf, isCode = false } = content;
  return (
    <div className="sr-only">
      <table>
        <caption>{label}</caption>
        <thead>
          <tr>
            <th scope="col">{t('time')}</th>
            {series.map(({ name }) => (
              <th key={name} scope="col" className={cn(isCode && 'font-mono')}>
                {labelOf(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.map((point) => (
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

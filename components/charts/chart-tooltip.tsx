'use client';
import { useFormatter } from 'next-intl';
import { useTranslations } from '@/i18n/use-translations';
import { cn } from '../ui/class-names';
import type { ChartContent, ChartPoint } from './chart-series';
import type { DrawnPoint } from './drawn-points';
import { spanText } from './span-text';

interface ChartTooltipProps<Point extends ChartPoint> {
  readonly drawn: DrawnPoint<Point>;
  /** Of its bucket. */
  readonly end: number;
  readonly content: ChartContent<Point>;
}

export function ChartTooltip<Point extends ChartPoint>({
  drawn: { point, isFilling },
  end,
  content: { series, formatValue, labelOf, isCode = false },
}: ChartTooltipProps<Point>) {
  const t = useTranslations('charts');
  const format = useFormatter();
  const span = spanText(point.at, end, (at, options) => format.dateTime(at, options));
  return (
    <div className="rounded-md border border-line bg-surface px-2.5 py-2 text-xs shadow-high">
      <p className="mb-1 font-medium">
        {span}
        {isFilling && <span className="block font-normal text-ink-soft">{t('filling')}</span>}
      </p>
      {[...series].reverse().map(({ name, color, valueOf }) => {
        const value = valueOf(point);
        return (
          <p key={name} className="flex items-center gap-2">
            <span className="size-2 shrink-0 rounded-xs" style={{ background: color }} />
            <span className={cn('max-w-44 truncate text-ink-soft', isCode && 'font-mono')}>
              {labelOf(name)}
            </span>
            <span className="ml-auto pl-4 font-medium">{value === null ? '–' : formatValue(value)}</span>
          </p>
        );
      })}
    </div>
  );
}

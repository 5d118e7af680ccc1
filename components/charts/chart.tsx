'use client';
import type { UsagePoint } from '@/lib/admin/contract/stats';
import { useTranslations } from '@/i18n/use-translations';
import { ChartFigure } from './chart-figure';
import { chartSeries, type ChartMetric, type SeriesName } from './chart-series';

interface ChartProps {
  readonly points: readonly UsagePoint[];
  readonly bucketMs: number;
  readonly metric: ChartMetric;
  readonly height?: number;
  readonly label: string;
}

/** Traffic by how it ended, by kind of token, or how long it took. */
export function Chart({ metric, ...rest }: ChartProps) {
  const t = useTranslations('charts');
  const content = {
    name: metric,
    ...chartSeries[metric],
    labelOf: (name: string) => t(`series.${name as SeriesName}`),
  };
  return <ChartFigure content={content} hasValue={({ requests }) => requests > 0} {...rest} />;
}

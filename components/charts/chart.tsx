'use client';
import { useMemo } from 'react';
import type { UsagePoint } from '@/lib/admin/contract/stats';
import { useTranslations } from '@/i18n/use-translations';
import { formerValues, isCoarser } from '@/lib/client/former';
import { useSpanText } from '../shared/use-span-text';
import { ChartFigure } from './chart-figure';
import {
  chartSeries,
  FORMER,
  formerOf,
  formerSeries,
  type ChartMetric,
  type SeriesName,
} from './chart-series';

interface Former {
  readonly from: number;
  readonly to: number;
  readonly bucketMs: number;
  readonly points: readonly UsagePoint[];
}

interface ChartProps {
  readonly points: readonly UsagePoint[];
  readonly bucketMs: number;
  readonly end: number;
  /** The time that it is compared with. */
  readonly former?: Former | null;
  readonly metric: ChartMetric;
  readonly height?: number;
  readonly label: string;
}

/** Traffic by how it ended, by kind of token, or how long it took; and as a line what it was before. */
export function Chart({ metric, former = null, ...rest }: ChartProps) {
  const t = useTranslations('charts');
  const labelOfFormer = useFormerLabel();
  const { series, formatValue } = chartSeries[metric];
  const values = useFormerPoints(rest, former, metric);
  const content = {
    name: metric,
    series:
      former === null ? series : [...series, formerSeries<UsagePoint>(({ at }) => values.get(at) ?? null)],
    formatValue,
    labelOf: (name: string) =>
      former !== null && name === FORMER ? labelOfFormer(former, rest) : t(`series.${name as SeriesName}`),
  };
  const hasValue = ({ requests, at }: UsagePoint) => requests > 0 || (values.get(at) ?? 0) > 0;
  return <ChartFigure content={content} hasValue={hasValue} {...rest} />;
}

type Present = Pick<ChartProps, 'points' | 'bucketMs'>;

/** What was before, by the time of the point that it stands beside. */
function useFormerPoints({ points, bucketMs }: Present, former: Former | null, metric: ChartMetric) {
  return useMemo(() => {
    if (former === null) return new Map<number, number | null>();
    const { valueOf, isSum } = formerOf[metric];
    const starts = points.map(({ at }) => at);
    const line = { ...former, starts: former.points.map(({ at }) => at), values: former.points.map(valueOf) };
    const values = formerValues(line, { from: starts[0] ?? 0, bucketMs }, starts, isSum);
    return new Map(starts.map((at, index) => [at, values[index] ?? null]));
  }, [points, bucketMs, former, metric]);
}

/** When it was, and that longer buckets are spread out. */
export function useFormerLabel() {
  const t = useTranslations('charts.picker');
  const spanText = useSpanText();
  return (
    former: { readonly from: number; readonly to: number; readonly bucketMs: number },
    present: { readonly bucketMs: number },
  ): string =>
    t(isCoarser(former, present) ? 'formerMean' : 'former', { span: spanText(former.from, former.to) });
}

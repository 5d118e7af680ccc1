'use client';
import { useTranslations } from '@/i18n/use-translations';
import type { Found } from '@/lib/client/explore';
import { ChartFigure } from '../charts/chart-figure';
import {
  exploreFormat,
  explorePoints,
  exploreSeries,
  groupIdOf,
  OTHERS,
  type ExplorePoint,
} from './explore-content';
import { useGroupName } from './use-group-name';

/** The figure over time, whole or by the groups that have the most of it. */
export function ExploreChart({ found, label }: { readonly found: Found; readonly label: string }) {
  const labelOf = useSeriesName(found);
  const { metric, groupBy } = found.question;
  const points = explorePoints(found);
  const series = exploreSeries(found, points);
  const { ofDrawn, highest } = exploreFormat(metric);
  const content = {
    name: metric,
    series,
    formatValue: ofDrawn,
    labelOf,
    isCode: groupBy === 'model' || groupBy === 'key',
    ...(highest !== undefined && { highest }),
  };
  const hasValue = (point: ExplorePoint) =>
    series.some(({ valueOf, shape }) => {
      const value = valueOf(point);
      return shape === 'line' ? value !== null : (value ?? 0) > 0;
    });
  return (
    <ChartFigure
      points={points}
      bucketMs={found.bucketMs}
      content={content}
      hasValue={hasValue}
      height={260}
      label={label}
    />
  );
}

function useSeriesName({ groups, question: { groupBy, metric } }: Found): (name: string) => string {
  const t = useTranslations('explore');
  const nameOf = useGroupName();
  return (name) => {
    if (name === OTHERS) return t('others');
    const group = groups.find(({ id }) => id === groupIdOf(name));
    return group === undefined || groupBy === 'none' ? t(`metrics.${metric}`) : nameOf(groupBy, group);
  };
}

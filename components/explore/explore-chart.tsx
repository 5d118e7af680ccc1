'use client';
import { useTranslations } from '@/i18n/use-translations';
import type { Found } from '@/lib/client/explore';
import { useFormerLabel } from '../charts/chart';
import { ChartFigure } from '../charts/chart-figure';
import { FORMER } from '../charts/chart-series';
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
      end={found.to}
      content={content}
      hasValue={hasValue}
      height={260}
      label={label}
    />
  );
}

function useSeriesName(found: Found): (name: string) => string {
  const { groups, former } = found;
  const { groupBy, metric } = found.question;
  const t = useTranslations('explore');
  const labelOfFormer = useFormerLabel();
  const nameOf = useGroupName();
  return (name) => {
    if (name === OTHERS) return t('others');
    if (name === FORMER && former !== null) return labelOfFormer(former, found);
    const group = groups.find(({ id }) => id === groupIdOf(name));
    return group === undefined || groupBy === 'none' ? t(`metrics.${metric}`) : nameOf(groupBy, group);
  };
}

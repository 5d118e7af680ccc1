'use client';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from '@/i18n/use-translations';
import type { StatsCompare } from '@/lib/admin/contract/stats';
import type { RangeText } from '@/lib/client/ranges';
import { timeseriesQuery } from '@/lib/client/stats';
import { Chart } from '../charts/chart';
import type { ChartMetric } from '../charts/chart-series';
import { useZone } from '../shared/time-zone';
import { Card } from '../ui/card';
import { ErrorState } from '../ui/error-state';
import { Segmented } from '../ui/segmented';
import { Skeleton } from '../ui/skeleton';
import { ExploreLink } from './explore-link';

const metrics: readonly ChartMetric[] = ['requests', 'tokens', 'latency'];

interface TrafficCardProps {
  readonly range: RangeText;
  readonly compare: StatsCompare;
  /** What the address says. */
  readonly metric: string;
  readonly onMetric: (metric: ChartMetric) => void;
}

export function TrafficCard({ range, compare, metric: wanted, onMetric }: TrafficCardProps) {
  const t = useTranslations('overview.traffic');
  const metric = metrics.find((name) => name === wanted) ?? 'requests';
  const { data, error, refetch } = useQuery(timeseriesQuery(range, compare, useZone()));
  return (
    <Card
      title={t('title')}
      className="xl:col-span-2"
      aside={
        <span className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <ExploreLink group="none" range={range} />
          <Segmented
            label={t('metric')}
            value={metric}
            options={metrics.map((value) => ({ value, label: t(value) }))}
            onChange={onMetric}
          />
        </span>
      }
    >
      {data !== undefined ? (
        <Chart
          label={t('title')}
          points={data.points}
          bucketMs={data.bucketMs}
          end={data.to}
          former={data.former}
          metric={metric}
          height={216}
        />
      ) : error === null ? (
        <Skeleton className="h-60" />
      ) : (
        <ErrorState error={error} onRetry={() => void refetch()} />
      )}
    </Card>
  );
}

'use client';
import { Plug } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { Overview, StatsRange } from '@/lib/admin/contract/stats';
import { rangeOf } from '@/lib/client/stats';
import { ConnectDialog } from '../connect/connect-dialog';
import { RangeChoice } from '../shared/range-choice';
import { useIsMounted } from '../shared/use-is-mounted';
import { useOverview } from '../shared/use-live-answers';
import { useUrlState } from '../shared/use-url-state';
import { Button } from '../ui/button';
import { ErrorState } from '../ui/error-state';
import { Skeleton } from '../ui/skeleton';
import { AttentionCard } from './attention-card';
import { FirstRun } from './first-run';
import { guideMemory } from './guide-memory';
import { KeyStatesCard } from './key-states-card';
import { ModelsCard } from './models-card';
import { ProvidersCard } from './providers-card';
import { RecentFailuresCard } from './recent-failures-card';
import { StatTiles } from './stat-tiles';
import { TokensCard } from './tokens-card';
import { TrafficCard } from './traffic-card';

const viewDefaults = { range: '24h', metric: 'requests' };

interface OverviewPageProps {
  /** The browser says so; how far it is, only its pages know. */
  readonly isGuideUnderWay: boolean;
}

export function OverviewPage({ isGuideUnderWay }: OverviewPageProps) {
  const t = useTranslations('overview');
  const [view, change] = useUrlState(viewDefaults);
  const range = rangeOf(view.range);
  const { data: overview, error, refetch } = useOverview(range);
  const [isConnecting, setConnecting] = useState(false);
  // The guide goes on after the first keys have come, until it is finished or put away.
  const [guide, setGuide] = useState<'unknown' | 'open' | 'done'>('unknown');
  const isMounted = useIsMounted();
  const isUnderWay = isMounted && guideMemory.isUnderWay;
  if (guide === 'unknown' && (isUnderWay || overview?.isFirstRun === true)) setGuide('open');
  useEffect(() => {
    if (guide !== 'unknown') guideMemory.keep(guide === 'open' ? guideMemory.read() : undefined);
  }, [guide]);

  if (overview === undefined || (isGuideUnderWay && !isMounted)) {
    return error === null ? (
      <OverviewSkeleton />
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} />
    );
  }
  if (guide === 'open') return <FirstRun hasKeys={!overview.isFirstRun} onDone={() => setGuide('done')} />;
  return (
    <div className="grid min-w-0 gap-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Range overview={overview} value={range} onChange={(next) => change({ range: next })} />
        <Button onClick={() => setConnecting(true)}>
          <Plug aria-hidden />
          {t('connect')}
        </Button>
      </div>
      <StatTiles overview={overview} />
      <div className="grid min-w-0 gap-4 xl:grid-cols-3">
        <TrafficCard range={range} metric={view.metric} onMetric={(metric) => change({ metric })} />
        <KeyStatesCard keys={overview.keys} />
        <ProvidersCard
          range={range}
          providers={overview.providers}
          unrouted={overview.unrouted}
          removed={overview.removed}
        />
        <AttentionCard />
        <RecentFailuresCard />
        <ModelsCard range={range} />
        <TokensCard range={range} />
      </div>
      <ConnectDialog isOpen={isConnecting} onOpenChange={setConnecting} provider="" title={t('connect')} />
    </div>
  );
}

interface RangeProps {
  readonly overview: Overview;
  readonly value: StatsRange;
  readonly onChange: (range: StatsRange) => void;
}

/** With what its figures are compared to, where there was traffic before. */
function Range({ overview: { before, range }, value, onChange }: RangeProps) {
  const t = useTranslations('overview');
  const charts = useTranslations('charts');
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <RangeChoice value={value} onChange={onChange} />
      {before.requests > 0 && (
        <p className="text-xs text-ink-faint">{t('beside', { range: charts(`ranges.${range}`) })}</p>
      )}
    </div>
  );
}

function OverviewSkeleton() {
  return (
    <div className="grid gap-4">
      <Skeleton className="h-8 w-52" />
      <Skeleton className="h-24" />
      <div className="grid gap-4 xl:grid-cols-3">
        <Skeleton className="h-80 xl:col-span-2" />
        <Skeleton className="h-80" />
      </div>
    </div>
  );
}

'use client';
import { Plug } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { Overview, StatsCompare } from '@/lib/admin/contract/stats';
import { nameOf, rangeOf, rollingRanges, type RangeText } from '@/lib/client/ranges';
import { compareOf } from '@/lib/client/stats';
import { ConnectDialog } from '../connect/connect-dialog';
import { CompareChoice } from '../shared/compare-choice';
import { RangeChoice } from '../shared/range-choice';
import { useIsMounted } from '../shared/use-is-mounted';
import { useMay } from '../shared/use-me';
import { useOverview } from '../shared/use-live-answers';
import { useSpanText } from '../shared/use-span-text';
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
import { isComparable, StatTiles } from './stat-tiles';
import { TokensCard } from './tokens-card';
import { TrafficCard } from './traffic-card';

const viewDefaults = { range: '24h', compare: 'before', metric: 'requests' };

interface OverviewPageProps {
  /** The browser says so; how far it is, only its pages know. */
  readonly isGuideUnderWay: boolean;
}

export function OverviewPage({ isGuideUnderWay }: OverviewPageProps) {
  const [view, change] = useUrlState(viewDefaults);
  const range = rangeOf(view.range);
  const compare = compareOf(view.compare);
  const { data: overview, error, refetch } = useOverview(range, compare);
  const isMounted = useIsMounted();
  const [guide, setGuide] = useGuide(isMounted, overview);
  if (overview === undefined || (isGuideUnderWay && !isMounted)) {
    return error === null ? (
      <OverviewSkeleton />
    ) : (
      <div className="grid min-w-0 gap-4">
        <Range {...{ range, compare, change }} overview={undefined} />
        <ErrorState error={error} onRetry={() => void refetch()} />
      </div>
    );
  }
  if (guide === 'open') return <FirstRun hasKeys={!overview.isFirstRun} onDone={() => setGuide('done')} />;
  return <Figures {...{ overview, range, compare, change }} metric={view.metric} />;
}

interface FiguresProps extends RangeProps {
  readonly overview: Overview;
  readonly metric: string;
}

function Figures({ overview, range, compare, change, metric }: FiguresProps) {
  const t = useTranslations('overview');
  const [isConnecting, setConnecting] = useState(false);
  return (
    <div className="grid min-w-0 gap-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Range {...{ range, compare, change, overview }} />
        <Button onClick={() => setConnecting(true)}>
          <Plug aria-hidden />
          {t('connect')}
        </Button>
      </div>
      <StatTiles overview={overview} />
      <div className="grid min-w-0 gap-4 xl:grid-cols-3">
        <TrafficCard {...{ range, compare, metric }} onMetric={(next) => change({ metric: next })} />
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
        <TokensCard range={range} whole={overview} />
      </div>
      <ConnectDialog isOpen={isConnecting} onOpenChange={setConnecting} provider="" title={t('connect')} />
    </div>
  );
}

/** It goes on after the first keys have come, until it is finished or put away. */
function useGuide(isMounted: boolean, overview: Pick<Overview, 'isFirstRun'> | undefined) {
  const [guide, setGuide] = useState<'unknown' | 'open' | 'done'>('unknown');
  const isUnderWay = isMounted && guideMemory.isUnderWay;
  const canBegin = useMay()('providers.create') && (isUnderWay || overview?.isFirstRun === true);
  if (guide === 'unknown' && canBegin) setGuide('open');
  useEffect(() => {
    if (guide !== 'unknown') guideMemory.keep(guide === 'open' ? guideMemory.read() : undefined);
  }, [guide]);
  return [guide, setGuide] as const;
}

interface RangeProps {
  readonly range: RangeText;
  readonly compare: StatsCompare;
  readonly change: (patch: Partial<typeof viewDefaults>) => void;
  /** What is shown; undefined where nothing is. */
  readonly overview: Overview | undefined;
}

/** With what its figures are compared to, where there was traffic before. */
function Range({ range, compare, change, overview }: RangeProps) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <RangeChoice value={range} onChange={(next) => change({ range: next })} shown={overview} />
      <CompareChoice value={compare} onChange={(next) => change({ compare: next })} />
      {overview !== undefined && isComparable(overview) && <Beside overview={overview} compare={compare} />}
    </div>
  );
}

interface BesideProps {
  readonly overview: Overview;
  readonly compare: StatsCompare;
}

/** The time before the last hours or days needs no date. */
function Beside({ overview: { range, compared }, compare }: BesideProps) {
  const t = useTranslations('overview');
  const charts = useTranslations('charts');
  const spanText = useSpanText();
  const rolling = rollingRanges.find((name) => name === nameOf(range ?? ''));
  const text =
    rolling !== undefined && compare === 'before'
      ? t('beside', { range: charts(`ranges.${rolling}`) })
      : compared === null
        ? undefined
        : t('besideSpan', { span: spanText(compared.from, compared.to) });
  return <p className="text-xs text-ink-faint">{text}</p>;
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

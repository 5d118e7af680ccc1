'use client';
import { useQuery } from '@tanstack/react-query';
import { ChartColumn, ChevronLeft, ScrollText } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from '@/i18n/use-translations';
import type { ExploreMetric } from '@/lib/admin/contract/stats';
import {
  exploreDefaults,
  exploreQuery,
  exploreQuestion,
  type ExploreQuestion,
  type ExploreView,
  type Found,
} from '@/lib/client/explore';
import { formatChange, formatPoints } from '@/lib/client/change';
import { rangeOf } from '@/lib/client/ranges';
import { useZone } from '../shared/time-zone';
import { useSpanText } from '../shared/use-span-text';
import { useUrlState } from '../shared/use-url-state';
import { Card } from '../ui/card';
import { cn } from '../ui/class-names';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { Skeleton } from '../ui/skeleton';
import { ExploreChart } from './explore-chart';
import { exploreFormat } from './explore-content';
import { ExploreControls, type ScopeChip } from './explore-controls';
import { ExploreTable } from './explore-table';
import { hrefOfAll, logsHref, scopesOf } from './explore-view';
import { useScopeName } from './use-group-name';

/** Any figure by any group; filtered by one of them it is the page of that one. */
export function ExplorePage() {
  const [view, change] = useUrlState(exploreDefaults);
  const question = exploreQuestion(view);
  const {
    data: found,
    error,
    refetch,
    isPlaceholderData,
  } = useQuery(exploreQuery(question, rangeOf(view.range), useZone()));
  const chips = useChips(question, isPlaceholderData ? undefined : found);
  return (
    <div className="grid min-w-0 gap-4">
      <ExploreControls
        view={view}
        question={question}
        chips={chips}
        shown={isPlaceholderData ? undefined : found}
        onChange={change}
      />
      {found === undefined ? (
        error === null ? (
          <>
            <Skeleton className="h-96" />
            <Skeleton className="h-64" />
          </>
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <div
          className={cn('grid min-w-0 gap-4 transition-opacity', isPlaceholderData && 'opacity-60')}
          aria-busy={isPlaceholderData || undefined}
        >
          <Answer found={found} view={view} onSort={(sort) => change({ sort })} />
        </div>
      )}
    </div>
  );
}

/** What no list has to choose from; until its name is known, its id stands there. */
function useChips({ keyId, proxy, verdict }: ExploreQuestion, found: Found | undefined) {
  const nameOf = useScopeName();
  const asked: readonly (readonly [ScopeChip['group'], string | undefined])[] = [
    ['key', keyId],
    ['proxy', proxy],
    ['verdict', verdict],
  ];
  return asked.flatMap(([group, id]): ScopeChip[] => {
    if (id === undefined) return [];
    const names = (group === 'verdict' ? undefined : found?.filter[group]) ?? { name: null, hint: id };
    return [{ group, label: nameOf(group, { id, ...names }) }];
  });
}

interface AnswerProps {
  readonly found: Found;
  readonly view: ExploreView;
  readonly onSort: (sort: string) => void;
}

function Answer({ found, view, onSort }: AnswerProps) {
  const t = useTranslations('explore');
  const title = useTitle(found);
  const { totals, question } = found;
  const isEmpty = totals.requests === 0 && totals.attempts === 0;
  return (
    <>
      <Card title={title} aside={<Ways found={found} view={view} />}>
        {isEmpty ? (
          <EmptyState icon={ChartColumn} title={t('empty')}>
            {t('emptyHint')}
          </EmptyState>
        ) : (
          <>
            <Whole found={found} />
            <ExploreChart found={found} label={`${title}: ${t(`metrics.${question.metric}`)}`} />
          </>
        )}
      </Card>
      {!isEmpty && (
        <Card bodyClassName="p-0" title={t(`groups.${question.groupBy}`)}>
          <ExploreTable found={found} view={view} onSort={onSort} />
          <Rest found={found} />
        </Card>
      )}
    </>
  );
}

/** What stands in the row of those that are in no group. */
function Rest({ found: { groups, others, isWhole, question } }: Pick<AnswerProps, 'found'>) {
  const t = useTranslations('explore');
  const { groupBy } = question;
  const isByAttempt = groupBy === 'proxy' || groupBy === 'verdict';
  const hasRest = isByAttempt && (others.requests > 0 || others.attempts > 0);
  if (isWhole && !hasRest) return null;
  return (
    <p className="border-t border-line px-4 py-2 text-xs text-ink-faint">
      {!isWhole && t('whole', { count: groups.length, others: t('others') })}{' '}
      {hasRest && t(`rest.${groupBy}`, { none: isWhole ? t(`none.${groupBy}`) : t('others') })}
    </p>
  );
}

/** `Model gpt-4o, Provider OpenAI` */
function useTitle(found: Found): string {
  const t = useTranslations('explore');
  const nameOf = useScopeName();
  const scopes = scopesOf(found);
  if (scopes.length === 0) return t('title');
  return scopes.map((scope) => nameOf(scope.group, scope)).join(' · ');
}

/** Back to all that this is one of, and on to the requests themselves. */
function Ways({ found, view }: Pick<AnswerProps, 'found' | 'view'>) {
  const t = useTranslations('explore');
  const scopes = scopesOf(found);
  return (
    <span className="flex flex-wrap items-center gap-x-4 gap-y-1">
      <span className="contents">
        {scopes.map(({ group }) => (
          <Link
            key={group}
            prefetch={false}
            scroll={false}
            href={hrefOfAll(view, group)}
            className="hit inline-flex items-center gap-1 text-xs text-accent hover:underline"
          >
            <ChevronLeft className="size-3.5" aria-hidden />
            {t(`all.${group}`)}
          </Link>
        ))}
      </span>
      {found.question.proxy === undefined && (
        <Link
          prefetch={false}
          href={logsHref(found)}
          className="hit inline-flex items-center gap-1 text-xs text-accent hover:underline"
        >
          <ScrollText className="size-3.5" aria-hidden />
          {t(scopes.length === 0 ? 'allLogs' : 'logs')}
        </Link>
      )}
    </span>
  );
}

/** The figure over the whole range. */
function Whole({ found: { totals, value, question, former } }: Pick<AnswerProps, 'found'>) {
  const t = useTranslations('explore');
  const { metric } = question;
  const isKnown = metric !== 'costUsd' || totals.unpriced === 0;
  return (
    <p className="mb-3 flex flex-wrap items-baseline gap-x-2">
      <span className="text-xl font-semibold tracking-tight">{exploreFormat(metric).ofValue(value)}</span>
      <span className="text-xs text-ink-soft">{t(`metrics.${metric}`)}</span>
      {former !== null && isKnown && <Change metric={metric} value={value} former={former} />}
      {metric === 'costUsd' && totals.unpriced > 0 && (
        <span className="text-xs text-ink-faint">{t('unpriced', { count: totals.unpriced })}</span>
      )}
    </p>
  );
}

interface ChangeProps extends Pick<Found, 'value'> {
  readonly metric: ExploreMetric;
  readonly former: NonNullable<Found['former']>;
}

/** How it stands to the time that it is compared with, where there was some of it. */
function Change({ metric, value, former }: ChangeProps) {
  const t = useTranslations('explore');
  const spanText = useSpanText();
  const change = (metric === 'successRate' ? formatPoints : formatChange)(value, former.value);
  if (change === undefined) return null;
  return (
    <span className="text-xs text-ink-soft">
      {t('change', { change, span: spanText(former.from, former.to) })}
    </span>
  );
}

'use client';
import { ArrowDown, ArrowUp } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from '@/i18n/use-translations';
import type { ExploredGroup, UsageTotals } from '@/lib/admin/contract/stats';
import type { ExploreView, Found } from '@/lib/client/explore';
import { formatCount, formatDuration, formatShare, formatUsd } from '@/lib/client/format';
import { cn } from '../ui/class-names';
import { Table, Td, Th, Tr } from '../ui/table';
import { colorOf } from './explore-content';
import {
  figureColumns,
  hrefOfOne,
  logsHref,
  sortedGroups,
  sortingOf,
  sortText,
  type FigureColumn,
  type Grouping,
  type Sorting,
} from './explore-view';
import { useGroupName } from './use-group-name';

interface TableProps {
  readonly found: Found;
  readonly view: ExploreView;
  readonly onSort: (sort: string) => void;
}

/** Its rows make up the total. */
export function ExploreTable({ found, view, onSort }: TableProps) {
  const t = useTranslations('explore');
  const sorting = sortingOf(view.sort);
  const { groupBy } = found.question;
  const { others, totals } = found;
  const hasOthers = others.requests > 0 || others.attempts > 0;
  return (
    <Table label={t(`groups.${groupBy}`)}>
      <thead>
        <tr>
          <Th>{groupBy === 'none' ? t('total') : t(groupBy)}</Th>
          {figureColumns.map(({ name }) => (
            <SortTh key={name} name={name} sorting={sorting} onSort={onSort} />
          ))}
        </tr>
      </thead>
      <tbody>
        {groupBy !== 'none' && (
          <>
            {sortedGroups(found.groups, sorting).map((group) => (
              <GroupRow key={group.id} group={group} groupBy={groupBy} found={found} view={view} />
            ))}
            {hasOthers && (
              <Tr>
                <Td className="text-ink-soft">{found.isWhole ? t(`none.${groupBy}`) : t('others')}</Td>
                <Figures totals={others} />
              </Tr>
            )}
          </>
        )}
        <Tr className="font-medium">
          <Td>{t('total')}</Td>
          <Figures totals={totals} />
        </Tr>
      </tbody>
    </Table>
  );
}

interface SortThProps {
  readonly name: FigureColumn['name'];
  readonly sorting: Sorting;
  readonly onSort: (sort: string) => void;
}

function SortTh({ name, sorting, onSort }: SortThProps) {
  const t = useTranslations('explore');
  const order = sorting.by === name ? sorting.order : undefined;
  const Arrow = order === 'asc' ? ArrowUp : ArrowDown;
  return (
    <Th className="px-2 text-right" aria-sort={order && (order === 'asc' ? 'ascending' : 'descending')}>
      <button
        type="button"
        className={cn(
          'inline-flex h-6 min-w-6 items-center justify-end gap-1 rounded-sm hover:text-ink',
          order !== undefined && 'text-ink',
        )}
        onClick={() => onSort(sortText({ by: name, order: order === 'desc' ? 'asc' : 'desc' }))}
      >
        {order !== undefined && <Arrow className="size-3 shrink-0" aria-hidden />}
        {t(`figures.${name}`)}
      </button>
    </Th>
  );
}

interface GroupRowProps {
  readonly group: ExploredGroup;
  readonly groupBy: Grouping;
  readonly found: Found;
  readonly view: ExploreView;
}

/** With its colour in the chart, and the way to its own page, or to the requests that ended so. */
function GroupRow({ group, groupBy, found, view }: GroupRowProps) {
  const nameOf = useGroupName();
  const color = colorOf(found, group.id);
  const { hint, name, provider } = group;
  const isCode = groupBy === 'model' || groupBy === 'key' || (groupBy === 'proxy' && hint !== null);
  // Some verdicts of requests and of attempts have one name.
  const ofVerdict = groupBy === 'verdict' ? group.id : provider;
  const more = groupBy === 'token' && name !== null && name !== '' ? hint : ofVerdict;
  return (
    <Tr className="hover:bg-sunken">
      <Td className="min-w-0 sm:max-w-64">
        <Link
          prefetch={false}
          scroll={false}
          href={groupBy === 'status' ? logsHref(found, group.id) : hrefOfOne(view, groupBy, group.id)}
          className="hit flex min-w-0 items-center gap-2 hover:underline"
        >
          <span
            aria-hidden
            className="size-2 shrink-0 rounded-xs bg-line-strong"
            style={color === undefined ? undefined : { background: color }}
          />
          <span className="grid min-w-0 sm:min-w-20">
            <span className={cn('truncate', isCode ? 'font-mono text-xs' : 'font-medium')}>
              {nameOf(groupBy, group)}
            </span>
            {more !== null && <span className="truncate font-mono text-2xs text-ink-faint">{more}</span>}
          </span>
        </Link>
      </Td>
      <Figures totals={group.totals} />
    </Tr>
  );
}

function Figures({ totals }: { readonly totals: UsageTotals }) {
  const t = useTranslations('explore');
  return figureColumns.map(({ name }) => (
    <Td key={name} label={t(`figures.${name}`)} className="px-2 text-right tabular-nums sm:whitespace-nowrap">
      <FigureText name={name} totals={totals} />
    </Td>
  ));
}

const COUNTS = {
  requests: 'requests',
  attempts: 'attempts',
  prompt: 'promptTokens',
  cached: 'cachedTokens',
  completion: 'completionTokens',
} as const;
const TIMES = { p50: 'latencyP50Ms', p95: 'latencyP95Ms', ttfb: 'ttfbAverageMs' } as const;

function FigureText({ name, totals }: { readonly name: FigureColumn['name']; readonly totals: UsageTotals }) {
  if (name === 'failed') {
    return (
      <span className={totals.failed > 0 ? 'text-bad' : 'text-ink-faint'}>{formatCount(totals.failed)}</span>
    );
  }
  if (name === 'success') return formatShare(totals.succeeded, totals.succeeded + totals.failed);
  if (name === 'cost') return <CostText totals={totals} />;
  if (name === 'p50' || name === 'p95' || name === 'ttfb') {
    const ms = totals[TIMES[name]];
    return ms === null ? '–' : formatDuration(ms);
  }
  return (
    <>
      {formatCount(totals[COUNTS[name]])}
      {name === 'attempts' && totals.failedAttempts > 0 && <FailedAttempts count={totals.failedAttempts} />}
    </>
  );
}

/** What is known of it; below that, of how many requests it is not. */
function CostText({ totals: { costUsd, unpriced } }: { readonly totals: UsageTotals }) {
  const t = useTranslations('explore');
  return (
    <>
      {costUsd === null ? '–' : formatUsd(costUsd)}
      {unpriced > 0 && (
        <span className="text-xs text-ink-faint sm:block max-sm:ml-1">
          {t('unpricedOf', { count: formatCount(unpriced) })}
        </span>
      )}
    </>
  );
}

function FailedAttempts({ count }: { readonly count: number }) {
  const t = useTranslations('overview.providers');
  return (
    <span className="text-xs text-bad sm:block max-sm:ml-1">
      {t('attemptsFailed', { count: formatCount(count) })}
    </span>
  );
}

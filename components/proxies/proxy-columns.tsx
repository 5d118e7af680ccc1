'use client';
import { useMemo } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { ProxyItem } from '@/lib/admin/contract/proxies';
import { formatCount, formatDuration } from '@/lib/client/format';
import { TimeAgo } from '../shared/time';
import { useSaid } from '../shared/use-said';
import type { Column, UntitledColumn } from '../shared/virtual-table-props';
import { Checkbox } from '../ui/checkbox';
import { ProxyStatusBadge } from './proxy-status';

interface Options {
  readonly isSelected: (row: ProxyItem) => boolean;
  readonly onToggle: (row: ProxyItem) => void;
}

export function useProxyColumns({ isSelected, onToggle }: Options): readonly Column<ProxyItem>[] {
  const t = useTranslations('proxies');
  return useMemo(
    () => [
      {
        id: 'select',
        track: '1rem',
        header: '',
        cell: (row) => (
          <Checkbox
            aria-label={t('select', { address: row.address })}
            tabIndex={-1}
            checked={isSelected(row)}
            onCheckedChange={() => onToggle(row)}
          />
        ),
      },
      ...columns.map((column) => ({ ...column, header: t(`columns.${column.id}`) })),
    ],
    [t, isSelected, onToggle],
  );
}

const columns = [
  {
    id: 'address',
    track: 'minmax(10rem, 2fr)',
    sort: 'address',
    cell: (row) => <span className="font-mono text-xs">{row.address}</span>,
  },
  {
    id: 'status',
    track: '7.5rem',
    sort: 'status',
    cell: (row) => <ProxyStatusBadge item={row} />,
  },
  {
    id: 'latency',
    track: '5rem',
    align: 'end',
    minTableWidth: 520,
    sort: 'latencyMs',
    cell: (row) => (row.latencyMs === null ? '–' : formatDuration(row.latencyMs)),
  },
  {
    id: 'error',
    track: 'minmax(10rem, 3fr)',
    minTableWidth: 820,
    cell: (row) => <ErrorText item={row} />,
  },
  {
    id: 'keys',
    track: '4.5rem',
    align: 'end',
    minTableWidth: 620,
    sort: 'boundKeys',
    cell: (row) => formatCount(row.boundKeys),
  },
  {
    id: 'inFlight',
    track: '4.5rem',
    align: 'end',
    minTableWidth: 940,
    cell: (row) => formatCount(row.inFlight),
  },
  {
    id: 'requests',
    track: '9rem',
    align: 'end',
    minTableWidth: 1060,
    cell: (row) => <RequestCounts item={row} />,
  },
  {
    id: 'checked',
    track: '6rem',
    align: 'end',
    minTableWidth: 700,
    sort: 'lastCheckedAt',
    cell: (row) => (
      <span className="text-ink-soft">
        <TimeAgo at={row.lastCheckedAt} />
      </span>
    ),
  },
] as const satisfies readonly UntitledColumn<ProxyItem>[];

/** Why it is disabled, else what it failed with last. */
function ErrorText({ item }: { readonly item: ProxyItem }) {
  const said = useSaid();
  const text = said(item, 'reason') || said(item, 'lastError');
  return (
    <span className="text-ink-soft" title={text}>
      {text}
    </span>
  );
}

/** How many there were, and how many of them failed. */
function RequestCounts({ item }: { readonly item: ProxyItem }) {
  return (
    <>
      {formatCount(item.requestCount)}
      <span className={item.errorCount > 0 ? 'text-bad' : 'text-ink-faint'}>
        {' '}
        / {formatCount(item.errorCount)}
      </span>
    </>
  );
}

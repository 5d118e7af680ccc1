'use client';
import { useMemo } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { ProxyItem } from '@/lib/admin/contract/proxies';
import { formatCount, formatDuration } from '@/lib/client/format';
import { TimeAgo } from '../shared/time';
import type { Column } from '../shared/virtual-table-props';
import { Checkbox } from '../ui/checkbox';
import { ProxyStatusBadge } from './proxy-status';
import { useSaid } from '../shared/use-said';

interface Options {
  readonly isSelected: (row: ProxyItem) => boolean;
  readonly onToggle: (row: ProxyItem) => void;
}

export function useProxyColumns({ isSelected, onToggle }: Options): readonly Column<ProxyItem>[] {
  const t = useTranslations('proxies');
  const said = useSaid();
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
      {
        id: 'address',
        track: 'minmax(10rem, 2fr)',
        header: t('columns.address'),
        sort: 'address',
        cell: (row) => <span className="font-mono text-xs">{row.address}</span>,
      },
      {
        id: 'status',
        track: '7.5rem',
        header: t('columns.status'),
        sort: 'status',
        cell: (row) => <ProxyStatusBadge item={row} />,
      },
      {
        id: 'latency',
        track: '5rem',
        align: 'end',
        minTableWidth: 520,
        header: t('columns.latency'),
        sort: 'latencyMs',
        cell: (row) => (row.latencyMs === null ? '–' : formatDuration(row.latencyMs)),
      },
      {
        id: 'error',
        track: 'minmax(10rem, 3fr)',
        minTableWidth: 820,
        header: t('columns.error'),
        cell: (row) => {
          const text = said(row, 'reason') || said(row, 'lastError');
          return (
            <span className="text-ink-soft" title={text}>
              {text}
            </span>
          );
        },
      },
      {
        id: 'keys',
        track: '4.5rem',
        align: 'end',
        minTableWidth: 620,
        header: t('columns.keys'),
        sort: 'boundKeys',
        cell: (row) => formatCount(row.boundKeys),
      },
      {
        id: 'inFlight',
        track: '4.5rem',
        align: 'end',
        minTableWidth: 940,
        header: t('columns.inFlight'),
        cell: (row) => formatCount(row.inFlight),
      },
      {
        id: 'requests',
        track: '9rem',
        align: 'end',
        minTableWidth: 1060,
        header: t('columns.requests'),
        cell: (row) => (
          <>
            {formatCount(row.requestCount)}
            <span className={row.errorCount > 0 ? 'text-bad' : 'text-ink-faint'}>
              {' '}
              / {formatCount(row.errorCount)}
            </span>
          </>
        ),
      },
      {
        id: 'checked',
        track: '6rem',
        align: 'end',
        minTableWidth: 700,
        header: t('columns.checked'),
        sort: 'lastCheckedAt',
        cell: (row) => (
          <span className="text-ink-soft">
            <TimeAgo at={row.lastCheckedAt} />
          </span>
        ),
      },
    ],
    [t, isSelected, onToggle, said],
  );
}

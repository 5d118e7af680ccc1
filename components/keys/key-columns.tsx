'use client';
import { useMemo } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { KeyItem } from '@/lib/admin/contract/keys';
import { formatCount } from '@/lib/client/format';
import { StatusCode } from '../shared/status-code';
import { TimeAgo } from '../shared/time';
import type { Column } from '../shared/virtual-table-props';
import { Checkbox } from '../ui/checkbox';
import { KeyReason, KeyStatusBadge } from './key-status';

interface Options {
  readonly isSelected: (key: KeyItem) => boolean;
  readonly isAllSelected: boolean;
  /** Everything that passes the filter is meant, so single keys cannot be left out. */
  readonly isFixed: boolean;
  readonly hasSelection: boolean;
  readonly onToggle: (key: KeyItem, index: number, isRange: boolean) => void;
  readonly onToggleAll: () => void;
}

export function useKeyColumns(options: Options): readonly Column<KeyItem>[] {
  const { isSelected, isAllSelected, isFixed, hasSelection, onToggle, onToggleAll } = options;
  const t = useTranslations('keys');
  return useMemo(
    () => [
      {
        id: 'select',
        track: '1rem',
        header: (
          <Checkbox
            aria-label={t('selectAll')}
            checked={isAllSelected ? true : hasSelection ? 'indeterminate' : false}
            onCheckedChange={onToggleAll}
          />
        ),
        cell: (key, index) => (
          <Checkbox
            aria-label={t('select', { hint: key.hint })}
            tabIndex={-1}
            checked={isSelected(key)}
            disabled={isFixed}
            onClick={(event) => {
              event.preventDefault();
              onToggle(key, index, event.shiftKey);
            }}
          />
        ),
      },
      {
        id: 'hint',
        track: 'minmax(9rem, 1.1fr)',
        header: t('columns.key'),
        sort: 'hint',
        cell: (key) => <span className="font-mono text-xs">{key.hint}</span>,
      },
      {
        id: 'status',
        track: '9.5rem',
        header: t('columns.status'),
        sort: 'status',
        cell: (key) => <KeyStatusBadge item={key} />,
      },
      {
        id: 'reason',
        track: 'minmax(8rem, 1.6fr)',
        minTableWidth: 620,
        header: t('columns.reason'),
        cell: (key) => <KeyReason item={key} />,
      },
      {
        id: 'provider',
        track: 'minmax(5rem, 0.7fr)',
        minTableWidth: 720,
        header: t('columns.provider'),
        sort: 'provider',
        cell: (key) => key.provider,
      },
      {
        id: 'note',
        track: 'minmax(5rem, 0.8fr)',
        minTableWidth: 1180,
        header: t('columns.note'),
        cell: (key) => <span className="text-ink-soft">{key.note}</span>,
      },
      {
        id: 'inFlight',
        track: '4.25rem',
        minTableWidth: 820,
        align: 'end',
        header: t('columns.inFlight'),
        sort: 'inFlight',
        cell: (key) => <Figure value={key.inFlight} />,
      },
      {
        id: 'failures',
        track: '4.25rem',
        minTableWidth: 900,
        align: 'end',
        header: t('columns.failures'),
        sort: 'failures',
        cell: (key) => <Figure value={key.failures} />,
      },
      {
        id: 'requests',
        track: '5rem',
        minTableWidth: 980,
        align: 'end',
        header: t('columns.requests'),
        sort: 'requestCount',
        cell: (key) => <Figure value={key.requestCount} />,
      },
      {
        id: 'errors',
        track: '4.25rem',
        minTableWidth: 1060,
        align: 'end',
        header: t('columns.errors'),
        sort: 'errorCount',
        cell: (key) => <Figure value={key.errorCount} />,
      },
      {
        id: 'lastError',
        track: '5.5rem',
        minTableWidth: 1280,
        align: 'end',
        header: t('columns.lastError'),
        sort: 'lastErrorAt',
        cell: (key) => (key.lastErrorAt === null ? null : <StatusCode status={key.lastErrorStatus} />),
      },
      {
        id: 'lastUsed',
        track: '5.5rem',
        minTableWidth: 560,
        align: 'end',
        header: t('columns.lastUsed'),
        sort: 'lastUsedAt',
        cell: (key) => (
          <span className="text-ink-soft">
            <TimeAgo at={key.lastUsedAt} />
          </span>
        ),
      },
    ],
    [t, isSelected, isAllSelected, isFixed, hasSelection, onToggle, onToggleAll],
  );
}

/** Zeros step back, so that what is not zero is seen. */
function Figure({ value }: { readonly value: number }) {
  return <span className={value === 0 ? 'text-ink-faint' : undefined}>{formatCount(value)}</span>;
}

'use client';
import { ScrollText } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { LogKind } from '@/lib/admin/contract/logs';
import { useColumnChoices } from '../shared/columns/use-column-choices';
import { VirtualTable } from '../shared/virtual-table';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { logColumnList, useLogColumns } from './log-columns';
import { isLogFiltered, noLogFilter, type LogView } from './log-view';
import { narrowRow } from './narrow-log';
import type { LogReader } from './use-log-reader';
import type { useLogRows } from './use-log-rows';

interface LogTableProps {
  readonly kind: LogKind;
  readonly view: LogView;
  readonly onChange: (patch: Partial<LogView>) => void;
  readonly list: ReturnType<typeof useLogRows>;
  readonly reader: LogReader;
}

/** The rows of the log, or why there are none to see. */
export function LogTable({ kind, view, onChange, list, reader }: LogTableProps) {
  const t = useTranslations('logs');
  const { isSelected, toggle } = reader.selection;
  const [choices] = useColumnChoices(logColumnList(kind));
  const columns = useLogColumns(kind, { isSelected, onToggle: toggle, choices });
  const narrow = useMemo(() => narrowRow(kind, choices), [kind, choices]);
  const { rows } = list;
  if (list.isLoading) return <SkeletonRows rows={12} className="min-h-0 flex-1 overflow-hidden p-3" />;
  if (rows.length === 0 && list.error !== null) {
    return <ErrorState className="flex-1" error={list.error} onRetry={list.retry} />;
  }
  if (rows.length === 0) {
    return <NoRows kind={kind} view={view} onChange={onChange} isCut={list.searchedTo !== undefined} />;
  }
  return (
    <VirtualTable
      label={t(kind)}
      columns={columns}
      rowCount={rows.length + (list.hasMore ? 1 : 0)}
      rowAt={(index) => rows[index]}
      rowId={(row) => row.id}
      rowHeight={34}
      narrow={narrow}
      openId={view.log}
      onRange={list.onRange}
      onOpen={(row) => onChange({ log: row.id })}
      onToggle={toggle}
      isSelected={isSelected}
      onAway={reader.setAway}
      resetKey={reader.place}
    />
  );
}

interface NoRowsProps extends Pick<LogTableProps, 'kind' | 'view' | 'onChange'> {
  /** The search took too long: there may be some. */
  readonly isCut: boolean;
}

function NoRows({ kind, view, onChange, isCut }: NoRowsProps) {
  const t = useTranslations('logs');
  const isFiltered = isLogFiltered(view);
  const title = isCut
    ? t('noMatchYet')
    : isFiltered
      ? t('noMatch')
      : kind === 'errors'
        ? t('noErrors')
        : t('empty');
  return (
    <EmptyState
      className="flex-1 justify-center"
      icon={ScrollText}
      title={title}
      action={
        isFiltered ? <Button onClick={() => onChange(noLogFilter)}>{t('clearFilters')}</Button> : undefined
      }
    >
      {isFiltered || kind === 'errors' ? undefined : t('emptyHint')}
    </EmptyState>
  );
}

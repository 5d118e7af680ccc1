'use client';
import { ScrollText } from 'lucide-react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { LogKind } from '@/lib/admin/contract/logs';
import type { LogItem } from '@/lib/client/logs';
import { useNow } from '../shared/use-now';
import { VirtualTable } from '../shared/virtual-table';
import { RunningTasks } from '../tasks/running-tasks';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { Switch } from '../ui/switch';
import { Button } from '../ui/button';
import { useLogColumns } from './log-columns';
import { narrowError, narrowRequest } from './narrow-log';
import { LogFilters } from './log-filters';
import { isLogFiltered, logFilterOf, noLogFilter, type LogView } from './log-view';
import { LogsMenu } from './logs-menu';
import { LogsFooter } from './logs-footer';
import { StoryDrawer } from './story-drawer';
import { useLogRows } from './use-log-rows';

interface LogListProps {
  readonly kind: LogKind;
  readonly view: LogView;
  readonly onChange: (patch: Partial<LogView>) => void;
}

const MINUTE = 60_000;

export function LogList({ kind, view, onChange }: LogListProps) {
  const t = useTranslations('logs');
  const [isLive, setLive] = useState(true);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isAway, setAway] = useState(false);
  const viewName = JSON.stringify([kind, view.since, logFilterOf(view, 0)]);
  const [shownView, setShownView] = useState(viewName);
  // Other rows: nobody is further down in them yet.
  if (shownView !== viewName) {
    setShownView(viewName);
    setAway(false);
    setSelected(new Set());
  }
  const minuteNow = Math.floor(useNow() / MINUTE) * MINUTE;
  const [minute, setMinute] = useState(minuteNow);
  // The window of time stands still for whoever reads in it.
  const isReading = isAway || selected.size > 0 || view.log !== '';
  if (minute !== minuteNow && (minute === 0 || !isReading)) setMinute(minuteNow);
  const filterName = JSON.stringify(logFilterOf(view, view.since === '' ? 0 : minute));
  const filter = useMemo(() => JSON.parse(filterName) as ReturnType<typeof logFilterOf>, [filterName]);
  const [returns, setReturns] = useState(0);
  const list = useLogRows(kind, filter, isLive, isAway || selected.size > 0);
  const { rows } = list;

  const isSelected = useCallback((row: LogItem) => selected.has(row.id), [selected]);
  const toggle = useCallback((row: LogItem) => {
    setSelected((before) => {
      const ids = new Set(before);
      if (!ids.delete(row.id)) ids.add(row.id);
      return ids;
    });
  }, []);
  const openIndex = view.log === '' ? -1 : rows.findIndex(({ id }) => id === view.log);
  const { onRange } = list;
  useEffect(() => {
    if (openIndex >= 0) onRange(openIndex, openIndex);
  }, [openIndex, onRange]);
  const columns = useLogColumns(kind, { isSelected, onToggle: toggle });

  return (
    <div className="flex h-full min-h-0 flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <LogFilters view={view} onChange={onChange} />
        <div className="ml-auto flex items-center gap-3">
          <label className="inline-flex items-center gap-2 text-xs font-medium text-ink-soft">
            <Switch checked={isLive} onCheckedChange={setLive} />
            {t('live')}
          </label>
          <LogsMenu
            kind={kind}
            filter={filter}
            isFiltered={isLogFiltered(view)}
            isEmpty={rows.length === 0}
          />
        </div>
      </div>
      <RunningTasks kinds={['delete-logs']} />
      <section className="flex min-h-0 flex-1 flex-col overflow-hidden rounded-lg border border-line bg-surface">
        {list.isLoading ? (
          <SkeletonRows rows={12} className="min-h-0 flex-1 overflow-hidden p-3" />
        ) : list.error !== null && rows.length === 0 ? (
          <ErrorState className="flex-1" error={list.error} onRetry={list.retry} />
        ) : rows.length === 0 ? (
          <NoRows kind={kind} view={view} onChange={onChange} isCut={list.searchedTo !== undefined} />
        ) : (
          <VirtualTable
            label={t(kind)}
            columns={columns}
            rowCount={rows.length + (list.hasMore ? 1 : 0)}
            rowAt={(index) => rows[index]}
            rowId={(row) => row.id}
            rowHeight={34}
            narrow={kind === 'errors' ? narrowError : narrowRequest}
            openId={view.log}
            onRange={list.onRange}
            onOpen={(row) => onChange({ log: row.id })}
            onToggle={toggle}
            isSelected={isSelected}
            onAway={setAway}
            resetKey={`${returns} ${viewName}`}
          />
        )}
        <LogsFooter
          kind={kind}
          list={list}
          selected={selected}
          onClear={() => setSelected(new Set())}
          onNewest={() => {
            setSelected(new Set());
            setAway(false);
            setReturns((count) => count + 1);
          }}
        />
      </section>
      <StoryDrawer
        id={view.log}
        onClose={() => onChange({ log: '' })}
        newerId={rows[openIndex - 1]?.id}
        olderId={openIndex < 0 ? undefined : rows[openIndex + 1]?.id}
        onGo={(log) => onChange({ log })}
      />
    </div>
  );
}

function NoRows({ kind, view, onChange, isCut }: LogListProps & { readonly isCut: boolean }) {
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

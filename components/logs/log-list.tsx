'use client';
import dynamic from 'next/dynamic';
import { useEffect, useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { LogKind } from '@/lib/admin/contract/logs';
import { RunningTasks } from '../tasks/running-tasks';
import { ViewsMenu } from '../views/views-menu';
import { Switch } from '../ui/switch';
import { ColumnsMenu } from '../shared/columns/columns-menu';
import { LogHistogram } from './histogram/log-histogram';
import { logColumnList, useLogColumnTitles } from './log-columns';
import { LogFilters } from './log-filters';
import { LogTable } from './log-table';
import { isLogFiltered, logViewDefaults, type LogView } from './log-view';
import { LogsFooter } from './logs-footer';
import { LogsMenu } from './logs-menu';
import { useLogFilter } from './use-log-filter';
import { useLogReader } from './use-log-reader';
import { useLogRows } from './use-log-rows';
import { useOpenStory } from './use-open-story';
import { useStoryWalk } from './use-story-walk';

/** Much of the page's weight, and nothing of what it shows at first. */
const StoryDrawer = dynamic(() => import('./story-drawer').then((parts) => parts.StoryDrawer), {
  ssr: false,
});

interface LogListProps {
  readonly kind: LogKind;
  readonly view: LogView;
  readonly onChange: (patch: Partial<LogView>) => void;
}

export function LogList({ kind, view, onChange }: LogListProps) {
  const [isLive, setLive] = useState(true);
  const reader = useLogReader(kind, view);
  const filter = useLogFilter(view, reader.isHeld || view.log !== '');
  const list = useLogRows(kind, filter, isLive, reader.isHeld);
  const { openId, go, close } = useOpenStory(view, onChange);
  const beside = useRowsBeside(list, openId);
  const titled = useLogColumnTitles(kind);
  const [hasOpened, setOpened] = useState(openId !== '');
  if (openId !== '' && !hasOpened) setOpened(true);
  const walk = useStoryWalk(openId !== '', { ...beside, onGo: go });

  return (
    <div className="flex h-full min-h-0 flex-col gap-3" onKeyDown={walk}>
      <div className="flex flex-wrap items-center gap-2">
        <LogFilters view={view} onChange={onChange} />
        <div className="ml-auto flex min-w-0 flex-wrap items-center justify-end gap-3">
          <LiveSwitch isLive={isLive} onChange={setLive} />
          <ViewsMenu page="logs" view={view} defaults={logViewDefaults} onChange={onChange} />
          <ColumnsMenu list={logColumnList(kind)} columns={titled} />
          <LogsMenu
            kind={kind}
            filter={filter}
            isFiltered={isLogFiltered(view)}
            isEmpty={list.rows.length === 0}
          />
        </div>
      </div>
      <RunningTasks kinds={['delete-logs']} />
      <LogHistogram kind={kind} view={view} filter={filter} isLive={isLive} onChange={onChange} />
      <section className="flex min-h-40 flex-1 flex-col overflow-hidden rounded-lg border border-line bg-surface">
        <LogTable
          kind={kind}
          view={{ ...view, log: openId }}
          onChange={onChange}
          list={list}
          reader={reader}
        />
        <LogsFooter
          kind={kind}
          list={list}
          selected={reader.selection.selected}
          onClear={reader.selection.clear}
          onNewest={reader.toNewest}
        />
      </section>
      {hasOpened && <StoryDrawer id={openId} onClose={close} {...beside} onGo={go} />}
    </div>
  );
}

/** The rows before and behind the open one. Where it is among the last, more are asked for. */
function useRowsBeside({ rows, onRange }: ReturnType<typeof useLogRows>, openId: string) {
  const index = openId === '' ? -1 : rows.findIndex(({ id }) => id === openId);
  useEffect(() => {
    if (index >= 0) onRange(index, index);
  }, [index, onRange]);
  return { newerId: rows[index - 1]?.id, olderId: index < 0 ? undefined : rows[index + 1]?.id };
}

interface LiveSwitchProps {
  readonly isLive: boolean;
  readonly onChange: (isLive: boolean) => void;
}

function LiveSwitch({ isLive, onChange }: LiveSwitchProps) {
  const t = useTranslations('logs');
  return (
    <label className="inline-flex items-center gap-2 text-xs font-medium text-ink-soft">
      <Switch checked={isLive} onCheckedChange={onChange} />
      {t('live')}
    </label>
  );
}

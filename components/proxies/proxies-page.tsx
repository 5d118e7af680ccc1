'use client';
import { Plus, ShieldCheck, Trash2, Waypoints } from 'lucide-react';
import { useCallback, useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { ProxyItem } from '@/lib/admin/contract/proxies';
import { fetchProxies, proxyListKey } from '@/lib/client/proxies';
import { follows } from '@/lib/client/live-follower';
import { withLiveProxies } from '@/lib/client/live-merge';
import { useLive } from '../layout/live-provider';
import { SearchBox } from '../shared/search-box';
import { useUrlState } from '../shared/use-url-state';
import { useWindowedList } from '../shared/use-windowed-list';
import { VirtualTable } from '../shared/virtual-table';
import { RunningTasks } from '../tasks/running-tasks';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { Select } from '../ui/select';
import { SkeletonRows } from '../ui/skeleton';
import { AddProxiesDialog } from './add-proxies-dialog';
import { AutoCheck } from './auto-check';
import { NarrowProxy } from './narrow-proxy';
import { useProxyColumns } from './proxy-columns';
import { ProxyDrawer } from './proxy-drawer';
import { proxyListQueryOf, proxyViewDefaults } from './proxy-view';
import { useProxyBulk } from './use-proxy-bulk';

/** The stream tells how they are; who goes through which, and which of them pass a filter, it only hints at. */
const listMeta = follows(['proxies', 'proxy-states', 'keys', 'settings'], 5_000);
const STATUSES = ['healthy', 'unchecked', 'failing', 'disabled', 'disabled_auto', 'disabled_manual'] as const;

const narrowProxy = (row: ProxyItem) => <NarrowProxy item={row} />;

export function ProxiesPage() {
  const t = useTranslations('proxies');
  const bulk = useProxyBulk();
  const [view, change] = useUrlState(proxyViewDefaults, 'proxy');
  const [isAdding, setAdding] = useState(false);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const live = useLive().data;
  const isFiltered = view.status !== '' || view.search !== '';
  const query = proxyListQueryOf(view);
  const list = useWindowedList<ProxyItem>({
    queryKey: [...proxyListKey, query],
    fetchPage: ({ page, pageSize, signal }) => fetchProxies({ ...query, page, pageSize }, signal),
    meta: listMeta,
    merge: (page) => withLiveProxies(page, live),
  });
  const isSelected = useCallback((row: ProxyItem) => selected.has(row.id), [selected]);
  const toggle = useCallback((row: ProxyItem) => {
    setSelected((before) => {
      const ids = new Set(before);
      if (!ids.delete(row.id)) ids.add(row.id);
      return ids;
    });
  }, []);
  const columns = useProxyColumns({ isSelected, onToggle: toggle });
  const isEmpty = list.total === 0;

  return (
    <div className="flex h-[calc(100dvh-9rem)] min-h-96 flex-col gap-3 md:h-[calc(100dvh-5.75rem)]">
      <div className="flex flex-wrap items-center gap-2">
        <SearchBox
          className="w-full sm:w-60"
          label={t('search')}
          value={view.search}
          onChange={(search) => change({ search })}
        />
        <Select
          className="w-auto"
          aria-label={t('columns.status')}
          value={view.status}
          options={[
            { value: '', label: t('allStatuses') },
            ...STATUSES.map((value) => ({ value, label: t(`statuses.${value}`) })),
          ]}
          onChange={(status) => change({ status })}
        />
        <div className="ml-auto flex flex-wrap gap-2">
          <Button disabled={isEmpty} onClick={() => void bulk({ action: 'test', all: true })}>
            <ShieldCheck aria-hidden />
            {t('testAll')}
          </Button>
          <Button
            look="dangerGhost"
            disabled={isEmpty}
            onClick={() => void bulk({ action: 'delete-failed', all: true })}
          >
            <Trash2 aria-hidden />
            {t('deleteFailed')}
          </Button>
          <Button look="primary" onClick={() => setAdding(true)}>
            <Plus aria-hidden />
            {t('add')}
          </Button>
        </div>
      </div>
      <RunningTasks kinds={['proxies-bulk']} />
      <section
        aria-busy={list.isChanging}
        className="flex min-h-0 flex-1 flex-col overflow-hidden rounded-lg border border-line bg-surface transition-opacity aria-busy:opacity-60"
      >
        {list.isLoading ? (
          <SkeletonRows rows={10} className="min-h-0 flex-1 overflow-hidden p-3" />
        ) : list.error !== null && isEmpty ? (
          <ErrorState className="flex-1" error={list.error} onRetry={list.retry} />
        ) : isEmpty ? (
          <EmptyState
            className="flex-1 justify-center"
            icon={Waypoints}
            title={isFiltered ? t('noMatch') : t('empty')}
            action={
              isFiltered ? (
                <Button onClick={() => change({ status: '', search: '' })}>{t('clearFilters')}</Button>
              ) : (
                <Button look="primary" onClick={() => setAdding(true)}>
                  {t('add')}
                </Button>
              )
            }
          >
            {isFiltered ? undefined : t('emptyHint')}
          </EmptyState>
        ) : (
          <VirtualTable
            label={t('table')}
            columns={columns}
            rowCount={list.total}
            rowAt={list.rowAt}
            narrow={narrowProxy}
            rowId={(row) => row.id}
            openId={view.proxy}
            sorting={{ by: view.sort, order: view.order === 'desc' ? 'desc' : 'asc' }}
            onSort={({ by, order }) => change({ sort: by, order })}
            onRange={list.onRange}
            onOpen={(row) => change({ proxy: row.id })}
            onToggle={toggle}
            isSelected={isSelected}
            resetKey={JSON.stringify(query)}
          />
        )}
        <div className="flex min-h-9 flex-wrap items-center gap-x-3 gap-y-1 border-t border-line px-3 py-1 text-xs text-ink-soft">
          {selected.size === 0 ? (
            <>
              {!list.isLoading && <span>{t('total', { total: list.total })}</span>}
              <AutoCheck />
            </>
          ) : (
            <SelectedBar ids={selected} onClear={() => setSelected(new Set())} />
          )}
        </div>
      </section>
      <AddProxiesDialog isOpen={isAdding} onOpenChange={setAdding} />
      <ProxyDrawer id={view.proxy} onClose={() => change({ proxy: '' })} />
    </div>
  );
}

interface SelectedBarProps {
  readonly ids: ReadonlySet<string>;
  readonly onClear: () => void;
}

function SelectedBar({ ids, onClear }: SelectedBarProps) {
  const t = useTranslations('proxies');
  const bulk = useProxyBulk();
  const run = async (action: 'test' | 'enable' | 'disable' | 'delete') => {
    if (await bulk({ action, ids: [...ids] })) onClear();
  };
  return (
    <>
      <span className="font-medium text-ink">{t('selected', { count: ids.size })}</span>
      <Button look="link" size="inline" onClick={onClear}>
        {t('clearSelection')}
      </Button>
      <div className="flex flex-wrap gap-0.5 sm:ml-auto" role="toolbar" aria-label={t('bulkLabel')}>
        {(['test', 'enable', 'disable'] as const).map((action) => (
          <Button key={action} look="ghost" size="sm" onClick={() => void run(action)}>
            {t(action)}
          </Button>
        ))}
        <Button look="dangerGhost" size="sm" onClick={() => void run('delete')}>
          {t('delete')}
        </Button>
      </div>
    </>
  );
}

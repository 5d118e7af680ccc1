'use client';
import { KeyRound, Plus, Unplug } from 'lucide-react';
import { useCallback, useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { KeyItem } from '@/lib/admin/contract/keys';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { fetchKeys, isWholeKey, keyListKey } from '@/lib/client/keys';
import { dependsOnLiveState } from '@/lib/client/live-data';
import { follows } from '@/lib/client/live-follower';
import { withLiveKeys } from '@/lib/client/live-merge';
import { useLive } from '../layout/live-provider';
import { useProviders } from '../shared/use-live-answers';
import { useProviderChoices } from '../shared/use-provider-choices';
import { useUrlState } from '../shared/use-url-state';
import { useWindowedList } from '../shared/use-windowed-list';
import { VirtualTable } from '../shared/virtual-table';
import { RunningTasks } from '../tasks/running-tasks';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { BulkBar } from './bulk-bar';
import { ImportDialog } from './import-dialog';
import { useKeyColumns } from './key-columns';
import { KeyDrawer } from './key-drawer';
import { NarrowKey } from './narrow-key';
import { KeyFilters } from './key-filters';
import {
  isKeyFiltered,
  keyFilterOf,
  keyListQueryOf,
  keyViewDefaults,
  noKeyFilter,
  type KeyView,
} from './key-view';
import { KeysMenu } from './keys-menu';
import { countOf, useKeySelection } from './use-key-selection';

const PAGE_SIZE = 200;
const byKeys = follows(['keys', 'providers', 'settings']);
/** A change of a key can move it, into the list or out of it as well. */
const byState = follows(['keys', 'key-states', 'providers', 'settings'], 2_000);

export function KeysPage() {
  const t = useTranslations('keys');
  const [urlView, changeUrl] = useUrlState(keyViewDefaults, 'key');
  // A whole key that is searched for must not stand in the address.
  const [secretSearch, setSecretSearch] = useState('');
  const [isImporting, setImporting] = useState(false);
  const view: KeyView = secretSearch === '' ? urlView : { ...urlView, search: secretSearch };

  const change = useCallback(
    (patch: Partial<KeyView>) => {
      const isSecret = isWholeKey(patch.search ?? '');
      if (patch.search !== undefined) setSecretSearch(isSecret ? patch.search : '');
      changeUrl(isSecret ? { ...patch, search: '' } : patch);
    },
    [changeUrl],
  );

  const query = keyListQueryOf(view);
  const isProviderGone = useProviderChoices(view.provider).isGone;
  const viewName = JSON.stringify(query);
  const live = useLive().data;
  const list = useWindowedList<KeyItem>({
    queryKey: [...keyListKey, query],
    fetchPage: ({ page, pageSize, signal }) => fetchKeys({ ...query, page, pageSize }, signal),
    pageSize: PAGE_SIZE,
    meta: dependsOnLiveState(query) ? byState : byKeys,
    merge: (page) => withLiveKeys(page, live),
    isEnabled: !isProviderGone,
  });
  const filter = keyFilterOf(view);
  const picks = useKeySelection(JSON.stringify(filter), list.rowAt);
  const { selection, select, clear } = picks;

  const toggleAll = () => {
    if (countOf(selection) > 0) clear();
    else if (list.total <= PAGE_SIZE) {
      const loaded = Array.from({ length: list.total }, (_, index) => list.rowAt(index)?.id);
      select({ kind: 'ids', ids: new Set(loaded.filter((id) => id !== undefined)) });
    } else select({ kind: 'filter', filter, count: list.total });
  };
  const columns = useKeyColumns({
    isSelected: picks.isSelected,
    isAllSelected: countOf(selection) > 0 && countOf(selection) >= list.total,
    isFixed: selection.kind === 'filter',
    hasSelection: countOf(selection) > 0,
    onToggle: picks.toggle,
    onToggleAll: toggleAll,
  });

  return (
    <div className="flex h-[calc(100dvh-9rem)] min-h-96 flex-col gap-3 md:h-[calc(100dvh-5.75rem)]">
      <div className="flex flex-wrap items-center gap-2">
        <KeyFilters view={view} onChange={change} />
        <div className="ml-auto flex gap-2">
          <KeysMenu filter={filter} total={isProviderGone ? 0 : list.total} />
          <Button look="primary" onClick={() => setImporting(true)}>
            <Plus aria-hidden />
            {t('add')}
          </Button>
        </div>
      </div>
      <RunningTasks kinds={['keys-bulk', 'probe-keys', 'import-keys']} />
      <section
        aria-busy={list.isChanging}
        className="flex min-h-0 flex-1 flex-col overflow-hidden rounded-lg border border-line bg-surface transition-opacity aria-busy:opacity-60"
      >
        <KeyTableBody
          list={list}
          isProviderGone={isProviderGone}
          view={view}
          viewName={viewName}
          columns={columns}
          picks={picks}
          onChange={change}
          onAdd={() => setImporting(true)}
        />
        <div className="flex min-h-9 flex-wrap items-center gap-x-3 gap-y-1 border-t border-line px-3 py-1 text-xs text-ink-soft">
          {countOf(selection) > 0 ? (
            <BulkBar
              selection={selection}
              total={list.total}
              onSelectAll={() => select({ kind: 'filter', filter, count: list.total })}
              onClear={clear}
            />
          ) : isProviderGone || list.isLoading || (list.error !== null && list.total === 0) ? null : (
            <Totals total={list.total} isFiltered={isKeyFiltered(view)} />
          )}
        </div>
      </section>
      <ImportDialog isOpen={isImporting} onOpenChange={setImporting} provider={view.provider} />
      <KeyDrawer id={view.key} onClose={() => change({ key: '' })} />
    </div>
  );
}

function Totals({ total, isFiltered }: { readonly total: number; readonly isFiltered: boolean }) {
  const t = useTranslations('keys');
  const providers = useProviders().data?.items;
  const sum = (of: (keys: ProviderItem['keys']) => number) =>
    providers?.reduce((total, { keys }) => total + of(keys), 0) ?? 0;
  return (
    <>
      <span>{isFiltered ? t('matching', { total }) : t('total', { total })}</span>
      {providers !== undefined && (
        <span className="ml-auto hidden sm:inline">
          {t('summary', {
            active: sum((keys) => keys.active),
            cooling: sum((keys) => keys.cooling),
            disabled: sum((keys) => keys.disabledAuto + keys.disabledManual),
            inFlight: sum((keys) => keys.inFlight),
          })}
        </span>
      )}
    </>
  );
}

const narrowKey = (key: KeyItem) => <NarrowKey item={key} />;

interface KeyTableBodyProps {
  readonly list: ReturnType<typeof useWindowedList<KeyItem>>;
  readonly isProviderGone: boolean;
  readonly view: KeyView;
  readonly viewName: string;
  readonly columns: ReturnType<typeof useKeyColumns>;
  readonly picks: ReturnType<typeof useKeySelection>;
  readonly onChange: (patch: Partial<KeyView>) => void;
  readonly onAdd: () => void;
}

function KeyTableBody(props: KeyTableBodyProps) {
  const { list, isProviderGone, view, viewName, columns, picks, onChange, onAdd } = props;
  const t = useTranslations('keys');
  if (isProviderGone) {
    return (
      <EmptyState
        className="flex-1 justify-center"
        icon={Unplug}
        title={t('providerGone', { name: view.provider })}
        action={<Button onClick={() => onChange(noKeyFilter)}>{t('showAll')}</Button>}
      >
        {t('providerGoneHint')}
      </EmptyState>
    );
  }
  if (list.isLoading) return <SkeletonRows rows={12} className="min-h-0 flex-1 overflow-hidden p-3" />;
  if (list.error !== null && list.total === 0) {
    return <ErrorState className="flex-1" error={list.error} onRetry={list.retry} />;
  }
  if (list.total === 0) {
    const isFiltered = isKeyFiltered(view);
    return (
      <EmptyState
        className="flex-1 justify-center"
        icon={KeyRound}
        title={isFiltered ? t('noMatch') : t('empty')}
        action={
          isFiltered ? (
            <Button onClick={() => onChange(noKeyFilter)}>{t('clearFilters')}</Button>
          ) : (
            <Button look="primary" onClick={onAdd}>
              {t('add')}
            </Button>
          )
        }
      >
        {isFiltered ? undefined : t('emptyHint')}
      </EmptyState>
    );
  }
  return (
    <VirtualTable
      label={t('table')}
      columns={columns}
      rowCount={list.total}
      rowAt={list.rowAt}
      narrow={narrowKey}
      rowId={(key) => key.id}
      openId={view.key}
      sorting={{ by: view.sort, order: view.order === 'asc' ? 'asc' : 'desc' }}
      onSort={({ by, order }) => onChange({ sort: by, order })}
      onRange={list.onRange}
      onOpen={(key) => onChange({ key: key.id })}
      onToggle={picks.toggle}
      isSelected={picks.isSelected}
      resetKey={viewName}
    />
  );
}

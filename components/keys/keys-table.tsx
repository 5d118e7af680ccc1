'use client';
import { KeyRound, Unplug } from 'lucide-react';
import { useTranslations } from '@/i18n/use-translations';
import { VirtualTable } from '../shared/virtual-table';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { useKeyColumns } from './key-columns';
import { isKeyFiltered, keyListQueryOf, noKeyFilter, type KeyView } from './key-view';
import { useNarrowKey } from './narrow-key';
import type { KeyList } from './use-key-list';
import type { KeyPicks } from './use-key-picks';

interface KeysTableProps {
  readonly list: KeyList;
  readonly picks: KeyPicks;
  readonly view: KeyView;
  readonly onChange: (patch: Partial<KeyView>) => void;
  readonly onAdd: () => void;
}

/** The keys, or why there are none. */
export function KeysTable(props: KeysTableProps) {
  const { list, view, onChange, onAdd } = props;
  const clearFilter = () => onChange(noKeyFilter);
  if (list.isProviderGone) return <ProviderGone name={view.provider} onShowAll={clearFilter} />;
  if (list.isLoading) return <SkeletonRows rows={12} className="min-h-0 flex-1 overflow-hidden p-3" />;
  if (list.total > 0) return <KeyRows {...props} />;
  if (list.error !== null) return <ErrorState className="flex-1" error={list.error} onRetry={list.retry} />;
  return <NoKeys isFiltered={isKeyFiltered(view)} onClear={clearFilter} onAdd={onAdd} />;
}

function KeyRows({ list, picks, view, onChange }: KeysTableProps) {
  const t = useTranslations('keys');
  const columns = useKeyColumns(picks);
  const narrow = useNarrowKey();
  return (
    <VirtualTable
      label={t('table')}
      columns={columns}
      rowCount={list.total}
      rowAt={list.rowAt}
      narrow={narrow}
      rowId={(key) => key.id}
      openId={view.key}
      sorting={{ by: view.sort, order: view.order === 'asc' ? 'asc' : 'desc' }}
      onSort={({ by, order }) => onChange({ sort: by, order })}
      onRange={list.onRange}
      onOpen={(key) => onChange({ key: key.id })}
      onToggle={picks.toggle}
      isSelected={picks.isSelected}
      resetKey={JSON.stringify(keyListQueryOf(view))}
    />
  );
}

interface ProviderGoneProps {
  readonly name: string;
  readonly onShowAll: () => void;
}

function ProviderGone({ name, onShowAll }: ProviderGoneProps) {
  const t = useTranslations('keys');
  return (
    <EmptyState
      className="flex-1 justify-center"
      icon={Unplug}
      title={t('providerGone', { name })}
      action={<Button onClick={onShowAll}>{t('showAll')}</Button>}
    >
      {t('providerGoneHint')}
    </EmptyState>
  );
}

interface NoKeysProps {
  readonly isFiltered: boolean;
  readonly onClear: () => void;
  readonly onAdd: () => void;
}

function NoKeys({ isFiltered, onClear, onAdd }: NoKeysProps) {
  const t = useTranslations('keys');
  return (
    <EmptyState
      className="flex-1 justify-center"
      icon={KeyRound}
      title={isFiltered ? t('noMatch') : t('empty')}
      action={
        isFiltered ? (
          <Button onClick={onClear}>{t('clearFilters')}</Button>
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

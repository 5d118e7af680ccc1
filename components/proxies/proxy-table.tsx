'use client';
import { Waypoints } from 'lucide-react';
import { useTranslations } from '@/i18n/use-translations';
import type { ProxyItem } from '@/lib/admin/contract/proxies';
import type { RowSelection } from '../shared/use-row-selection';
import type { WindowedList } from '../shared/use-windowed-list';
import { VirtualTable } from '../shared/virtual-table';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { NarrowProxy } from './narrow-proxy';
import { useProxyColumns } from './proxy-columns';
import { proxyListQueryOf, type ProxyView } from './proxy-view';

interface ProxyTableProps {
  readonly list: WindowedList<ProxyItem>;
  readonly selection: RowSelection<ProxyItem>;
  readonly view: ProxyView;
  readonly onChange: (patch: Partial<ProxyView>) => void;
  readonly onAdd: () => void;
}

const narrowProxy = (row: ProxyItem) => <NarrowProxy item={row} />;

/** The proxies, or why there are none to see. */
export function ProxyTable({ list, selection, view, onChange, onAdd }: ProxyTableProps) {
  const t = useTranslations('proxies');
  const { isSelected, toggle } = selection;
  const columns = useProxyColumns({ isSelected, onToggle: toggle });
  if (list.isLoading) return <SkeletonRows rows={10} className="min-h-0 flex-1 overflow-hidden p-3" />;
  if (list.total === 0 && list.error !== null) {
    return <ErrorState className="flex-1" error={list.error} onRetry={list.retry} />;
  }
  if (list.total === 0) return <NoProxies view={view} onChange={onChange} onAdd={onAdd} />;
  return (
    <VirtualTable
      label={t('table')}
      columns={columns}
      rowCount={list.total}
      rowAt={list.rowAt}
      narrow={narrowProxy}
      rowId={(row) => row.id}
      openId={view.proxy}
      sorting={{ by: view.sort, order: view.order === 'desc' ? 'desc' : 'asc' }}
      onSort={({ by, order }) => onChange({ sort: by, order })}
      onRange={list.onRange}
      onOpen={(row) => onChange({ proxy: row.id })}
      onToggle={toggle}
      isSelected={isSelected}
      resetKey={JSON.stringify(proxyListQueryOf(view))}
    />
  );
}

type NoProxiesProps = Pick<ProxyTableProps, 'view' | 'onChange' | 'onAdd'>;

function NoProxies({ view, onChange, onAdd }: NoProxiesProps) {
  const t = useTranslations('proxies');
  const isFiltered = view.status !== '' || view.search !== '';
  return (
    <EmptyState
      className="flex-1 justify-center"
      icon={Waypoints}
      title={isFiltered ? t('noMatch') : t('empty')}
      action={
        isFiltered ? (
          <Button onClick={() => onChange({ status: '', search: '' })}>{t('clearFilters')}</Button>
        ) : (
          <Button look="primary" needs="proxies.create" onClick={onAdd}>
            {t('add')}
          </Button>
        )
      }
    >
      {isFiltered ? undefined : t('emptyHint')}
    </EmptyState>
  );
}

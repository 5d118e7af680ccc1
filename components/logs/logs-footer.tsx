'use client';
import { Trash2 } from 'lucide-react';
import { useFormatter } from 'next-intl';
import type { LogKind } from '@/lib/admin/contract/logs';
import { useTranslations } from '@/i18n/use-translations';
import { Button } from '../ui/button';
import { useDeleteLogs } from './use-delete-logs';
import type { useLogRows } from './use-log-rows';

interface LogsFooterProps {
  readonly kind: LogKind;
  readonly list: ReturnType<typeof useLogRows>;
  readonly selected: ReadonlySet<string>;
  readonly onClear: () => void;
  /** Back to the newest rows. */
  readonly onNewest: () => void;
}

export function LogsFooter({ kind, list, selected, onClear, onNewest }: LogsFooterProps) {
  const t = useTranslations('logs');
  const remove = useDeleteLogs();
  const count = selected.size;
  const shown = { shown: list.rows.length, total: list.total };
  const removeSelected = async () => {
    const hasBegun = await remove({ kind, ids: [...selected] }, t('deleteSelectedText', { count }));
    if (hasBegun) onClear();
  };
  return (
    <div className="flex min-h-9 flex-wrap items-center gap-x-3 border-t border-line px-3 py-1 text-xs text-ink-soft">
      {list.newRows > 0 && (
        <Button look="link" size="inline" onClick={onNewest}>
          {t('newRows', { count: list.newRows })}
        </Button>
      )}
      {count === 0 ? (
        <>
          {!list.isLoading && (
            <span>{list.isTotalApproximate ? t('shownApproximate', shown) : t('shown', shown)}</span>
          )}
          <SearchOn list={list} />
        </>
      ) : (
        <>
          <span className="font-medium text-ink">{t('selected', { count })}</span>
          <Button look="link" size="inline" onClick={onClear}>
            {t('clearSelection')}
          </Button>
          <Button
            look="dangerGhost"
            size="sm"
            className="ml-auto"
            needs="logs.delete"
            onClick={() => void removeSelected()}
          >
            <Trash2 aria-hidden />
            {t('delete')}
          </Button>
        </>
      )}
    </div>
  );
}

/** How far a search got that was cut short, and the way to go on with it. */
function SearchOn({ list }: Pick<LogsFooterProps, 'list'>) {
  const t = useTranslations('logs');
  const format = useFormatter();
  if (list.searchedTo === undefined) return null;
  const time = format.dateTime(list.searchedTo, { dateStyle: 'medium', timeStyle: 'medium' });
  return (
    <>
      <span role="status">{t('searchedTo', { time })}</span>
      <Button look="link" size="inline" isBusy={list.isSearching} onClick={list.searchOn}>
        {t('searchOn')}
      </Button>
    </>
  );
}

'use client';
import { useTranslations } from '@/i18n/use-translations';
import type { ProxyItem } from '@/lib/admin/contract/proxies';
import type { RowSelection } from '../shared/use-row-selection';
import type { WindowedList } from '../shared/use-windowed-list';
import { Button } from '../ui/button';
import { AutoCheck } from './auto-check';
import { useProxyBulk } from './use-proxy-bulk';

interface ProxiesFooterProps {
  readonly list: WindowedList<ProxyItem>;
  readonly selection: RowSelection<ProxyItem>;
}

/** How many there are; while some are selected, what can be done with those. */
export function ProxiesFooter({ list, selection }: ProxiesFooterProps) {
  const t = useTranslations('proxies');
  return (
    <div className="flex min-h-9 flex-wrap items-center gap-x-3 gap-y-1 border-t border-line px-3 py-1 text-xs text-ink-soft">
      {selection.selected.size === 0 ? (
        <>
          {!list.isLoading && <span>{t('total', { total: list.total })}</span>}
          <AutoCheck />
        </>
      ) : (
        <SelectedBar ids={selection.selected} onClear={selection.clear} />
      )}
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
          <Button key={action} look="ghost" size="sm" needs="proxies.bulk" onClick={() => void run(action)}>
            {t(action)}
          </Button>
        ))}
        <Button
          look="dangerGhost"
          size="sm"
          needs={['proxies.bulk', { action: 'delete' }]}
          onClick={() => void run('delete')}
        >
          {t('delete')}
        </Button>
      </div>
    </>
  );
}

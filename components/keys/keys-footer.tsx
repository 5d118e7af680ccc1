'use client';
import { useTranslations } from '@/i18n/use-translations';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { useProviders } from '../shared/use-live-answers';
import { BulkBar } from './bulk-bar';
import type { KeyList } from './use-key-list';
import type { KeyPicks } from './use-key-picks';

interface KeysFooterProps {
  readonly list: KeyList;
  readonly picks: KeyPicks;
  readonly isFiltered: boolean;
}

/** Actions on the selected keys; while none is selected, the totals. */
export function KeysFooter({ list, picks, isFiltered }: KeysFooterProps) {
  const isTotalKnown = !list.isProviderGone && !list.isLoading && (list.error === null || list.total > 0);
  return (
    <div className="flex min-h-9 flex-wrap items-center gap-x-3 gap-y-1 border-t border-line px-3 py-1 text-xs text-ink-soft">
      {picks.count > 0 && <BulkBar picks={picks} total={list.total} />}
      {picks.count === 0 && isTotalKnown && <Totals total={list.total} isFiltered={isFiltered} />}
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

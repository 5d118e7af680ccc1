'use client';
import { useTranslations } from '@/i18n/use-translations';
import type { AddressCheck } from '@/lib/admin/contract/providers';
import { useSaid } from '../shared/use-said';
import { Button } from '../ui/button';

interface AddressDoubtProps {
  readonly check: AddressCheck;
  readonly isBusy: boolean;
  /** Takes the address that answers better. */
  readonly onUse: (address: string) => void;
  readonly onKeep: () => void;
}

/** The address does not answer as an API does. Nothing is saved yet, and every way on is a click. */
export function AddressDoubt({ check, isBusy, onUse, onKeep }: AddressDoubtProps) {
  const t = useTranslations('overview.firstRun');
  const said = useSaid();
  const { suggestion, outcome, baseUrl, message } = check;
  const text = outcome === 'unreachable' ? 'doubt.unreachable' : 'doubt.noApi';
  return (
    <div role="alert" className="grid min-w-0 gap-2 rounded-md bg-warn-soft px-3 py-2.5 text-sm">
      <p className="break-words">{t(text, { address: baseUrl })}</p>
      {message !== '' && <p className="text-xs break-words text-ink-soft">{said(check, 'message')}</p>}
      {suggestion !== null && <p className="break-words">{t('doubt.suggestion', { address: suggestion })}</p>}
      <div className="flex flex-wrap gap-2">
        {suggestion !== null && (
          <Button size="sm" look="primary" isBusy={isBusy} onClick={() => onUse(suggestion)}>
            {t('doubt.use')}
          </Button>
        )}
        <Button size="sm" isBusy={isBusy} onClick={onKeep}>
          {t('doubt.keep')}
        </Button>
      </div>
    </div>
  );
}

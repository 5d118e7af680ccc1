'use client';
import type { KeyItem } from '@/lib/admin/contract/keys';
import { useTranslations } from '@/i18n/use-translations';
import { Countdown } from '../shared/time';
import { useSaid } from '../shared/use-said';

/** Why a key is out of rotation, until when, and what brings it back. Nothing for one that is fine. */
export function KeyCondition({ item }: { readonly item: KeyItem }) {
  const t = useTranslations('keys.condition');
  const said = useSaid();
  const { status } = item;
  if (status === 'active') return null;
  if (status === 'cooling') return <Cooling item={item} />;
  const look = status === 'disabled_auto' ? 'bg-bad-soft text-bad' : 'bg-sunken text-ink-soft';
  return (
    <div className={`grid gap-1 rounded-md px-3 py-2.5 ${look}`}>
      <p className="font-medium break-words">{said(item, 'reason') || t(status)}</p>
      <p className="text-xs">{t(`${status}Back`)}</p>
    </div>
  );
}

function Cooling({ item: { cooldownUntil, modelCooldowns } }: { readonly item: KeyItem }) {
  const t = useTranslations('keys.condition');
  return (
    <div className="grid gap-1 rounded-md bg-warn-soft px-3 py-2.5 text-warn">
      {cooldownUntil !== null && (
        <p className="font-medium">
          {t('coolingWhole')} <Countdown until={cooldownUntil} />
        </p>
      )}
      {modelCooldowns.length > 0 && <p className="font-medium">{t('coolingModels')}</p>}
      <ul className="grid gap-0.5 text-xs">
        {modelCooldowns.map(({ model, until }) => (
          <li key={model} className="flex justify-between gap-3">
            <span className="min-w-0 truncate font-mono">{model}</span>
            <Countdown until={until} />
          </li>
        ))}
      </ul>
      <p className="text-xs">{t('coolingBack')}</p>
    </div>
  );
}

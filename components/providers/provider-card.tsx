'use client';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslations } from '@/i18n/use-translations';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { providersKey, updateProvider } from '@/lib/client/providers';
import { BreakerBadge } from '../shared/breaker-badge';
import { CopyButton } from '../shared/copy';
import { useAct } from '../shared/use-act';
import { useOrigin } from '../shared/use-origin';
import { useSaid } from '../shared/use-said';
import { Badge } from '../ui/badge';
import { cn } from '../ui/class-names';
import { Switch } from '../ui/switch';
import { OrderButtons, type ProviderPlace } from './order-buttons';
import { ProviderActions } from './provider-actions';
import { ProviderFacts } from './provider-facts';
import { ProviderLeft } from './provider-left';
import type { ProviderView } from './use-opened-provider';

interface ProviderCardProps {
  readonly provider: ProviderItem;
  readonly place: ProviderPlace;
  readonly onOpen: (view: ProviderView) => void;
}

export function ProviderCard({ provider, place, onOpen }: ProviderCardProps) {
  const t = useTranslations('providers');
  const said = useSaid();
  const url = `${useOrigin()}${provider.sdkUrls[0] ?? ''}`;
  const { name, isEnabled, breaker } = provider;
  return (
    <li
      className={cn('rounded-lg border border-line bg-surface', !isEnabled && 'bg-sunken/50')}
      aria-label={name}
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 pt-3">
        <OrderButtons name={name} place={place} />
        <ProviderTitle provider={provider} />
        <EnabledSwitch provider={provider} />
      </div>
      {breaker.state !== 'closed' && breaker.reason !== null && (
        <p className="mx-4 mt-2 rounded-md bg-warn-soft px-3 py-1.5 text-xs break-words text-warn">
          {said(breaker, 'reason')}
        </p>
      )}
      <div className="px-4 py-3 md:pl-[3.5rem]">
        <ProviderFacts provider={provider} />
        <ProviderLeft id={provider.id} />
      </div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line px-4 py-1.5 md:pl-[3.5rem]">
        <span className="inline-flex min-w-0 items-center gap-1">
          <span className="truncate font-mono text-xs text-ink-soft">{url}</span>
          <CopyButton text={url} label={t('copyUrl', { name })} />
        </span>
        <ProviderActions provider={provider} onOpen={onOpen} />
      </div>
    </li>
  );
}

function ProviderTitle({ provider }: { readonly provider: ProviderItem }) {
  const t = useTranslations('providers');
  const { name, breaker, isEnabled, keys, baseUrl } = provider;
  return (
    <div className="min-w-0 flex-1">
      <div className="flex flex-wrap items-center gap-2">
        <h2 className="max-w-full text-base font-semibold [overflow-wrap:anywhere]">{name}</h2>
        <BreakerBadge breaker={breaker} isEnabled={isEnabled} keys={keys} />
        {provider.isDefault && <Badge tone="accent">{t('default')}</Badge>}
        {provider.source === 'environment' && <Badge>{t('fromEnvironment')}</Badge>}
      </div>
      <p className="truncate font-mono text-xs text-ink-soft" title={baseUrl}>
        {baseUrl}
      </p>
    </div>
  );
}

function EnabledSwitch({ provider }: { readonly provider: ProviderItem }) {
  const t = useTranslations('providers');
  const client = useQueryClient();
  const act = useAct();
  const { id, version, name, isEnabled } = provider;
  const change = async (next: boolean) => {
    await act(() => updateProvider(id, { version, isEnabled: next }), t('changeFailed'));
    await client.invalidateQueries({ queryKey: providersKey });
  };
  return (
    <label className="flex items-center gap-2 text-xs text-ink-soft">
      {isEnabled ? t('on') : t('off')}
      <Switch
        checked={isEnabled}
        needs="providers.update"
        onCheckedChange={(next) => void change(next)}
        aria-label={t('enabledLabel', { name })}
      />
    </label>
  );
}

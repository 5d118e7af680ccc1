'use client';
import { useQueryClient } from '@tanstack/react-query';
import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { providersKey, updateProvider } from '@/lib/client/providers';
import { BreakerBadge } from '../shared/breaker-badge';
import { CopyButton } from '../shared/copy';
import { useAct } from '../shared/use-act';
import { useOrigin } from '../shared/use-origin';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { cn } from '../ui/class-names';
import { Switch } from '../ui/switch';
import { ProviderActions } from './provider-actions';
import { ProviderFacts } from './provider-facts';
import { useSaid } from '../shared/use-said';

interface ProviderCardProps {
  readonly provider: ProviderItem;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly isMoving: boolean;
  readonly onMove: (step: -1 | 1) => void;
  readonly onOpen: (what: 'edit' | 'connect' | 'models') => void;
}

export function ProviderCard({ provider, isFirst, isLast, isMoving, onMove, onOpen }: ProviderCardProps) {
  const t = useTranslations('providers');
  const said = useSaid();
  const client = useQueryClient();
  const act = useAct();
  const url = `${useOrigin()}${provider.sdkUrls[0] ?? ''}`;

  const toggle = async (isEnabled: boolean) => {
    await act(() => updateProvider(provider.id, { version: provider.version, isEnabled }), t('changeFailed'));
    await client.invalidateQueries({ queryKey: providersKey });
  };

  return (
    <li
      className={cn('rounded-lg border border-line bg-surface', !provider.isEnabled && 'bg-sunken/50')}
      aria-label={provider.name}
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 pt-3">
        <div className="flex flex-col">
          <OrderButton
            label={t('moveUp', { name: provider.name })}
            disabled={isFirst || isMoving}
            onClick={() => onMove(-1)}
          >
            <ArrowUp aria-hidden />
          </OrderButton>
          <OrderButton
            label={t('moveDown', { name: provider.name })}
            disabled={isLast || isMoving}
            onClick={() => onMove(1)}
          >
            <ArrowDown aria-hidden />
          </OrderButton>
        </div>
        <div className="min-w-0 flex-1">
          <div className="flex flex-wrap items-center gap-2">
            <h2 className="max-w-full text-base font-semibold [overflow-wrap:anywhere]">{provider.name}</h2>
            <BreakerBadge breaker={provider.breaker} isEnabled={provider.isEnabled} keys={provider.keys} />
            {provider.isDefault && <Badge tone="accent">{t('default')}</Badge>}
            {provider.source === 'environment' && <Badge>{t('fromEnvironment')}</Badge>}
          </div>
          <p className="truncate font-mono text-xs text-ink-soft" title={provider.baseUrl}>
            {provider.baseUrl}
          </p>
        </div>
        <label className="flex items-center gap-2 text-xs text-ink-soft">
          {provider.isEnabled ? t('on') : t('off')}
          <Switch
            checked={provider.isEnabled}
            onCheckedChange={(isEnabled) => void toggle(isEnabled)}
            aria-label={t('enabledLabel', { name: provider.name })}
          />
        </label>
      </div>
      {provider.breaker.state !== 'closed' && provider.breaker.reason !== null && (
        <p className="mx-4 mt-2 rounded-md bg-warn-soft px-3 py-1.5 text-xs break-words text-warn">
          {said(provider.breaker, 'reason')}
        </p>
      )}
      <div className="px-4 py-3 md:pl-[3.5rem]">
        <ProviderFacts provider={provider} />
      </div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line px-4 py-1.5 md:pl-[3.5rem]">
        <span className="inline-flex min-w-0 items-center gap-1">
          <span className="truncate font-mono text-xs text-ink-soft">{url}</span>
          <CopyButton text={url} label={t('copyUrl', { name: provider.name })} />
        </span>
        <ProviderActions provider={provider} onOpen={onOpen} />
      </div>
    </li>
  );
}

interface OrderButtonProps {
  readonly label: string;
  readonly disabled: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

function OrderButton({ label, children, ...props }: OrderButtonProps) {
  return (
    <Button look="ghost" size="iconSm" className="h-6" aria-label={label} {...props}>
      {children}
    </Button>
  );
}

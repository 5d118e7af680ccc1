'use client';
import { useQueryClient } from '@tanstack/react-query';
import { ArrowDown, ArrowUp, FlaskConical, ListTree, Pencil, Plug, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { useState } from 'react';
import { toast } from 'sonner';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { formatCount, formatDuration } from '@/lib/client/format';
import { deleteProvider, providersKey, testProvider, updateProvider } from '@/lib/client/providers';
import { keysHref } from '../keys/key-view';
import { useConfirm } from '../layout/confirm';
import { BreakerBadge } from '../shared/breaker-badge';
import { CopyButton } from '../shared/copy';
import { Facts } from '../shared/facts';
import { useAct } from '../shared/use-act';
import { useOrigin } from '../shared/use-origin';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { cn } from '../ui/class-names';
import { Switch } from '../ui/switch';

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
            <h2 className="truncate text-base font-semibold">{provider.name}</h2>
            <BreakerBadge breaker={provider.breaker} isEnabled={provider.isEnabled} />
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
          {provider.breaker.reason}
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
  readonly children: React.ReactNode;
}

function OrderButton({ label, children, ...props }: OrderButtonProps) {
  return (
    <Button look="ghost" size="iconSm" className="h-5" aria-label={label} {...props}>
      {children}
    </Button>
  );
}

function ProviderFacts({ provider }: { readonly provider: ProviderItem }) {
  const t = useTranslations('providers');
  const { keys, effective } = provider;
  const inherited = (isInherited: boolean) =>
    isInherited ? <span className="text-ink-faint"> {t('bySetting')}</span> : null;
  return (
    <Facts
      className="sm:grid-cols-3 lg:grid-cols-[1fr_1.2fr_0.7fr_1.3fr_1.6fr_1fr]"
      facts={[
        {
          label: t('facts.keys'),
          value: (
            <Link href={keysHref({ provider: provider.slug })} className="hover:underline">
              {t('facts.keysValue', { active: formatCount(keys.active), total: formatCount(keys.total) })}
            </Link>
          ),
        },
        {
          label: t('facts.out'),
          value: t('facts.outValue', {
            cooling: formatCount(keys.cooling),
            disabled: formatCount(keys.disabledAuto + keys.disabledManual),
          }),
        },
        { label: t('facts.inFlight'), value: formatCount(keys.inFlight) },
        {
          label: t('facts.policy'),
          value: (
            <>
              {effective.selectionPolicy}
              {inherited(provider.selectionPolicy === null)}
            </>
          ),
        },
        {
          label: t('facts.limits'),
          value: t('facts.limitsValue', {
            retries: effective.maxRetries,
            failures: effective.maxFailures,
            seconds: effective.timeoutSeconds,
          }),
        },
        {
          label: t('facts.fallbacks'),
          value: provider.fallbacks.length === 0 ? '–' : provider.fallbacks.join(', '),
        },
      ]}
    />
  );
}

function ProviderActions({ provider, onOpen }: Pick<ProviderCardProps, 'provider' | 'onOpen'>) {
  const t = useTranslations('providers');
  const client = useQueryClient();
  const confirm = useConfirm();
  const act = useAct();
  const [isTesting, setTesting] = useState(false);

  const test = async () => {
    setTesting(true);
    const result = await act(() => testProvider(provider.id), t('testFailed'));
    setTesting(false);
    if (result === undefined) return;
    const title = t(result.ok ? 'testGood' : 'testBad', {
      name: provider.name,
      time: formatDuration(result.latencyMs),
    });
    const models = result.modelCount === null ? undefined : t('modelCount', { count: result.modelCount });
    const description = [result.message, models, result.key].filter(Boolean).join(' · ');
    if (result.ok) toast.success(title, { description });
    else toast.error(title, { description });
  };
  const remove = async () => {
    const isSure = await confirm({
      title: t('deleteTitle', { name: provider.name }),
      text: t('deleteText', { count: provider.keys.total }),
      action: t('delete'),
      isDangerous: true,
    });
    if (!isSure) return;
    await act(() => deleteProvider(provider.id), t('deleteFailed'));
    await client.invalidateQueries();
  };

  return (
    <div className="ml-auto flex flex-wrap gap-0.5">
      <Button look="ghost" size="sm" isBusy={isTesting} onClick={() => void test()}>
        <FlaskConical aria-hidden />
        {t('test')}
      </Button>
      <Button look="ghost" size="sm" onClick={() => onOpen('models')}>
        <ListTree aria-hidden />
        {t('models')}
      </Button>
      <Button look="ghost" size="sm" onClick={() => onOpen('connect')}>
        <Plug aria-hidden />
        {t('connect')}
      </Button>
      <Button look="ghost" size="sm" onClick={() => onOpen('edit')}>
        <Pencil aria-hidden />
        {t('edit')}
      </Button>
      <Button look="dangerGhost" size="sm" disabled={provider.isDefault} onClick={() => void remove()}>
        <Trash2 aria-hidden />
        {t('delete')}
      </Button>
    </div>
  );
}

'use client';
import { useQueryClient } from '@tanstack/react-query';
import { Boxes, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { answered } from '@/lib/client/asked';
import { providersQuery, reorderProviders } from '@/lib/client/providers';
import { ConnectDialog } from '../connect/connect-dialog';
import { GoneNotice } from '../shared/gone-notice';
import { useAct } from '../shared/use-act';
import { useProviders } from '../shared/use-live-answers';
import { useUrlState } from '../shared/use-url-state';
import { Dialog } from '../ui/dialog';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { Skeleton } from '../ui/skeleton';
import { ModelsDialog } from './models-dialog';
import { ProviderCard } from './provider-card';
import { ProviderDialog } from './provider-dialog';

const viewDefaults = {
  /** What is open, and of which provider: `edit`, `connect`, `models`; `new` has none. */
  open: '',
  provider: '',
};

export function ProvidersPage() {
  const t = useTranslations('providers');
  const client = useQueryClient();
  const act = useAct();
  const [view, change] = useUrlState(viewDefaults, 'open', 'provider');
  const { data, error, refetch } = useProviders();
  const [isMoving, setMoving] = useState(false);
  const [shown, setShown] = useState<ProviderItem>();
  const close = () => change({ open: '', provider: '' });

  if (data === undefined) {
    if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
    return (
      <div className="grid gap-3">
        <Skeleton className="h-32" />
        <Skeleton className="h-32" />
      </div>
    );
  }
  const providers = data.items;
  const chosen = providers.find(({ id }) => id === view.provider);
  // What is open stays so when the provider is deleted elsewhere: something may be typed there.
  if (chosen !== undefined && chosen !== shown) setShown(chosen);
  const gone = chosen === undefined && shown?.id === view.provider ? shown : undefined;

  const move = async (provider: ProviderItem, step: -1 | 1) => {
    const ids = providers.map(({ id }) => id);
    const from = ids.indexOf(provider.id);
    ids.splice(from, 1);
    ids.splice(from + step, 0, provider.id);
    setMoving(true);
    const answer = await act(() => reorderProviders(ids), t('moveFailed'));
    if (answer !== undefined) client.setQueryData(providersQuery.queryKey, answered(answer));
    setMoving(false);
  };

  return (
    <div className="grid gap-3">
      <div className="flex items-center justify-between gap-3">
        <p className="text-xs text-ink-soft">{t('count', { count: providers.length })}</p>
        <Button look="primary" onClick={() => change({ open: 'new' })}>
          <Plus aria-hidden />
          {t('add')}
        </Button>
      </div>
      {providers.length === 0 ? (
        <EmptyState icon={Boxes} title={t('empty')}>
          {t('emptyHint')}
        </EmptyState>
      ) : (
        <ul className="grid gap-3">
          {providers.map((provider, index) => (
            <ProviderCard
              key={provider.id}
              provider={provider}
              isFirst={index === 0}
              isLast={index === providers.length - 1}
              isMoving={isMoving}
              onMove={(step) => void move(provider, step)}
              onOpen={(what) => change({ open: what, provider: provider.id })}
            />
          ))}
        </ul>
      )}
      <ProviderDialog
        isOpen={view.open === 'new' || (view.open === 'edit' && (chosen ?? gone) !== undefined)}
        onOpenChange={(isOpen) => !isOpen && close()}
        provider={view.open === 'new' ? undefined : (chosen ?? gone)}
        isGone={gone !== undefined}
      />
      <Dialog
        isOpen={gone !== undefined && view.open !== 'edit' && view.open !== ''}
        onOpenChange={(isOpen) => !isOpen && close()}
        title={gone?.name ?? ''}
      >
        <GoneNotice of="provider" onClose={close} />
      </Dialog>
      <ModelsDialog provider={view.open === 'models' ? chosen : undefined} onClose={close} />
      <ConnectDialog
        isOpen={view.open === 'connect' && chosen !== undefined}
        onOpenChange={(isOpen) => !isOpen && close()}
        provider={chosen?.slug ?? ''}
        title={t('connectTitle', { name: chosen?.name ?? '' })}
      />
    </div>
  );
}

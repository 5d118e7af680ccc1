'use client';
import { Boxes, Plus } from 'lucide-react';
import { useTranslations } from '@/i18n/use-translations';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { useProviders } from '../shared/use-live-answers';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { Skeleton } from '../ui/skeleton';
import { ProviderCard } from './provider-card';
import { ProviderDialogs } from './provider-dialogs';
import { useOpenedProvider, type OpenedProvider } from './use-opened-provider';
import { useProviderOrder } from './use-provider-order';

const none: readonly ProviderItem[] = [];

export function ProvidersPage() {
  const t = useTranslations('providers');
  const { data, error, refetch } = useProviders();
  const providers = data?.items ?? none;
  const opened = useOpenedProvider(providers);

  if (data === undefined) {
    return error === null ? (
      <ProvidersLoading />
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} />
    );
  }
  return (
    <div className="grid gap-3">
      <div className="flex items-center justify-between gap-3">
        <p className="text-xs text-ink-soft">{t('count', { count: providers.length })}</p>
        <Button look="primary" needs="providers.create" onClick={opened.add}>
          <Plus aria-hidden />
          {t('add')}
        </Button>
      </div>
      <ProviderList providers={providers} onOpen={opened.open} />
      <ProviderDialogs opened={opened} />
    </div>
  );
}

function ProvidersLoading() {
  return (
    <div className="grid gap-3">
      <Skeleton className="h-32" />
      <Skeleton className="h-32" />
    </div>
  );
}

interface ProviderListProps {
  readonly providers: readonly ProviderItem[];
  readonly onOpen: OpenedProvider['open'];
}

function ProviderList({ providers, onOpen }: ProviderListProps) {
  const t = useTranslations('providers');
  const { isMoving, move } = useProviderOrder(providers);
  if (providers.length === 0) {
    return (
      <EmptyState icon={Boxes} title={t('empty')}>
        {t('emptyHint')}
      </EmptyState>
    );
  }
  return (
    <ul className="grid gap-3">
      {providers.map((provider, index) => (
        <ProviderCard
          key={provider.id}
          provider={provider}
          place={{
            isFirst: index === 0,
            isLast: index === providers.length - 1,
            isMoving,
            onMove: (step) => void move(provider, step),
          }}
          onOpen={(view) => onOpen(view, provider)}
        />
      ))}
    </ul>
  );
}

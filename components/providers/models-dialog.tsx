'use client';
import { useQuery } from '@tanstack/react-query';
import { ListX } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { codeOf } from '@/lib/client/api-error';
import { askModels } from '@/lib/client/providers';
import { ModelLeft } from '../limits/model-left';
import { CopyButton } from '../shared/copy';
import { SearchBox } from '../shared/search-box';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';

interface ModelsDialogProps {
  /** Undefined while it is closed. */
  readonly provider: ProviderItem | undefined;
  readonly onClose: () => void;
}

/** The models that the provider says it has, asked just now. */
export function ModelsDialog({ provider, onClose }: ModelsDialogProps) {
  const t = useTranslations('providers');
  const [search, setSearch] = useState('');
  const id = provider?.id ?? '';
  const { data, error, refetch } = useQuery({
    queryKey: ['provider-models', id],
    queryFn: () => askModels(id),
    enabled: id !== '',
    staleTime: 60_000,
    retry: false,
  });
  const models = data?.models.filter((model) => model.id.toLowerCase().includes(search.toLowerCase())) ?? [];
  return (
    <Dialog
      isOpen={provider !== undefined}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t('modelsTitle', { name: provider?.name ?? '' })}
      description={data === undefined ? undefined : t('modelCount', { count: data.models.length })}
    >
      {data === undefined ? (
        error === null ? (
          <SkeletonRows />
        ) : (
          <NoList error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <div className="grid gap-3">
          <SearchBox label={t('searchModels')} value={search} onChange={setSearch} />
          <ul className="divide-y divide-line">
            {models.map((model) => (
              <li key={model.id} className="flex items-center gap-3 py-0.5">
                <span className="grid min-w-0 flex-1 text-xs">
                  <span className="truncate font-mono">{model.id}</span>
                  <ModelLeft model={model.id} providerId={id} />
                </span>
                <span className="truncate text-xs text-ink-faint">{model.ownedBy}</span>
                <CopyButton text={model.id} label={t('copyModel', { model: model.id })} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </Dialog>
  );
}

/** A provider without a list is fine: only other failures are errors. */
function NoList({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  const t = useTranslations('providers');
  if (codeOf(error) !== 'upstream_failed') return <ErrorState error={error} onRetry={onRetry} />;
  return (
    <EmptyState icon={ListX} title={t('noList')} action={<Button onClick={onRetry}>{t('askAgain')}</Button>}>
      {error.message}
    </EmptyState>
  );
}

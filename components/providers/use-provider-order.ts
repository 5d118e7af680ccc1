'use client';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { answered } from '@/lib/client/asked';
import { providersQuery, reorderProviders } from '@/lib/client/providers';
import { useAct } from '../shared/use-act';

/** Moves a provider by one place. `isMoving` until the server has answered. */
export function useProviderOrder(providers: readonly ProviderItem[]) {
  const t = useTranslations('providers');
  const client = useQueryClient();
  const act = useAct();
  const [isMoving, setMoving] = useState(false);

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
  return { isMoving, move };
}

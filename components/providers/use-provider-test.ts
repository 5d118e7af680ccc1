'use client';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { formatDuration } from '@/lib/client/format';
import { isolatedList } from '@/lib/client/isolated';
import { testProvider } from '@/lib/client/providers';
import { useAct } from '../shared/use-act';
import { useSaid } from '../shared/use-said';

/** Tests a provider, and says what it has answered. */
export function useProviderTest(provider: ProviderItem) {
  const t = useTranslations('providers');
  const said = useSaid();
  const act = useAct();
  const [isTesting, setTesting] = useState(false);

  const test = async () => {
    setTesting(true);
    const result = await act(() => testProvider(provider.id), t('testFailed'));
    setTesting(false);
    if (result === undefined) return;
    const values = { name: provider.name, time: formatDuration(result.latencyMs) };
    const models = result.modelCount === null ? undefined : t('modelCount', { count: result.modelCount });
    const key = result.key ?? t('testWithoutKey');
    const description = isolatedList([models ?? said(result, 'message'), key], ' · ');
    const isWaiting = result.outcome === 'key_refused' && provider.keys.total === 0;
    if (result.ok) toast.success(t('testGood', values), { description });
    else if (isWaiting) toast(t('testNeedsKey', values));
    else if (result.outcome === 'no_list') toast(t('testNoList', values), { description });
    else toast.error(t('testBad', values), { description });
  };
  return { isTesting, test };
}

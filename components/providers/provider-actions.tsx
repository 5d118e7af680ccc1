'use client';
import { useQueryClient } from '@tanstack/react-query';
import { FlaskConical, ListTree, Pencil, Plug, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { formatDuration } from '@/lib/client/format';
import { deleteProvider, testProvider } from '@/lib/client/providers';
import { isolatedList } from '@/lib/client/isolated';
import { useConfirm } from '../layout/confirm';
import { useAct } from '../shared/use-act';
import { Button } from '../ui/button';
import { useSaid } from '../shared/use-said';

interface ProviderActionsProps {
  readonly provider: ProviderItem;
  readonly onOpen: (what: 'edit' | 'connect' | 'models') => void;
}

export function ProviderActions({ provider, onOpen }: ProviderActionsProps) {
  const t = useTranslations('providers');
  const said = useSaid();
  const client = useQueryClient();
  const confirm = useConfirm();
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

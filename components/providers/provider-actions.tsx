'use client';
import { useQueryClient } from '@tanstack/react-query';
import { FlaskConical, ListTree, Pencil, Plug, Trash2 } from 'lucide-react';
import { useTranslations } from '@/i18n/use-translations';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { deleteProvider } from '@/lib/client/providers';
import { useConfirm } from '../layout/confirm';
import { useAct } from '../shared/use-act';
import { Button } from '../ui/button';
import type { ProviderView } from './use-opened-provider';
import { useProviderTest } from './use-provider-test';

interface ProviderActionsProps {
  readonly provider: ProviderItem;
  readonly onOpen: (view: ProviderView) => void;
}

export function ProviderActions({ provider, onOpen }: ProviderActionsProps) {
  const t = useTranslations('providers');
  const client = useQueryClient();
  const confirm = useConfirm();
  const act = useAct();
  const { isTesting, test } = useProviderTest(provider);

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
      <Button look="ghost" size="sm" needs="providers.test" isBusy={isTesting} onClick={() => void test()}>
        <FlaskConical aria-hidden />
        {t('test')}
      </Button>
      <Button look="ghost" size="sm" needs="providers.models" onClick={() => onOpen('models')}>
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
      <Button
        look="dangerGhost"
        size="sm"
        needs="providers.delete"
        disabled={provider.isDefault}
        onClick={() => void remove()}
      >
        <Trash2 aria-hidden />
        {t('delete')}
      </Button>
    </div>
  );
}

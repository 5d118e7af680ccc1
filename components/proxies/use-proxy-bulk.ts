'use client';
import { useCallback } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import { bulkProxies, countFailing } from '@/lib/client/proxies';
import { useConfirm } from '../layout/confirm';
import { useAct } from '../shared/use-act';
import { useTasks } from '../tasks/task-provider';

type Bulk = Parameters<typeof bulkProxies>[0];

/** Does something with many proxies, as a task; deletions are asked about. Resolves with whether it has begun. */
export function useProxyBulk(): (body: Bulk) => Promise<boolean> {
  const t = useTranslations('proxies');
  const confirm = useConfirm();
  const act = useAct();
  const { follow } = useTasks();
  return useCallback(
    async (body) => {
      if (body.action === 'delete' || body.action === 'delete-failed') {
        const count =
          body.action === 'delete' ? (body.ids?.length ?? 0) : await act(countFailing, t('bulkFailed'));
        if (count === undefined) return false;
        if (count === 0) {
          toast.info(t('noneFailed'));
          return false;
        }
        const isSure = await confirm({
          title: body.action === 'delete' ? t('deleteTitle', { count }) : t('deleteFailedTitle', { count }),
          text: body.action === 'delete' ? t('deleteText') : t('deleteFailedText'),
          action: t('delete'),
          isDangerous: true,
        });
        if (!isSure) return false;
      }
      const answer = await act(() => bulkProxies(body), t('bulkFailed'));
      if (answer !== undefined) follow(answer.task);
      return answer !== undefined;
    },
    [act, confirm, follow, t],
  );
}

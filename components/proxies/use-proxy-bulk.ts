'use client';
import { useTranslations } from 'next-intl';
import { useCallback } from 'react';
import { bulkProxies } from '@/lib/client/proxies';
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
        const isSure = await confirm({
          title:
            body.action === 'delete'
              ? t('deleteTitle', { count: body.ids?.length ?? 0 })
              : t('deleteFailedTitle'),
          text: t('deleteText'),
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

'use client';
import { useCallback } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { deleteLogs } from '@/lib/client/logs';
import { useConfirm } from '../layout/confirm';
import { useAct } from '../shared/use-act';
import { useTasks } from '../tasks/task-provider';

/** Deletes logs after asking, as a task. Resolves with whether it has begun. */
export function useDeleteLogs(): (body: Parameters<typeof deleteLogs>[0], text: string) => Promise<boolean> {
  const t = useTranslations('logs');
  const confirm = useConfirm();
  const act = useAct();
  const { follow } = useTasks();
  return useCallback(
    async (body, text) => {
      const isSure = await confirm({ title: t('deleteTitle'), text, action: t('delete'), isDangerous: true });
      if (!isSure) return false;
      const answer = await act(() => deleteLogs(body), t('deleteFailed'));
      if (answer === undefined) return false;
      follow(answer.task);
      return true;
    },
    [act, confirm, follow, t],
  );
}

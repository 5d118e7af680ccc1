'use client';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import type { TaskItem } from '@/lib/admin/contract/tasks';
import { keysKey } from '@/lib/client/keys';
import { logsKey } from '@/lib/client/logs';
import { proxiesKey } from '@/lib/client/proxies';
import { useTaskText } from './use-task-text';
import { useUndo } from './use-undo';

const UNDO_SHOWN_MS = 15_000;

/** Says how a task ended, offers to take it back where that can be done, and has the lists asked for anew. */
export function useAnnounceTask(): (task: TaskItem) => void {
  const t = useTranslations('tasks');
  const client = useQueryClient();
  const textOf = useTaskText();
  const undo = useUndo();
  return useCallback(
    (task: TaskItem) => {
      for (const queryKey of [keysKey, proxiesKey, logsKey]) void client.invalidateQueries({ queryKey });
      const { title, outcome, deletionId } = textOf(task);
      const options = {
        description: outcome,
        ...(deletionId === undefined
          ? {}
          : { duration: UNDO_SHOWN_MS, action: { label: t('undo'), onClick: () => void undo(deletionId) } }),
      };
      if (task.state === 'succeeded') toast.success(title, options);
      else if (task.state === 'failed') toast.error(title, options);
      else toast(title, options);
    },
    [client, t, textOf, undo],
  );
}

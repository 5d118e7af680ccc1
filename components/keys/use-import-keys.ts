'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { TaskItem } from '@/lib/admin/contract/tasks';
import { importKeys, keysKey, type KeyImportBody } from '@/lib/client/keys';
import { isOver } from '@/lib/client/tasks';
import { useErrorText } from '../shared/use-error-text';
import { useSaid } from '../shared/use-said';
import { useTasks } from '../tasks/task-provider';

/** Adds keys. Many are added by a task, which takes a while. Calls `onDone` when all of them are there. */
export function useImportKeys(onDone: () => void) {
  const client = useQueryClient();
  const { follow } = useTasks();
  const errorText = useErrorText();
  const said = useSaid();
  const [failure, setFailure] = useState<string>();
  /** The task that adds them, if it takes a while. */
  const [adding, setAdding] = useState<TaskItem>();

  const finish = async () => {
    onDone();
    await client.invalidateQueries({ queryKey: keysKey });
  };
  const save = useMutation({
    mutationFn: importKeys,
    onSuccess: async ({ task }) => {
      if (task !== null) follow(task);
      if (task !== null && !isOver(task)) setAdding(task);
      else await finish();
    },
  });
  return {
    add: (keys: KeyImportBody) => {
      setFailure(undefined);
      save.mutate(keys);
    },
    isSending: save.isPending,
    problem: save.error === null ? failure : errorText(save.error),
    adding,
    /** What could not be added stays to be tried again. */
    endAdding: (task: TaskItem | undefined) => {
      setFailure(task?.state === 'failed' ? said(task, 'error') : undefined);
      setAdding(undefined);
      if (task?.state !== 'failed') void finish();
    },
  };
}

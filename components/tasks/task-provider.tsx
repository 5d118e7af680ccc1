'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, use, useCallback, useEffect, useMemo, useRef, type ReactNode } from 'react';
import type { TaskItem } from '@/lib/admin/contract/tasks';
import { isOver, taskQuery, tasksQuery, verificationOf } from '@/lib/client/tasks';
import { useAnnounceTask } from './use-announce-task';
import { withLiveTasks } from '@/lib/client/live-merge';
import { useLive } from '../layout/live-provider';

interface Tasks {
  /** Running and lately ended, the newest first. */
  readonly items: readonly TaskItem[];
  /**
   * Says how the task ended when it ends, at once if it has already; and how the test of its keys ended, if there is
   * one.
   */
  readonly follow: (task: TaskItem) => void;
}

const TasksContext = createContext<Tasks>({ items: [], follow: () => undefined });

export function useTasks(): Tasks {
  return use(TasksContext);
}

export function TaskProvider({ children }: { readonly children: ReactNode }) {
  const followed = useRef(new Set<string>());
  const { data } = useQuery(tasksQuery);
  const live = useLive().data;
  const announce = useAnnounceTask();
  const items = useMemo(() => withLiveTasks(data, live), [data, live]);

  const client = useQueryClient();
  const follow = useCallback(
    function follow(task: TaskItem): void {
      if (!isOver(task)) {
        followed.current.add(task.id);
        return;
      }
      announce(task);
      const verification = verificationOf(task);
      if (verification === '') return;
      // Where it is forgotten there is nothing to say.
      void client.fetchQuery({ ...taskQuery(verification), staleTime: 0 }).then(follow, () => undefined);
    },
    [announce, client],
  );

  useEffect(() => {
    for (const task of items) {
      if (isOver(task) && followed.current.delete(task.id)) follow(task);
    }
  }, [items, follow]);

  const value = useMemo(() => ({ items, follow }), [items, follow]);
  return <TasksContext value={value}>{children}</TasksContext>;
}

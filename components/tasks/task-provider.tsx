'use client';
import { useQuery } from '@tanstack/react-query';
import { createContext, use, useCallback, useEffect, useMemo, useRef, type ReactNode } from 'react';
import type { TaskItem } from '@/lib/admin/contract/tasks';
import { isOver, tasksQuery } from '@/lib/client/tasks';
import { useAnnounceTask } from './use-announce-task';
import { withLiveTasks } from '@/lib/client/live-merge';
import { useLive } from '../layout/live-provider';

interface Tasks {
  /** Running and lately ended, the newest first. */
  readonly items: readonly TaskItem[];
  /** Says how the task ended when it ends; at once if it has already. */
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

  const follow = useCallback(
    (task: TaskItem) => {
      if (isOver(task)) {
        announce(task);
        return;
      }
      followed.current.add(task.id);
    },
    [announce],
  );

  useEffect(() => {
    for (const task of items) {
      if (isOver(task) && followed.current.delete(task.id)) announce(task);
    }
  }, [items, announce]);

  const value = useMemo(() => ({ items, follow }), [items, follow]);
  return <TasksContext value={value}>{children}</TasksContext>;
}

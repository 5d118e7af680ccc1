'use client';
import { useQuery } from '@tanstack/react-query';
import { createContext, use, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import type { TaskItem } from '@/lib/admin/contract/tasks';
import { isOver, tasksQuery } from '@/lib/client/tasks';
import { useAnnounceTask } from './use-announce-task';
import { every } from '@/lib/client/polling';

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

const POLL_MS = 2_000;
const nothing: readonly TaskItem[] = [];

export function TaskProvider({ children }: { readonly children: ReactNode }) {
  const followed = useRef(new Set<string>());
  const [isFollowing, setFollowing] = useState(false);
  // The live stream tells the same sooner; this is for when it is down.
  const { data } = useQuery({ ...tasksQuery, refetchInterval: isFollowing ? every(POLL_MS) : false });
  const announce = useAnnounceTask();
  const items = data?.items ?? nothing;

  const follow = useCallback(
    (task: TaskItem) => {
      if (isOver(task)) {
        announce(task);
        return;
      }
      followed.current.add(task.id);
      setFollowing(true);
    },
    [announce],
  );

  useEffect(() => {
    for (const task of items) {
      if (isOver(task) && followed.current.delete(task.id)) announce(task);
    }
    setFollowing(followed.current.size > 0);
  }, [items, announce]);

  const value = useMemo(() => ({ items, follow }), [items, follow]);
  return <TasksContext value={value}>{children}</TasksContext>;
}

'use client';
import { isOver } from '@/lib/client/tasks';
import { TaskRow } from './task-row';
import { useTasks } from './task-provider';

/** The tasks that a page is about, while they run. */
export function RunningTasks({ kinds }: { readonly kinds: readonly string[] }) {
  const running = useTasks().items.filter((task) => kinds.includes(task.kind) && !isOver(task));
  if (running.length === 0) return null;
  return (
    <div className="grid gap-3 rounded-lg border border-line bg-surface px-4 py-3">
      {running.map((task) => (
        <TaskRow key={task.id} task={task} />
      ))}
    </div>
  );
}

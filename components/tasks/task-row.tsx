'use client';
import { useMutation } from '@tanstack/react-query';
import type { KeyBulkResult } from '@/lib/admin/contract/keys';
import { useTranslations } from '@/i18n/use-translations';
import type { TaskItem } from '@/lib/admin/contract/tasks';
import { formatCount } from '@/lib/client/format';
import { cancelTask, isOver } from '@/lib/client/tasks';
import { useNow } from '../shared/use-now';
import { TimeAgo } from '../shared/time';
import { Button } from '../ui/button';
import { cn } from '../ui/class-names';
import { Progress } from '../ui/progress';
import { useTaskText } from './use-task-text';
import { useIsUndone, useUndo } from './use-undo';

/** A task with its progress, how to stop it, and what came of it. */
export function TaskRow({ task, className }: { readonly task: TaskItem; readonly className?: string }) {
  const { title, outcome, deletionId } = useTaskText()(task);
  const total = task.total ?? 0;
  return (
    <div className={cn('grid gap-1.5', className)}>
      <div className="flex items-center gap-2">
        <p className="min-w-0 flex-1 truncate text-sm font-medium">{title}</p>
        {isOver(task) ? (
          <span className="text-xs text-ink-faint">
            <TimeAgo at={task.finishedAt} />
          </span>
        ) : (
          <Running task={task} />
        )}
      </div>
      {!isOver(task) && <Progress value={task.done} max={total > 0 ? total : task.done + 1} label={title} />}
      {outcome !== undefined && (
        <p className={cn('text-xs break-words', task.state === 'failed' ? 'text-bad' : 'text-ink-soft')}>
          {outcome}
        </p>
      )}
      {deletionId !== undefined && <Undo task={task} deletionId={deletionId} />}
    </div>
  );
}

interface TaskProps {
  readonly task: TaskItem;
}

/** How far it is, and how to stop it. */
function Running({ task }: TaskProps) {
  const t = useTranslations('tasks');
  const cancel = useMutation({ mutationFn: () => cancelTask(task.id) });
  const total = task.total ?? 0;
  return (
    <>
      <span className="text-xs text-ink-soft">
        {total > 0
          ? t('of', { done: formatCount(task.done), total: formatCount(total) })
          : formatCount(task.done)}
      </span>
      <Button
        size="sm"
        needs="tasks.cancel"
        onClick={() => cancel.mutate()}
        isBusy={cancel.isPending || task.state === 'cancelling'}
      >
        {t('cancel')}
      </Button>
    </>
  );
}

/** Takes a deletion back, as long as that can be done. */
function Undo({ task, deletionId }: TaskProps & { readonly deletionId: string }) {
  const t = useTranslations('tasks');
  const undo = useUndo();
  const undoUntil = (task.result as Partial<KeyBulkResult> | null)?.undoUntil ?? 0;
  const isUndone = useIsUndone(deletionId);
  const isTooLate = undoUntil <= useNow();
  if (isUndone || isTooLate) return null;
  return (
    <div>
      <Button size="sm" needs="keys.undo" onClick={() => void undo(deletionId)}>
        {t('undo')}
      </Button>
    </div>
  );
}

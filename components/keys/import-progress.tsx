'use client';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { TaskItem } from '@/lib/admin/contract/tasks';
import { formatCount } from '@/lib/client/format';
import { isGone } from '@/lib/client/api-error';
import { isOver, taskQuery } from '@/lib/client/tasks';
import { Progress } from '../ui/progress';

interface ImportProgressProps {
  /** The task that adds keys. */
  readonly id: string;
  /** Called once when the task is over; without the task if the server has forgotten it. */
  readonly onEnd: (task: TaskItem | undefined) => void;
}

/** How far the adding of very many keys is. */
export function ImportProgress({ id, onEnd }: ImportProgressProps) {
  const t = useTranslations('keys.import');
  const { data: task, error } = useQuery(taskQuery(id));
  const end = useEffectEvent(onEnd);
  const isLost = isGone(error);
  const isEnded = task !== undefined && isOver(task);
  useEffect(() => {
    if (isEnded || isLost) end(isLost ? undefined : task);
    // Once: what is over stays as it is.
  }, [isEnded, isLost]);
  const { done = 0, total = null } = task ?? {};
  return (
    <div className="grid gap-1.5" role="status" data-testid="import-progress">
      <p className="text-sm">{t('adding', { done: formatCount(done), total: formatCount(total ?? 0) })}</p>
      <Progress value={done} max={Math.max(total ?? 1, 1)} label={t('addingLabel')} />
      <p className="text-xs text-ink-soft">{t('addingGoesOn')}</p>
    </div>
  );
}

'use client';
import { ListTodo } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useTranslations } from '@/i18n/use-translations';
import { isOver } from '@/lib/client/tasks';
import { Button } from '../ui/button';
import { cn } from '../ui/class-names';
import { popoverLook } from '../ui/popover-look';
import { useTasks } from './task-provider';
import { TaskRow } from './task-row';

/** Everything long that runs or has run lately, from anywhere. */
export function TaskCenter() {
  const t = useTranslations('tasks');
  const { items } = useTasks();
  const running = items.filter((task) => !isOver(task)).length;
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <Button look="ghost" size="icon" className="relative" aria-label={t('title', { running })}>
          <ListTodo aria-hidden />
          {running > 0 && (
            <span
              aria-hidden
              className="absolute top-0.5 right-0.5 grid min-w-3.5 place-items-center rounded-full bg-accent px-0.5 text-[0.625rem] leading-3.5 font-semibold text-accent-ink"
            >
              {running}
            </span>
          )}
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          className={cn(popoverLook, 'max-h-[70dvh] w-[min(24rem,calc(100vw-1rem))] p-0')}
          aria-label={t('title', { running })}
        >
          {items.length === 0 ? (
            <p className="px-4 py-6 text-center text-xs text-ink-soft">{t('none')}</p>
          ) : (
            <div className="divide-y divide-line">
              {items.map((task) => (
                <TaskRow key={task.id} task={task} className="px-4 py-3" />
              ))}
            </div>
          )}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

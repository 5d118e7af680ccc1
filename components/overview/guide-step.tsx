'use client';
import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { cn } from '../ui/class-names';

interface GuideStepProps {
  readonly number: number;
  readonly title: string;
  readonly isDone: boolean;
  readonly isOpen: boolean;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

export function GuideStep({ number, title, isDone, isOpen, aside, children }: GuideStepProps) {
  const t = useTranslations('overview.firstRun');
  return (
    <div className="min-w-0 rounded-lg border border-line bg-surface">
      <div className="flex items-center justify-between gap-3 px-4 py-3">
        <h3 className={cn('flex items-center gap-2.5 font-semibold', !isOpen && 'text-ink-soft')}>
          <span
            className={cn(
              'grid size-5 shrink-0 place-items-center rounded-full text-2xs',
              isDone ? 'bg-good-soft text-good' : 'bg-accent-soft text-accent',
            )}
          >
            {isDone ? <Check className="size-3" strokeWidth={3} aria-hidden /> : number}
          </span>
          {title}
          {isDone && <span className="sr-only">{t('stepDone')}</span>}
        </h3>
        {aside}
      </div>
      {isOpen && <div className="border-t border-line p-4">{children}</div>}
    </div>
  );
}

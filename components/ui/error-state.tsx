'use client';
import { CircleAlert } from 'lucide-react';
import { useErrorText } from '../shared/use-error-text';
import { useTranslations } from '@/i18n/use-translations';
import { Button } from './button';
import { cn } from './class-names';

interface ErrorStateProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
  readonly className?: string;
}

export function ErrorState({ error, onRetry, className }: ErrorStateProps) {
  const t = useTranslations('common');
  const textOf = useErrorText();
  return (
    <div role="alert" className={cn('flex flex-col items-center gap-1 px-6 py-12 text-center', className)}>
      <CircleAlert className="mb-2 size-6 text-bad" strokeWidth={1.5} aria-hidden />
      <p className="text-sm font-medium">{t('loadFailed')}</p>
      <p className="max-w-96 text-xs break-words text-ink-soft">{textOf(error)}</p>
      {onRetry !== undefined && (
        <Button size="sm" className="mt-3" onClick={onRetry}>
          {t('retry')}
        </Button>
      )}
    </div>
  );
}

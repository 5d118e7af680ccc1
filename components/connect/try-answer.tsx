'use client';
import Link from 'next/link';
import { useTranslations } from '@/i18n/use-translations';
import type { ChatProgress } from '@/lib/client/chat-stream';
import { formatDuration } from '@/lib/client/format';
import { textLinkLook } from '../ui/looks';
import { wordsOf } from './use-try-request';

interface TryAnswerProps {
  readonly progress: ChatProgress;
  readonly isRunning: boolean;
}

export function TryAnswer({ progress, isRunning }: TryAnswerProps) {
  const t = useTranslations('connect');
  const { error, firstMs, totalMs, requestId } = progress;
  const text = wordsOf(progress);
  const isEmpty = text === '' && error === undefined && totalMs !== undefined;
  return (
    <div className="grid gap-1.5 rounded-md border border-line bg-sunken p-3" data-testid="answer">
      {text !== '' && (
        <p className="text-sm break-words whitespace-pre-wrap">
          {text}
          {isRunning && (
            <span className="ml-0.5 inline-block h-3.5 w-1.5 animate-sheen bg-accent align-middle" />
          )}
        </p>
      )}
      {isEmpty && <p className="text-sm text-ink-soft">{t('noWords')}</p>}
      {error !== undefined && (
        <p role="alert" className="text-sm break-words text-bad">
          {error.status === undefined ? error.message : `${error.status}: ${error.message}`}
        </p>
      )}
      <p className="flex flex-wrap gap-x-4 text-xs text-ink-soft" role="status">
        {firstMs !== undefined && <span>{t('firstWords', { time: formatDuration(firstMs) })}</span>}
        {totalMs !== undefined && <span>{t('whole', { time: formatDuration(totalMs) })}</span>}
        {totalMs !== undefined && requestId !== undefined && (
          <Link className={textLinkLook} href={`/logs?text=${encodeURIComponent(requestId)}`}>
            {t('story')}
          </Link>
        )}
      </p>
    </div>
  );
}

'use client';
import { useQuery } from '@tanstack/react-query';
import { Waypoints } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from '@/i18n/use-translations';
import { isGone } from '@/lib/client/api-error';
import { requestLogQuery, storyQuery } from '@/lib/client/logs';
import type { Answer } from '@/lib/client/playground';
import { Story } from '../logs/story';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { cn } from '../ui/class-names';
import { textLinkLook } from '../ui/looks';
import { SkeletonRows } from '../ui/skeleton';

/** The story of the request that has brought this answer, as the log tells it. */
export function StoryPanel({ answer }: { readonly answer: Answer | undefined }) {
  const t = useTranslations('playground');
  const { requestId, logged, totalMs, isStopped, error } = answer ?? {};
  const isOver = totalMs !== undefined || isStopped === true || error !== undefined;
  if (answer === undefined || requestId === undefined) {
    return (
      <EmptyState icon={Waypoints} title={t('storyNone')} className="py-8">
        {t(answer !== undefined && !isOver ? 'storyLater' : 'storyHint')}
      </EmptyState>
    );
  }
  if (!isOver) {
    return (
      <EmptyState icon={Waypoints} title={t('storyRuns')} className="py-8">
        {t('storyLater')}
      </EmptyState>
    );
  }
  return <StoryOf key={requestId} requestId={requestId} knownId={logged?.id} />;
}

interface StoryOfProps {
  readonly requestId: string;
  /** Its row in the log, if that is known. */
  readonly knownId: string | undefined;
}

function StoryOf({ requestId, knownId }: StoryOfProps) {
  const t = useTranslations('playground');
  const row = useQuery({ ...requestLogQuery(requestId), enabled: knownId === undefined });
  const id = knownId ?? row.data?.id ?? '';
  const story = useQuery({ ...storyQuery(id), enabled: id !== '' });
  const error = row.error ?? story.error;
  if (story.data !== undefined) {
    return (
      <div className="grid gap-4">
        <Story story={story.data} />
        <p className="text-xs">
          <Link
            href={`/logs?log=${id}`}
            prefetch={false}
            className={cn(textLinkLook, 'inline-flex min-h-6 items-center')}
          >
            {t('inLog')}
          </Link>
        </p>
      </div>
    );
  }
  if (error === null) return <SkeletonRows rows={4} />;
  if (isGone(error)) {
    return (
      <EmptyState icon={Waypoints} title={t('storyGone')} className="py-8">
        {t('storyGoneHint')}
      </EmptyState>
    );
  }
  const retry = () => void (id === '' ? row : story).refetch();
  return <ErrorState error={error} onRetry={retry} />;
}

'use client';
import { useQuery } from '@tanstack/react-query';
import { ChevronDown, ChevronUp, RotateCw } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { LogStory } from '@/lib/admin/contract/logs';
import { isGone } from '@/lib/client/api-error';
import { formatDuration } from '@/lib/client/format';
import { storyQuery } from '@/lib/client/logs';
import { GoneNotice } from '../shared/gone-notice';
import { StatusCode } from '../shared/status-code';
import { Moment } from '../shared/time';
import { VerdictText } from '../shared/verdict-text';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { ErrorState } from '../ui/error-state';
import { Skeleton, SkeletonRows } from '../ui/skeleton';

// Of use once a story is open, so the page of the log does not bring it along.
const Story = dynamic(() => import('./story').then((parts) => parts.Story), {
  ssr: false,
  loading: () => <SkeletonRows />,
});
const CopyCurl = dynamic(() => import('./copy-curl').then((parts) => parts.CopyCurl), { ssr: false });
const TryAgain = dynamic(() => import('./try-again/try-again'), {
  ssr: false,
  loading: () => <Skeleton className="mb-5 h-40" />,
});

interface StoryDrawerProps {
  /** Empty while it is closed. */
  readonly id: string;
  readonly onClose: () => void;
  /** The rows beside it in the list; undefined at an end, or where it is not in the list. */
  readonly newerId: string | undefined;
  readonly olderId: string | undefined;
  readonly onGo: (id: string) => void;
}

/** What happened with one request, attempt by attempt. */
export function StoryDrawer({ id, onClose, newerId, olderId, onGo }: StoryDrawerProps) {
  const t = useTranslations('logs.story');
  const trying = useTrying(id);
  const { data: story, error, refetch } = useQuery({ ...storyQuery(id), enabled: id !== '' });
  const request = story?.request ?? undefined;
  return (
    <Dialog
      shape="sheet"
      footer={
        <>
          {story !== undefined && <Acts story={story} onTryAgain={trying.begin} />}
          <Neighbours newerId={newerId} olderId={olderId} onGo={onGo} />
        </>
      }
      data-story={id}
      isOpen={id !== ''}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={request === undefined ? t('title') : <StoryTitle request={request} />}
      description={request && <StorySummary request={request} />}
    >
      {isGone(error) ? (
        <GoneNotice of="row" onClose={onClose} />
      ) : story === undefined ? (
        error === null ? (
          <SkeletonRows />
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <div key={id}>
          {trying.isOpen && <TryAgain story={story} onGo={onGo} />}
          <Story story={story} />
        </div>
      )}
    </Dialog>
  );
}

/** Whether the request of the open story is to be sent again; of another story nobody has said so yet. */
function useTrying(id: string) {
  const [tryingId, setTrying] = useState('');
  if (tryingId !== '' && tryingId !== id) setTrying('');
  return { isOpen: tryingId === id, begin: () => setTrying(id) };
}

/** What can be done with a request that has ended. */
function Acts({ story, onTryAgain }: { readonly story: LogStory; readonly onTryAgain: () => void }) {
  const t = useTranslations('logs.again');
  return (
    <span className="mr-auto flex flex-wrap gap-2">
      <CopyCurl story={story} />
      {story.request !== null && (
        <Button size="sm" onClick={onTryAgain}>
          <RotateCw aria-hidden />
          {t('button')}
        </Button>
      )}
    </span>
  );
}

type NeighboursProps = Pick<StoryDrawerProps, 'newerId' | 'olderId' | 'onGo'>;

function Neighbours({ newerId, olderId, onGo }: NeighboursProps) {
  const t = useTranslations('logs.story');
  return (
    <span className="flex gap-2">
      <Button size="sm" disabled={newerId === undefined} onClick={() => newerId && onGo(newerId)}>
        <ChevronUp aria-hidden />
        {t('newer')}
      </Button>
      <Button size="sm" disabled={olderId === undefined} onClick={() => olderId && onGo(olderId)}>
        <ChevronDown aria-hidden />
        {t('older')}
      </Button>
    </span>
  );
}

interface RequestProps {
  readonly request: NonNullable<LogStory['request']>;
}

function StoryTitle({ request }: RequestProps) {
  return (
    <span className="flex flex-wrap items-center gap-2">
      <StatusCode status={request.status} outcome={request.outcome} />
      <span className="font-mono text-sm break-all">
        {request.method} {request.endpoint}
      </span>
    </span>
  );
}

function StorySummary({ request }: RequestProps) {
  return (
    <>
      <Moment at={request.at} /> · <VerdictText name={request.outcome} /> ·{' '}
      {formatDuration(request.durationMs)}
    </>
  );
}

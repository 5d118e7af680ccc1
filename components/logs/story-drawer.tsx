'use client';
import { useQuery } from '@tanstack/react-query';
import { ChevronDown, ChevronUp } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from '@/i18n/use-translations';
import type { LogStory } from '@/lib/admin/contract/logs';
import { isGone } from '@/lib/client/api-error';
import { formatBytes, formatDuration } from '@/lib/client/format';
import { storyQuery } from '@/lib/client/logs';
import { keysHref } from '../keys/key-view';
import { CopyButton } from '../shared/copy';
import { Facts } from '../shared/facts';
import { GoneNotice } from '../shared/gone-notice';
import { Section } from '../shared/section';
import { StatusCode } from '../shared/status-code';
import { Moment } from '../shared/time';
import { VerdictText } from '../shared/verdict-text';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { Attempts } from './attempts';
import { GoneMark } from './gone-mark';
import { Answers, RequestBody } from './story-bodies';
import { useSaid } from '../shared/use-said';

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
  const { data: story, error, refetch } = useQuery({ ...storyQuery(id), enabled: id !== '' });
  const request = story?.request;
  return (
    <Dialog
      shape="sheet"
      footer={
        <>
          <Button size="sm" disabled={newerId === undefined} onClick={() => newerId && onGo(newerId)}>
            <ChevronUp aria-hidden />
            {t('newer')}
          </Button>
          <Button size="sm" disabled={olderId === undefined} onClick={() => olderId && onGo(olderId)}>
            <ChevronDown aria-hidden />
            {t('older')}
          </Button>
        </>
      }
      isOpen={id !== ''}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={
        request === undefined || request === null ? (
          t('title')
        ) : (
          <span className="flex flex-wrap items-center gap-2">
            <StatusCode status={request.status} outcome={request.outcome} />
            <span className="font-mono text-sm break-all">
              {request.method} {request.endpoint}
            </span>
          </span>
        )
      }
      description={
        request === undefined || request === null ? undefined : (
          <>
            <Moment at={request.at} /> · <VerdictText name={request.outcome} /> ·{' '}
            {formatDuration(request.durationMs)}
          </>
        )
      }
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
        <Story key={id} story={story} />
      )}
    </Dialog>
  );
}

function Story({ story }: { readonly story: LogStory }) {
  const t = useTranslations('logs.story');
  return (
    <div className="grid gap-5">
      {story.request === null ? (
        <p className="text-ink-soft">{t('gone')}</p>
      ) : (
        <RequestFacts request={story.request} />
      )}
      <Section title={t('attempts')}>
        <Attempts story={story} />
      </Section>
      <Answers story={story} />
      <RequestBody story={story} />
    </div>
  );
}

/** Outcomes of an answer that had begun. */
const broken = new Set(['cut', 'stalled', 'stream_cut', 'stream_stalled', 'shutting_down', 'client_closed']);

function RequestFacts({ request }: { readonly request: NonNullable<LogStory['request']> }) {
  const t = useTranslations('logs');
  const said = useSaid();
  const { promptTokens, completionTokens, cachedTokens, reasoningTokens } = request;
  const extras = [
    cachedTokens !== null && cachedTokens > 0 ? t('story.cached', { count: cachedTokens }) : undefined,
    reasoningTokens !== null && reasoningTokens > 0
      ? t('story.reasoning', { count: reasoningTokens })
      : undefined,
  ].filter((text) => text !== undefined);
  return (
    <div className="grid gap-3">
      {broken.has(request.outcome) && request.responseBytes > 0 && (
        <p className="rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
          {t(request.outcome === 'client_closed' ? 'story.leftAfter' : 'story.brokeOff', {
            time: formatDuration(request.durationMs),
            size: formatBytes(request.responseBytes),
          })}
        </p>
      )}
      {request.errorMessage !== null && (
        <p className="rounded-md bg-bad-soft px-3 py-2 text-sm wrap-anywhere text-bad">
          {said(request, 'errorMessage')}
        </p>
      )}
      <Facts
        facts={[
          {
            label: t('columns.model'),
            value:
              request.model === null ? (
                '–'
              ) : (
                <Link
                  href={`/logs?model=${encodeURIComponent(request.model)}`}
                  className="font-mono text-xs wrap-anywhere text-accent hover:underline"
                >
                  {request.model}
                </Link>
              ),
          },
          {
            label: t('columns.provider'),
            value:
              request.provider === null ? (
                '–'
              ) : request.gone.includes('provider') ? (
                <span className="wrap-anywhere">
                  {request.provider}
                  <GoneMark of="provider" among={request.gone} />
                </span>
              ) : (
                <Link
                  href={keysHref({ provider: request.provider })}
                  className="hit wrap-anywhere text-accent hover:underline"
                >
                  {request.provider}
                </Link>
              ),
          },
          {
            label: t('story.client'),
            value: <span className="font-mono text-xs">{request.token ?? '–'}</span>,
          },
          { label: t('story.stream'), value: request.isStream ? t('story.yes') : t('story.no') },
          { label: t('columns.ttfb'), value: request.ttfbMs === null ? '–' : formatDuration(request.ttfbMs) },
          { label: t('columns.duration'), value: formatDuration(request.durationMs) },
          {
            label: t('story.tokens'),
            value: (
              <>
                {promptTokens ?? '–'} / {completionTokens ?? '–'}
                {extras.length > 0 && (
                  <span className="block text-xs text-ink-faint">{extras.join(', ')}</span>
                )}
              </>
            ),
          },
          {
            label: t('story.bytes'),
            value: `${formatBytes(request.requestBytes)} / ${formatBytes(request.responseBytes)}`,
          },
          {
            label: t('story.requestId'),
            value: (
              <span className="flex items-center gap-1">
                <span className="min-w-0 truncate font-mono text-xs">{request.requestId}</span>
                <CopyButton text={request.requestId} label={t('story.copyId')} className="-my-1" />
              </span>
            ),
          },
        ]}
      />
    </div>
  );
}

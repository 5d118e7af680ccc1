'use client';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import type { LogStory } from '@/lib/admin/contract/logs';
import { formatBytes, formatDuration } from '@/lib/client/format';
import { storyQuery } from '@/lib/client/logs';
import { CodeBlock } from '../shared/code-block';
import { CopyButton } from '../shared/copy';
import { Facts } from '../shared/facts';
import { Section } from '../shared/section';
import { StatusCode } from '../shared/status-code';
import { Moment } from '../shared/time';
import { VerdictText } from '../shared/verdict-text';
import { Dialog } from '../ui/dialog';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { Attempts } from './attempts';

interface StoryDrawerProps {
  /** Empty while it is closed. */
  readonly id: string;
  readonly onClose: () => void;
}

/** What happened with one request, attempt by attempt. */
export function StoryDrawer({ id, onClose }: StoryDrawerProps) {
  const t = useTranslations('logs.story');
  const { data: story, error, refetch } = useQuery({ ...storyQuery(id), enabled: id !== '' });
  const request = story?.request;
  return (
    <Dialog
      shape="sheet"
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
      {story === undefined ? (
        error === null ? (
          <SkeletonRows />
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <Story story={story} />
      )}
    </Dialog>
  );
}

function Story({ story }: { readonly story: LogStory }) {
  const t = useTranslations('logs.story');
  const bodies = story.errors.filter(
    ({ upstreamBody, requestBody }) => upstreamBody !== null || requestBody !== null,
  );
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
      {bodies.length > 0 && (
        <Section title={t('errors')}>
          {bodies.map((entry) => (
            <div key={entry.id} className="grid min-w-0 gap-2">
              {entry.upstreamBody !== null && (
                <CodeBlock text={entry.upstreamBody} label={t('upstreamBody')} copyLabel={t('copyBody')} />
              )}
              {entry.requestBody !== null && (
                <CodeBlock text={entry.requestBody} label={t('requestBody')} copyLabel={t('copyBody')} />
              )}
            </div>
          ))}
        </Section>
      )}
    </div>
  );
}

function RequestFacts({ request }: { readonly request: NonNullable<LogStory['request']> }) {
  const t = useTranslations('logs');
  const { promptTokens, completionTokens, cachedTokens, reasoningTokens } = request;
  const extras = [
    cachedTokens !== null && cachedTokens > 0 ? t('story.cached', { count: cachedTokens }) : undefined,
    reasoningTokens !== null && reasoningTokens > 0
      ? t('story.reasoning', { count: reasoningTokens })
      : undefined,
  ].filter((text) => text !== undefined);
  return (
    <div className="grid gap-3">
      {request.errorMessage !== null && (
        <p className="rounded-md bg-bad-soft px-3 py-2 text-sm break-words text-bad">
          {request.errorMessage}
        </p>
      )}
      <Facts
        facts={[
          {
            label: t('columns.model'),
            value: <span className="font-mono text-xs">{request.model ?? '–'}</span>,
          },
          { label: t('columns.provider'), value: request.provider ?? '–' },
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

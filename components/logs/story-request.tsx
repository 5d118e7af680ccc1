'use client';
import Link from 'next/link';
import { useTranslations } from '@/i18n/use-translations';
import type { LogStory } from '@/lib/admin/contract/logs';
import { formatBytes, formatDuration, formatUsd } from '@/lib/client/format';
import { keysHref } from '../keys/key-view';
import { CopyButton } from '../shared/copy';
import { Facts } from '../shared/facts';
import { useSaid } from '../shared/use-said';
import { GoneMark } from './gone-mark';

interface RequestProps {
  readonly request: NonNullable<LogStory['request']>;
}

/** What became of the request as a whole, and its figures. */
export function StoryRequest({ request }: RequestProps) {
  const said = useSaid();
  return (
    <div className="grid gap-3">
      <BrokenOff request={request} />
      {request.errorMessage !== null && (
        <p className="rounded-md bg-bad-soft px-3 py-2 text-sm wrap-anywhere text-bad">
          {said(request, 'errorMessage')}
        </p>
      )}
      <RequestFacts request={request} />
    </div>
  );
}

/** Outcomes of an answer that had begun. */
const broken = new Set(['cut', 'stalled', 'stream_cut', 'stream_stalled', 'shutting_down', 'client_closed']);

function BrokenOff({ request }: RequestProps) {
  const t = useTranslations('logs.story');
  if (!broken.has(request.outcome) || request.responseBytes === 0) return null;
  return (
    <p className="rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
      {t(request.outcome === 'client_closed' ? 'leftAfter' : 'brokeOff', {
        time: formatDuration(request.durationMs),
        size: formatBytes(request.responseBytes),
      })}
    </p>
  );
}

function RequestFacts({ request }: RequestProps) {
  const t = useTranslations('logs');
  return (
    <Facts
      facts={[
        { label: t('columns.model'), value: <Model name={request.model} /> },
        ...(request.modelAsked === null
          ? []
          : [{ label: t('story.modelAsked'), value: <Model name={request.modelAsked} /> }]),
        ...(request.route === null
          ? []
          : [{ label: t('story.route'), value: <span className="font-mono text-xs">{request.route}</span> }]),
        { label: t('columns.provider'), value: <Provider request={request} /> },
        {
          label: t('story.client'),
          value: <span className="font-mono text-xs">{request.token ?? '–'}</span>,
        },
        { label: t('story.stream'), value: request.isStream ? t('story.yes') : t('story.no') },
        { label: t('columns.ttfb'), value: request.ttfbMs === null ? '–' : formatDuration(request.ttfbMs) },
        { label: t('columns.duration'), value: formatDuration(request.durationMs) },
        { label: t('story.tokens'), value: <Tokens request={request} /> },
        { label: t('story.cost'), value: request.costUsd === null ? '–' : formatUsd(request.costUsd) },
        {
          label: t('story.bytes'),
          value: `${formatBytes(request.requestBytes)} / ${formatBytes(request.responseBytes)}`,
        },
        { label: t('story.requestId'), value: <RequestId id={request.requestId} /> },
        ...(request.upstreamId === null
          ? []
          : [{ label: t('story.upstreamId'), value: <RequestId id={request.upstreamId} /> }]),
      ]}
    />
  );
}

/** Leads to the requests for it. */
function Model({ name }: { readonly name: string | null }) {
  if (name === null) return '–';
  return (
    <Link
      href={`/logs?model=${encodeURIComponent(name)}`}
      className="font-mono text-xs wrap-anywhere text-accent hover:underline"
    >
      {name}
    </Link>
  );
}

/** Leads to its keys while it is there. */
function Provider({ request: { provider, gone } }: RequestProps) {
  if (provider === null) return '–';
  if (gone.includes('provider')) {
    return (
      <span className="wrap-anywhere">
        {provider}
        <GoneMark of="provider" among={gone} />
      </span>
    );
  }
  return (
    <Link href={keysHref({ provider })} className="hit wrap-anywhere text-accent hover:underline">
      {provider}
    </Link>
  );
}

/** Those sent and those that came, and what is special about some. */
function Tokens({ request }: RequestProps) {
  const t = useTranslations('logs.story');
  const cached = request.cachedTokens ?? 0;
  const reasoning = request.reasoningTokens ?? 0;
  const special = [
    ...(cached > 0 ? [t('cached', { count: cached })] : []),
    ...(reasoning > 0 ? [t('reasoning', { count: reasoning })] : []),
  ];
  return (
    <>
      {request.promptTokens ?? '–'} / {request.completionTokens ?? '–'}
      {special.length > 0 && <span className="block text-xs text-ink-faint">{special.join(', ')}</span>}
    </>
  );
}

function RequestId({ id }: { readonly id: string }) {
  const t = useTranslations('logs.story');
  return (
    <span className="flex items-center gap-1">
      <span className="min-w-0 truncate font-mono text-xs">{id}</span>
      <CopyButton text={id} label={t('copyId')} className="-my-1" />
    </span>
  );
}

'use client';
import dynamic from 'next/dynamic';
import Link from 'next/link';
import { useTranslations } from '@/i18n/use-translations';
import type { LogStory } from '@/lib/admin/contract/logs';
import { formatBytes } from '@/lib/client/format';
import { Section } from '../shared/section';
import { StatusCode } from '../shared/status-code';
import { Skeleton } from '../ui/skeleton';
import { textLinkLook } from '../ui/looks';
import { bytesOf, recordedBody } from './recorded-body';

const BodyView = dynamic(() => import('./body-view'), {
  ssr: false,
  loading: () => <Skeleton className="h-24" />,
});

/** What is kept; the last character may not have fitted. */
const ANSWER_KEPT = 16 * 1024 - 3;

/** What each provider answered to the attempts that failed. */
export function Answers({ story }: { readonly story: LogStory }) {
  const t = useTranslations('logs.story');
  const answers = story.errors.filter(({ upstreamBody }) => upstreamBody !== null);
  if (answers.length === 0) return null;
  return (
    <Section title={t('errors')}>
      {answers.map(({ id, status, verdict, provider, keyHint, upstreamBody }) => {
        const text = upstreamBody ?? '';
        return (
          <div key={id} className="grid min-w-0 gap-1.5">
            <h4 className="flex min-w-0 flex-wrap items-center gap-2 text-xs text-ink-soft">
              <StatusCode status={status} outcome={verdict} />
              <span>{provider}</span>
              <span className="font-mono break-all">{keyHint}</span>
            </h4>
            <BodyView
              text={text}
              label={t('upstreamBody')}
              note={bytesOf(text) >= ANSWER_KEPT ? t('answerCut') : undefined}
            />
          </div>
        );
      })}
    </Section>
  );
}

/** The body of the request where it was kept; else why not, and how to have it kept. Only failed requests have one. */
export function RequestBody({ story }: { readonly story: LogStory }) {
  const t = useTranslations('logs.story');
  if (story.errors.length === 0) return null;
  const { text, sent, kept, isCut, isHidden } = recordedBody(story);
  if (text === undefined && sent === 0) return null;
  if (isHidden) {
    return (
      <Section title={t('requestBody')}>
        <p className="text-xs text-ink-soft">{t('bodyHidden')}</p>
      </Section>
    );
  }
  if (text === undefined) {
    return (
      <Section title={t('requestBody')}>
        <p className="text-xs text-ink-soft">
          {t('bodyNotKept')}{' '}
          <Link href="/settings?find=ERROR_LOG_RECORD_REQUEST_BODY" className={textLinkLook}>
            {t('keepBodies')}
          </Link>
        </p>
      </Section>
    );
  }
  return (
    <Section title={t('requestBody')}>
      <BodyView
        text={text}
        label={t('requestBody')}
        note={isCut ? t('bodyCut', { kept: formatBytes(kept), size: formatBytes(sent) }) : undefined}
      />
    </Section>
  );
}

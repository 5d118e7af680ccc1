'use client';
import { useTranslations } from '@/i18n/use-translations';
import type { LogStory } from '@/lib/admin/contract/logs';
import { Section } from '../shared/section';
import { Attempts } from './attempts';
import { Answers, RequestBody } from './story-bodies';
import { StoryRequest } from './story-request';

/** All that is known of a request: what became of it, attempt by attempt, and the bodies that were kept. */
export function Story({ story }: { readonly story: LogStory }) {
  const t = useTranslations('logs.story');
  return (
    <div className="grid gap-5">
      {story.request === null ? (
        <p className="text-ink-soft">{t('gone')}</p>
      ) : (
        <StoryRequest request={story.request} />
      )}
      <Section title={t('attempts')}>
        <Attempts story={story} />
      </Section>
      <Answers story={story} />
      <RequestBody story={story} />
    </div>
  );
}

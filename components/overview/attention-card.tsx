'use client';
import { useQuery } from '@tanstack/react-query';
import { CircleCheck } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from '@/i18n/use-translations';
import { attentionQuery } from '@/lib/client/stats';
import { TimeAgo } from '../shared/time';
import { Mark } from '../ui/badge';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { attentionHref, INCIDENTS } from './attention-href';
import { AttentionSentence } from './attention-sentence';
import { attentionTones } from './attention-tones';

/** What is out now, with the way to it. */
export function AttentionCard() {
  const t = useTranslations('overview.attention');
  const { data, error, refetch } = useQuery(attentionQuery);
  const items = data?.items ?? [];
  return (
    <Card
      title={t('title')}
      bodyClassName="p-0"
      aside={
        <Link prefetch={false} href={INCIDENTS} className="hit text-xs text-accent hover:underline">
          {t('past')}
        </Link>
      }
    >
      {data === undefined ? (
        error === null ? (
          <SkeletonRows rows={3} className="p-4" />
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        )
      ) : items.length === 0 ? (
        <EmptyState icon={CircleCheck} title={t('none')} className="py-8" />
      ) : (
        <ul className="max-h-96 divide-y divide-line overflow-y-auto">
          {items.map((item) => (
            <li key={item.id} data-kind={item.kind}>
              <Link
                prefetch={false}
                href={attentionHref(item)}
                className="flex items-baseline gap-2 px-4 py-2.5 hover:bg-sunken"
              >
                <Mark tone={attentionTones[item.severity]} className="-translate-y-px" />
                <span className="sr-only">{t(`severity.${item.severity}`)}</span>
                <span className="line-clamp-4 min-w-0 flex-1 break-words">
                  <AttentionSentence item={item} />
                </span>
                {item.since !== null && (
                  <span className="text-xs whitespace-nowrap text-ink-faint">
                    <TimeAgo at={item.since} />
                  </span>
                )}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

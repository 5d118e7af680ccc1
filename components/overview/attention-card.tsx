'use client';
import { useQuery } from '@tanstack/react-query';
import { CircleCheck } from 'lucide-react';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import type { AttentionItem } from '@/lib/admin/contract/stats';
import { attentionQuery } from '@/lib/client/stats';
import { keysHref } from '../keys/key-view';
import { StatusCode } from '../shared/status-code';
import { TimeAgo } from '../shared/time';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';

/** Keys that somebody should look at, with the way to them. */
export function AttentionCard() {
  const t = useTranslations('overview.attention');
  const { data, error, refetch } = useQuery(attentionQuery);
  const items = data?.items ?? [];
  return (
    <Card title={t('title')} bodyClassName="p-0">
      {data === undefined ? (
        error === null ? (
          <SkeletonRows rows={3} className="p-4" />
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        )
      ) : items.length === 0 ? (
        <EmptyState icon={CircleCheck} title={t('none')} className="py-8" />
      ) : (
        <ul className="divide-y divide-line">
          {items.map((item) => (
            <li key={`${item.provider}-${item.errorStatus ?? ''}`}>
              <Link href={hrefOf(item)} className="grid gap-1 px-4 py-2.5 hover:bg-sunken">
                <span className="flex items-center gap-2">
                  <StatusCode status={item.errorStatus} />
                  <span className="font-medium">{t('keys', { count: item.count })}</span>
                  <span className="min-w-0 truncate text-ink-soft">{item.provider}</span>
                  <span className="ml-auto text-xs whitespace-nowrap text-ink-faint">
                    <TimeAgo at={item.lastErrorAt} />
                  </span>
                </span>
                <span className="truncate text-xs text-ink-soft">
                  {[
                    item.disabled > 0 ? t('disabled', { count: item.disabled }) : '',
                    item.cooling > 0 ? t('cooling', { count: item.cooling }) : '',
                    failing(item) > 0 ? t('failing', { count: failing(item) }) : '',
                    item.reasons[0]?.reason ?? '',
                  ]
                    .filter((part) => part !== '')
                    .join(' · ')}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** Still in use, though they failed the last time. */
function failing({ count, disabled, cooling }: AttentionItem): number {
  return count - disabled - cooling;
}

function hrefOf({ provider, errorStatus }: AttentionItem): string {
  return keysHref({ provider, errorStatus: String(errorStatus ?? 0) });
}

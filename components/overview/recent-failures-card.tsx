'use client';
import { useQuery } from '@tanstack/react-query';
import { CircleCheck } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from '@/i18n/use-translations';
import type { ErrorLogItem } from '@/lib/admin/contract/logs';
import { recentErrorsQuery } from '@/lib/client/logs';
import { StatusCode } from '../shared/status-code';
import { TimeAgo } from '../shared/time';
import { VerdictText } from '../shared/verdict-text';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { useSaid } from '../shared/use-said';

export function RecentFailuresCard() {
  const t = useTranslations('overview.failures');
  const { data, error, refetch } = useQuery(recentErrorsQuery);
  return (
    <Card
      title={t('title')}
      className="xl:col-span-2"
      bodyClassName="p-0"
      aside={
        <Link prefetch={false} href="/logs?tab=errors" className="hit text-xs text-accent hover:underline">
          {t('all')}
        </Link>
      }
    >
      {data === undefined ? (
        error === null ? (
          <SkeletonRows rows={4} className="p-4" />
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        )
      ) : data.items.length === 0 ? (
        <EmptyState icon={CircleCheck} title={t('none')} className="py-8" />
      ) : (
        <ul className="divide-y divide-line">
          {data.items.map((item) => (
            <FailureRow key={item.id} item={item} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function FailureRow({ item }: { readonly item: ErrorLogItem }) {
  const said = useSaid();
  return (
    <li>
      <Link
        prefetch={false}
        href={`/logs?tab=errors&log=${item.requestLogId}`}
        className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 px-4 py-2 hover:bg-sunken md:grid-cols-[5.5rem_9rem_minmax(0,1fr)_auto]"
      >
        <span>
          <StatusCode status={item.status} outcome={item.verdict} />
        </span>
        <span className="truncate max-md:hidden">
          <VerdictText name={item.verdict} />
        </span>
        <span className="min-w-0 truncate text-ink-soft">
          {item.model !== null && (
            <>
              <bdi className="font-mono text-xs text-ink">{item.model}</bdi>{' '}
            </>
          )}
          <bdi>{said(item, 'message')}</bdi>
        </span>
        <span className="text-xs whitespace-nowrap text-ink-faint">
          <TimeAgo at={item.at} />
        </span>
      </Link>
    </li>
  );
}

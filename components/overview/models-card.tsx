'use client';
import { useQuery } from '@tanstack/react-query';
import { Sparkles } from 'lucide-react';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import type { StatsRange } from '@/lib/admin/contract/stats';
import { formatCount } from '@/lib/client/format';
import { modelUsageQuery } from '@/lib/client/stats';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';

/** The models that are asked for most. */
export function ModelsCard({ range }: { readonly range: StatsRange }) {
  const t = useTranslations('overview.models');
  const { data, error, refetch } = useQuery(modelUsageQuery(range));
  const most = data?.items[0]?.totals.requests ?? 0;
  return (
    <Card title={t('title')}>
      {data === undefined ? (
        error === null ? (
          <SkeletonRows rows={4} />
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        )
      ) : data.items.length === 0 ? (
        <EmptyState icon={Sparkles} title={t('none')} className="py-4" />
      ) : (
        <ul className="-mx-2 grid gap-0.5">
          {data.items.map(({ model, totals }) => (
            <li key={model}>
              <Link
                prefetch={false}
                href={model === '' ? '/logs' : `/logs?model=${encodeURIComponent(model)}`}
                className="relative flex items-center justify-between gap-3 overflow-hidden rounded-md px-2 py-1.5 hover:bg-sunken"
              >
                <span
                  aria-hidden
                  className="absolute inset-y-0.5 left-0 rounded-sm bg-accent-soft"
                  style={{ width: `${most === 0 ? 0 : (totals.requests / most) * 100}%` }}
                />
                <span className="relative min-w-0 truncate font-mono text-xs">
                  {model === '' ? t('noModel') : model}
                </span>
                <span className="relative text-xs whitespace-nowrap text-ink-soft">
                  {formatCount(totals.requests)}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

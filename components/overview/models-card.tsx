'use client';
import { useQuery } from '@tanstack/react-query';
import { Sparkles } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from '@/i18n/use-translations';
import type { UsageTotals } from '@/lib/admin/contract/stats';
import type { RangeText } from '@/lib/client/ranges';
import { modelUsageQuery } from '@/lib/client/stats';
import { ModelLeft } from '../limits/model-left';
import { useZone } from '../shared/time-zone';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { ExploreLink } from './explore-link';
import { UsageCost } from './usage-cost';

/** The models that are asked for most. */
export function ModelsCard({ range }: { readonly range: RangeText }) {
  const t = useTranslations('overview.models');
  const { data, error, refetch } = useQuery(modelUsageQuery(range, useZone()));
  const weight = ({ requests, attempts }: UsageTotals) => Math.max(requests, attempts);
  const most = Math.max(0, ...(data?.items ?? []).map(({ totals }) => weight(totals)));
  return (
    <Card title={t('title')} aside={<ExploreLink group="model" range={range} />}>
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
                  style={{ width: `${most === 0 ? 0 : (weight(totals) / most) * 100}%` }}
                />
                <span className="relative grid min-w-0 text-xs">
                  <span className="truncate font-mono">{model === '' ? t('noModel') : model}</span>
                  <ModelLeft model={model} />
                </span>
                <span className="relative text-right text-xs whitespace-nowrap text-ink-soft">
                  {t('requests', { count: totals.requests })}
                  <span className="block text-ink-faint">
                    {t('attempts', { count: totals.attempts })}
                    <UsageCost totals={totals} before=", " />
                  </span>
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

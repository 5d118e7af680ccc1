'use client';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from '@/i18n/use-translations';
import { keyUsageQuery } from '@/lib/client/keys';
import { formatCount, formatDuration, formatUsd } from '@/lib/client/format';
import { rangeOf, type RangeText } from '@/lib/client/ranges';
import { Chart } from '../charts/chart';
import { Facts } from '../shared/facts';
import { RangeChoice } from '../shared/range-choice';
import { Section } from '../shared/section';
import { useZone } from '../shared/time-zone';
import { ErrorState } from '../ui/error-state';
import { Skeleton } from '../ui/skeleton';

interface KeyUsageProps {
  readonly id: string;
  /** As the address has it. */
  readonly range: string;
  readonly onRange: (range: RangeText) => void;
}

/** What the key was used for over a range. */
export function KeyUsage({ id, range: wanted, onRange }: KeyUsageProps) {
  const t = useTranslations('keys.usage');
  const range = rangeOf(wanted);
  const { data, error, refetch } = useQuery(keyUsageQuery(id, range, useZone()));
  return (
    <Section title={t('title')} aside={<RangeChoice value={range} onChange={onRange} shown={data} />}>
      {data !== undefined ? (
        <>
          <Chart
            label={t('title')}
            points={data.series}
            bucketMs={data.bucketMs}
            end={data.to}
            metric="requests"
            height={140}
          />
          <Facts
            facts={[
              { label: t('requests'), value: formatCount(data.totals.requests) },
              { label: t('attempts'), value: formatCount(data.totals.attempts) },
              { label: t('failedAttempts'), value: formatCount(data.totals.failedAttempts) },
              {
                label: t('tokens'),
                value: formatCount(data.totals.promptTokens + data.totals.completionTokens),
              },
              {
                label: t('cost'),
                value: data.totals.costUsd === null ? '–' : formatUsd(data.totals.costUsd),
              },
              {
                label: t('latency'),
                value: data.totals.latencyP50Ms === null ? '–' : formatDuration(data.totals.latencyP50Ms),
              },
            ]}
          />
          {data.models.length > 0 && <ModelsUsed models={data.models} />}
        </>
      ) : error === null ? (
        <Skeleton className="h-36" />
      ) : (
        <ErrorState error={error} onRetry={() => void refetch()} />
      )}
    </Section>
  );
}

interface ModelsUsedProps {
  readonly models: readonly { readonly model: string; readonly totals: { readonly requests: number } }[];
}

function ModelsUsed({ models }: ModelsUsedProps) {
  const t = useTranslations('keys.usage');
  return (
    <ul className="grid gap-1 text-xs" aria-label={t('models')}>
      {models.map(({ model, totals }) => (
        <li key={model} className="flex justify-between gap-3">
          <span className="min-w-0 truncate font-mono">{model === '' ? t('noModel') : model}</span>
          <span className="text-ink-soft">{t('modelRequests', { count: formatCount(totals.requests) })}</span>
        </li>
      ))}
    </ul>
  );
}

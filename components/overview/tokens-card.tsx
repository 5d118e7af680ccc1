'use client';
import { useQuery } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from '@/i18n/use-translations';
import type { Overview, UsageTotals } from '@/lib/admin/contract/stats';
import { formatCount } from '@/lib/client/format';
import type { RangeText } from '@/lib/client/ranges';
import { tokenUsageQuery, type TokenUsage } from '@/lib/client/stats';
import { useZone } from '../shared/time-zone';
import { useSpanText } from '../shared/use-span-text';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { Table, Td, Th, Tr } from '../ui/table';
import { ExploreLink } from './explore-link';
import { UsageCost } from './usage-cost';

interface TokensCardProps {
  readonly range: RangeText;
  /** The time of the other figures. Those of tokens are kept in longer buckets, and may be of a little more. */
  readonly whole: Pick<Overview, 'range' | 'from' | 'to'>;
}

/** Who asks most, and what that costs. */
export function TokensCard({ range, whole }: TokensCardProps) {
  const t = useTranslations('overview.tokens');
  const shown = useTranslations('charts.picker');
  const spanText = useSpanText();
  const { data, error, refetch } = useQuery(tokenUsageQuery(range, useZone()));
  return (
    <Card
      title={t('title')}
      className="xl:col-span-3"
      aside={
        <span className="flex items-center gap-4">
          <ExploreLink group="token" range={range} />
          <Link
            prefetch={false}
            href="/settings?tab=tokens"
            className="hit text-xs text-accent hover:underline"
          >
            {t('manage')}
          </Link>
        </span>
      }
    >
      {data === undefined ? (
        error === null ? (
          <SkeletonRows rows={3} />
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        )
      ) : data.items.length === 0 ? (
        <EmptyState icon={KeyRound} title={t('none')} className="py-4" />
      ) : (
        <>
          <TokenUsageTable items={data.items} />
          {data.range === whole.range && isOther(data, whole) && (
            <p className="mt-2 text-xs text-ink-faint">
              {shown('shown', { span: spanText(data.from, data.to) })}
            </p>
          )}
        </>
      )}
    </Card>
  );
}

function TokenUsageTable({ items }: { readonly items: readonly TokenUsage[] }) {
  const t = useTranslations('overview.tokens');
  return (
    <Table label={t('title')}>
      <thead>
        <tr>
          <Th>{t('name')}</Th>
          <Th className="text-right">{t('requests')}</Th>
          <Th className="text-right">{t('failed')}</Th>
          <Th className="text-right">{t('used')}</Th>
          <Th className="text-right">{t('cost')}</Th>
        </tr>
      </thead>
      <tbody>
        {items.map(({ token, name, hint, totals }) => (
          <Tr key={token}>
            <Td className="min-w-0">
              <TokenName token={token} name={name} hint={hint} />
            </Td>
            <Td label={t('requests')} className="text-right">
              {formatCount(totals.requests)}
            </Td>
            <Td label={t('failed')} className="text-right">
              <Failed totals={totals} />
            </Td>
            <Td label={t('used')} className="text-right">
              {formatCount(totals.promptTokens + totals.completionTokens)}
            </Td>
            <Td label={t('cost')} className="text-right sm:whitespace-nowrap">
              <UsageCost totals={totals} fallback="–" />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

/** One that was revoked is in no log under its id. */
function TokenName({ token, name, hint }: Omit<TokenUsage, 'totals'>) {
  const t = useTranslations('overview.tokens');
  if (hint === null)
    return <span className="text-ink-faint [overflow-wrap:anywhere]">{t('gone', { token })}</span>;
  return (
    <Link
      prefetch={false}
      href={`/logs?token=${encodeURIComponent(hint)}`}
      className="hit grid min-w-0 hover:underline"
    >
      {name !== null && name !== '' && (
        <span className="font-medium break-words [overflow-wrap:anywhere]">{name}</span>
      )}
      <span className="truncate font-mono text-xs text-ink-soft">{hint}</span>
    </Link>
  );
}

function Failed({ totals: { failed } }: { readonly totals: UsageTotals }) {
  return <span className={failed > 0 ? 'text-bad' : 'text-ink-faint'}>{formatCount(failed)}</span>;
}

type Span = Pick<Overview, 'from' | 'to'>;

const HOUR_MS = 3_600_000;

/** Ends that are not over differ by when they were asked for. */
const isOther = (one: Span, other: Span): boolean =>
  Math.abs(one.from - other.from) >= HOUR_MS || Math.abs(one.to - other.to) >= HOUR_MS;

'use client';
import { useTranslations } from '@/i18n/use-translations';
import type { UsageTotals } from '@/lib/admin/contract/stats';
import { formatUsd } from '@/lib/client/format';

interface UsageCostProps {
  readonly totals: UsageTotals;
  /** Before a cost that is shown. */
  readonly before?: string;
  /** In the place of one that is not known, or nothing. */
  readonly fallback?: string;
}

/** What is known of it. */
export function UsageCost({ totals: { costUsd, unpriced }, before = '', fallback }: UsageCostProps) {
  const t = useTranslations('overview.models');
  if (costUsd === null || costUsd === 0) return fallback ?? null;
  const cost = formatUsd(costUsd);
  return `${before}${unpriced === 0 ? cost : t('costPartly', { cost, count: unpriced })}`;
}

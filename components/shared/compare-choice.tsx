'use client';
import { useTranslations } from '@/i18n/use-translations';
import type { StatsCompare } from '@/lib/admin/contract/stats';
import { compares } from '@/lib/client/stats';
import { Select } from '../ui/select';

interface CompareChoiceProps {
  readonly value: StatsCompare;
  readonly onChange: (compare: StatsCompare) => void;
}

/** What the range is compared with. */
export function CompareChoice({ value, onChange }: CompareChoiceProps) {
  const t = useTranslations('charts.picker');
  return (
    <Select
      className="w-auto"
      aria-label={t('compare')}
      value={value}
      options={compares.map((compare) => ({ value: compare, label: t(`compares.${compare}`) }))}
      onChange={onChange}
    />
  );
}

'use client';
import { useTranslations } from 'next-intl';
import type { StatsRange } from '@/lib/admin/contract/stats';
import { Segmented } from '../ui/segmented';
import { TimeZone } from './time-zone';

const ranges: readonly StatsRange[] = ['1h', '24h', '7d', '30d'];

interface RangeChoiceProps {
  readonly value: StatsRange;
  readonly onChange: (range: StatsRange) => void;
}

/** With the zone in which its charts tell the time. */
export function RangeChoice({ value, onChange }: RangeChoiceProps) {
  const t = useTranslations('charts');
  const options = ranges.map((range) => ({ value: range, label: t(`ranges.${range}`) }));
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <Segmented label={t('range')} value={value} options={options} onChange={onChange} />
      <TimeZone />
    </div>
  );
}

/** What an address says, if it is one of ours. */
export function rangeOf(text: string): StatsRange {
  return ranges.find((range) => range === text) ?? '24h';
}

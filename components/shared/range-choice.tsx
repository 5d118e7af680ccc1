'use client';
import type { StatsRange } from '@/lib/admin/contract/stats';
import { useTranslations } from '@/i18n/use-translations';
import { ranges } from '@/lib/client/stats';
import { Segmented } from '../ui/segmented';
import { TimeZone } from './time-zone';

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

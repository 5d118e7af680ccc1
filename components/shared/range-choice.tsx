'use client';
import { CalendarRange } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { endsOf, nameOf, rollingRanges, timeOfEnd, type RangeText } from '@/lib/client/ranges';
import { Button } from '../ui/button';
import { Popover } from '../ui/popover';
import { Segmented } from '../ui/segmented';
import { SkeletonRows } from '../ui/skeleton';
import { TimeZone, useZone } from './time-zone';
import { useSpanText } from './use-span-text';

const RangeForm = dynamic(() => import('./range-form'), {
  ssr: false,
  loading: () => <SkeletonRows rows={5} />,
});

interface RangeChoiceProps {
  readonly value: RangeText;
  readonly onChange: (range: RangeText) => void;
  /** What the figures are of: whole buckets around what was chosen. */
  readonly shown: { readonly from: number; readonly to: number } | undefined;
}

/** The last hours or days, or any others, with the zone in which the charts tell the time. */
export function RangeChoice({ value, onChange, shown }: RangeChoiceProps) {
  const t = useTranslations('charts');
  const [isOpen, setOpen] = useState(false);
  const spanText = useSpanText();
  const rolling = rollingRanges.find((range) => range === value) ?? '';
  const name = useRangeName(value);
  const span = rolling === '' && shown !== undefined ? spanText(shown.from, shown.to) : undefined;
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <Segmented
        label={t('range')}
        value={rolling}
        options={rollingRanges.map((range) => ({ value: range, label: t(`ranges.${range}`) }))}
        onChange={onChange}
      />
      <Popover
        label={t('picker.choose')}
        isOpen={isOpen}
        onOpenChange={setOpen}
        className="w-72"
        trigger={
          <Button aria-label={name === undefined ? t('picker.choose') : `${t('picker.choose')}: ${name}`}>
            <CalendarRange aria-hidden />
            {name ?? t('picker.custom')}
          </Button>
        }
      >
        <RangeForm
          value={value}
          shown={shown}
          onChoose={(range) => {
            onChange(range);
            setOpen(false);
          }}
        />
      </Popover>
      {span !== undefined && span !== name && (
        <span className="text-xs text-ink-soft">{t('picker.shown', { span })}</span>
      )}
      <TimeZone />
    </div>
  );
}

/** What is chosen beside the rolling ranges; undefined for those. */
function useRangeName(value: RangeText): string | undefined {
  const t = useTranslations('charts');
  const zone = useZone();
  const spanText = useSpanText();
  const name = nameOf(value);
  if (name !== undefined)
    return rollingRanges.some((range) => range === name) ? undefined : t(`ranges.${name}`);
  const [from = '', to = ''] = endsOf(value) ?? [];
  const [start, end] = [timeOfEnd(from, 'from', zone), timeOfEnd(to, 'to', zone)];
  return start === undefined || end === undefined || end <= start ? value : spanText(start, end);
}

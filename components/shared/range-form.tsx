'use client';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { calendarRanges, type RangeText } from '@/lib/client/ranges';
import { wallTime } from '@/lib/client/zone';
import { Button } from '../ui/button';
import { Checkbox } from '../ui/checkbox';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { draftProblem, draftRange, rangeDraftOf, withTimes, type RangeDraft } from './range-draft';
import { useZone } from './time-zone';
import { serverNow } from './use-now';

interface RangeFormProps {
  readonly value: RangeText;
  readonly shown: { readonly from: number; readonly to: number } | undefined;
  readonly onChoose: (range: RangeText) => void;
}

/** Days by their names, or from and to. Loaded when it is opened. */
export default function RangeForm({ value, shown, onChoose }: RangeFormProps) {
  const first = useRef<HTMLDivElement>(null);
  // It is not there yet when the focus comes.
  useEffect(() => first.current?.querySelector('button')?.focus(), []);
  return (
    <div ref={first} className="grid gap-3">
      <Presets value={value} onChoose={onChoose} />
      <FreeRange value={value} shown={shown} onChoose={onChoose} />
    </div>
  );
}

function Presets({ value, onChoose }: Omit<RangeFormProps, 'shown'>) {
  const t = useTranslations('charts');
  return (
    <div role="group" aria-label={t('picker.presets')} className="grid grid-cols-2 gap-1">
      {calendarRanges.map((range) => (
        <Button
          key={range}
          size="sm"
          look={range === value ? 'primary' : 'outline'}
          aria-pressed={range === value}
          onClick={() => onChoose(range)}
        >
          {t(`ranges.${range}`)}
        </Button>
      ))}
    </div>
  );
}

function FreeRange({ value, shown, onChoose }: RangeFormProps) {
  const t = useTranslations('charts.picker');
  const zone = useZone();
  const [draft, setDraft] = useState<RangeDraft>(() => rangeDraftOf(value, serverNow(), zone, shown));
  const [isAsked, setAsked] = useState(false);
  const wrong = isAsked ? draftProblem(draft, serverNow(), zone) : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (draftProblem(draft, serverNow(), zone) === undefined) onChoose(draftRange(draft));
    else setAsked(true);
  };
  const today = wallTime(serverNow(), zone).slice(0, 10);
  return (
    <form className="grid gap-2" onSubmit={submit} noValidate>
      {(['from', 'to'] as const).map((end) => (
        <Field
          key={end}
          label={t(end)}
          {...(end === 'to' && { hint: t(draft.hasTimes ? 'timesHint' : 'toHint', { zone }) })}
          {...(wrong?.end === end && { error: t(`wrong.${wrong.problem}`) })}
        >
          {(control) => (
            <Input
              {...control}
              type={draft.hasTimes ? 'datetime-local' : 'date'}
              {...(!draft.hasTimes && { max: today })}
              value={draft[end]}
              onChange={(event) => setDraft({ ...draft, [end]: event.target.value })}
            />
          )}
        </Field>
      ))}
      <label className="flex items-center gap-2 text-xs">
        <Checkbox
          checked={draft.hasTimes}
          onCheckedChange={(isOn) => setDraft(withTimes(draft, isOn === true))}
        />
        {t('times')}
      </label>
      <Button type="submit" look="primary">
        {t('apply')}
      </Button>
    </form>
  );
}

'use client';
import type { HTMLInputTypeAttribute } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { useZone } from '../shared/time-zone';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import type { FilterDraft, FilterProblem } from './filter-draft';

interface TimeFieldsProps {
  readonly draft: FilterDraft;
  readonly set: (patch: Partial<FilterDraft>) => void;
  readonly problem: FilterProblem | undefined;
  readonly isForRequests: boolean;
}

/** When, and how long it took. */
export function TimeFields({ draft, set, problem, isForRequests }: TimeFieldsProps) {
  const t = useTranslations('logs');
  const zone = useZone();
  const field = (name: 'least' | 'most' | 'from' | 'to', type: HTMLInputTypeAttribute, hint?: string) => (
    <Field
      key={name}
      label={t(`range.${name}`)}
      hint={hint}
      {...(problem === name ? { error: t(`rangeWrong.${problem}`) } : {})}
    >
      {(control) => (
        <Input
          {...control}
          type={type}
          {...(type === 'number' && { min: 0, step: 'any', inputMode: 'decimal' as const })}
          value={draft[name]}
          onChange={(event) => set({ [name]: event.target.value })}
        />
      )}
    </Field>
  );
  return (
    <>
      {isForRequests && [field('least', 'number'), field('most', 'number')]}
      {field('from', 'datetime-local', t('range.zone', { zone }))}
      {field('to', 'datetime-local')}
    </>
  );
}

'use client';
import { Plus, X } from 'lucide-react';
import { useId, useMemo } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { LimitsItem } from '@/lib/admin/contract/limits';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import {
  emptyUses,
  limitsProblems,
  useNames,
  type LimitsDraft,
  type LimitsProblem,
  type LimitsProblems,
  type ModelDraft,
  type UseDraft,
  type UseName,
} from './limits-draft';

interface LimitsFieldsProps {
  readonly draft: LimitsDraft;
  readonly onChange: (draft: LimitsDraft) => void;
  /** What holds where a field is empty. */
  readonly inherited: LimitsItem | null;
}

/** What may be used: of all models together, of single ones, and when the day begins. */
export function LimitsFields({ draft, onChange, inherited }: LimitsFieldsProps) {
  const problems = limitsProblems(draft);
  return (
    <div className="grid min-w-0 gap-3">
      <UseFields
        uses={draft}
        place=""
        problems={problems}
        inherited={inherited}
        onChange={(patch) => onChange({ ...draft, ...patch })}
      />
      <DayFields draft={draft} problems={problems} inherited={inherited} onChange={onChange} />
      <ModelsFields draft={draft} problems={problems} inherited={inherited} onChange={onChange} />
    </div>
  );
}

interface UseFieldsProps {
  readonly uses: UseDraft;
  /** Where it stands in the draft: empty, or `models.0.`. */
  readonly place: string;
  readonly problems: LimitsProblems;
  readonly inherited: Readonly<Partial<Record<UseName, number | undefined>>> | null | undefined;
  readonly onChange: (patch: Partial<UseDraft>) => void;
}

function UseFields({ uses, place, problems, inherited, onChange }: UseFieldsProps) {
  const t = useTranslations('limits');
  const wrong = useWrong(problems);
  return (
    <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
      {useNames.map((name) => (
        <Field key={name} label={t(name)} {...wrong(`${place}${name}`)}>
          {(control) => (
            <Input
              {...control}
              // Text, as a field for numbers keeps to itself what is none.
              inputMode="numeric"
              placeholder={String(inherited?.[name] ?? t('unlimited'))}
              value={uses[name]}
              onChange={(event) => onChange({ [name]: event.target.value })}
            />
          )}
        </Field>
      ))}
    </div>
  );
}

type PartProps = LimitsFieldsProps & { readonly problems: LimitsProblems };

function DayFields({ draft, onChange, inherited, problems }: PartProps) {
  const t = useTranslations('limits');
  const wrong = useWrong(problems);
  const listId = useId();
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone'), []);
  const { time = '00:00', zone = 'UTC' } = inherited?.dayResetsAt ?? {};
  return (
    <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
      <Field label={t('dayTime')} {...wrong('dayTime')}>
        {(control) => (
          <Input
            {...control}
            placeholder={time}
            maxLength={5}
            value={draft.dayTime}
            onChange={(event) => onChange({ ...draft, dayTime: event.target.value })}
          />
        )}
      </Field>
      <Field label={t('dayZone')} hint={t('dayHint')} className="sm:col-span-2" {...wrong('dayZone')}>
        {(control) => (
          <Input
            {...control}
            list={listId}
            placeholder={zone}
            value={draft.dayZone}
            onChange={(event) => onChange({ ...draft, dayZone: event.target.value })}
          />
        )}
      </Field>
      <datalist id={listId}>
        {zones.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </div>
  );
}

function ModelsFields({ draft, onChange, inherited, problems }: PartProps) {
  const t = useTranslations('limits');
  const { models } = draft;
  const set = (next: readonly ModelDraft[]) => onChange({ ...draft, models: next });
  return (
    <div className="grid min-w-0 gap-2">
      <p className="text-xs font-medium">{t('models')}</p>
      {models.map((one, index) => (
        <ModelFields
          key={index}
          one={one}
          place={`models.${index}.`}
          problems={problems}
          inherited={inherited?.models?.[one.model]}
          onChange={(patch) =>
            set(models.map((other, at) => (at === index ? { ...other, ...patch } : other)))
          }
          onRemove={() => set(models.filter((_, at) => at !== index))}
        />
      ))}
      <Button
        size="sm"
        className="justify-self-start"
        onClick={() => set([...models, { model: '', ...emptyUses }])}
      >
        <Plus aria-hidden />
        {t('addModel')}
      </Button>
    </div>
  );
}

interface ModelFieldsProps extends Omit<UseFieldsProps, 'uses' | 'onChange'> {
  readonly one: ModelDraft;
  readonly onChange: (patch: Partial<ModelDraft>) => void;
  readonly onRemove: () => void;
}

function ModelFields({ one, onRemove, ...props }: ModelFieldsProps) {
  const t = useTranslations('limits');
  const { place, problems, onChange } = props;
  const name = one.model.trim() === '' ? t('unnamed') : one.model;
  return (
    <fieldset className="grid min-w-0 gap-2 rounded-md border border-line p-2.5">
      <legend className="sr-only">{name}</legend>
      <div className="flex items-end gap-2">
        <Field className="min-w-0 flex-1" label={t('model')} {...useWrong(problems)(`${place}model`)}>
          {(control) => (
            <Input
              {...control}
              className="font-mono text-xs"
              placeholder="gpt-4o-mini"
              maxLength={191}
              value={one.model}
              onChange={(event) => onChange({ model: event.target.value })}
            />
          )}
        </Field>
        <Button look="ghost" size="icon" aria-label={t('removeModel', { name })} onClick={onRemove}>
          <X aria-hidden />
        </Button>
      </div>
      <UseFields {...props} uses={one} />
    </fieldset>
  );
}

const WORDS = {
  number: 'wrongNumber',
  modelMissing: 'modelMissing',
  modelTwice: 'modelTwice',
  zoneMissing: 'zoneMissing',
  zone: 'zoneWrong',
  time: 'timeWrong',
} as const satisfies Record<LimitsProblem, string>;

/** Props for the field of a place that has something wrong. */
function useWrong(problems: LimitsProblems): (place: string) => { readonly error?: string } {
  const t = useTranslations('limits');
  return (place) => {
    const problem = problems[place];
    return problem === undefined ? {} : { error: t(WORDS[problem]) };
  };
}

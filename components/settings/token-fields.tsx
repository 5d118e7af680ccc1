'use client';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from '@/i18n/use-translations';
import { usedModelsQuery } from '@/lib/client/stats';
import { useProviderChoices } from '../shared/use-provider-choices';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Select } from '../ui/select';
import { Textarea } from '../ui/textarea';
import { Chips } from './chips';
import { ListField } from './list-field';
import { errorUnder, LIMIT_NAMES, PERIODS, UNITS, type TokenDraft } from './token-draft';

export interface TokenFieldsProps {
  readonly draft: TokenDraft;
  readonly errors: Readonly<Record<string, string>>;
  readonly set: (patch: Partial<TokenDraft>) => void;
}

/** What it may ask for, where and until when. */
export function ReachFields({ draft, errors, set }: TokenFieldsProps) {
  const t = useTranslations('tokens');
  const { data: models } = useQuery(usedModelsQuery);
  return (
    <>
      <Field label={t('expires')} hint={t('expiresHint')} {...errorUnder(errors, 'expiresAt')}>
        {(control) => (
          <Input
            {...control}
            type="datetime-local"
            className="sm:w-60"
            value={draft.expires}
            onChange={(event) => set({ expires: event.target.value })}
          />
        )}
      </Field>
      <ListField
        label={t('models')}
        hint={t('modelsHint')}
        placeholder="gpt-4o*"
        values={draft.models}
        suggestions={(models?.items ?? []).map(({ model }) => model)}
        onChange={(list) => set({ models: list })}
        {...errorUnder(errors, 'models')}
      />
      <ProvidersField draft={draft} errors={errors} set={set} />
      <ListField
        label={t('allowedIps')}
        hint={t('allowedIpsHint')}
        placeholder="10.0.0.0/8"
        values={draft.allowedIps}
        onChange={(list) => set({ allowedIps: list })}
        {...errorUnder(errors, 'allowedIps')}
      />
    </>
  );
}

function ProvidersField({ draft: { providers }, errors, set }: TokenFieldsProps) {
  const t = useTranslations('tokens');
  const { options } = useProviderChoices();
  const others = options.filter(({ value }) => !providers.includes(value));
  return (
    <Field label={t('providers')} hint={t('providersHint')} {...errorUnder(errors, 'providers')}>
      {(control) => (
        <div className="grid gap-1.5">
          <Chips values={providers} onChange={(list) => set({ providers: list })} />
          <Select
            {...control}
            className="sm:w-60"
            value=""
            options={[
              { value: '', label: providers.length === 0 ? t('allProviders') : t('addProvider') },
              ...others,
            ]}
            onChange={(slug) => slug !== '' && set({ providers: [...providers, slug] })}
          />
        </div>
      )}
    </Field>
  );
}

/** How much it may use. */
export function UseFields({ draft, errors, set }: TokenFieldsProps) {
  const t = useTranslations('tokens');
  const limits = useTranslations('limits');
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-3">
        {LIMIT_NAMES.map((name) => (
          <Field key={name} label={limits(name)} {...errorUnder(errors, `limits.${name}`)}>
            {(control) => (
              <Input
                {...control}
                // Text, as a field for numbers keeps to itself what is none.
                inputMode="numeric"
                placeholder={limits('unlimited')}
                value={draft[name]}
                onChange={(event) => set({ [name]: event.target.value })}
              />
            )}
          </Field>
        ))}
      </div>
      <BudgetFields draft={draft} errors={errors} set={set} />
      <Field label={t('priority')} hint={t('priorityHint')} {...errorUnder(errors, 'priority')}>
        {(control) => (
          <Input
            {...control}
            className="sm:w-32"
            inputMode="numeric"
            placeholder="0"
            value={draft.priority}
            onChange={(event) => set({ priority: event.target.value })}
          />
        )}
      </Field>
      <Field label={t('note')} {...errorUnder(errors, 'note')}>
        {(control) => (
          <Textarea
            {...control}
            className="min-h-14"
            maxLength={1000}
            value={draft.note}
            onChange={(event) => set({ note: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}

function BudgetFields({ draft, errors, set }: TokenFieldsProps) {
  const t = useTranslations('tokens');
  return (
    <div className="grid items-start gap-3 sm:grid-cols-3">
      <Field label={t('budget')} hint={t('budgetHint')} {...errorUnder(errors, 'budget')}>
        {(control) => (
          <Input
            {...control}
            inputMode="decimal"
            placeholder={t('noBudget')}
            value={draft.amount}
            onChange={(event) => set({ amount: event.target.value })}
          />
        )}
      </Field>
      <Field label={t('unit')}>
        {(control) => (
          <Select
            {...control}
            value={draft.unit}
            options={UNITS.map((value) => ({ value, label: t(`units.${value}`) }))}
            onChange={(unit) => set({ unit })}
          />
        )}
      </Field>
      <Field label={t('period')}>
        {(control) => (
          <Select
            {...control}
            value={draft.period}
            options={PERIODS.map((value) => ({ value, label: t(`periods.${value}`) }))}
            onChange={(period) => set({ period })}
          />
        )}
      </Field>
    </div>
  );
}

'use client';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from '@/i18n/use-translations';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { settingsQuery } from '@/lib/client/settings';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Select } from '../ui/select';
import type { ProviderPartProps } from './provider-draft';

const numbers = ['maxRetries', 'maxFailures', 'timeoutSeconds', 'firstTokenTimeoutSeconds'] as const;

interface BalancingFieldsProps extends ProviderPartProps {
  /** What holds where the field is empty; not known for a new provider. */
  readonly effective: ProviderItem['effective'] | undefined;
}

/** How keys are chosen and given up; whatever is empty follows the settings. */
export function BalancingFields(props: BalancingFieldsProps) {
  const { fields, set, wrong, effective } = props;
  const t = useTranslations('providers');
  return (
    <div className="grid gap-3 sm:grid-cols-3">
      <PolicyField {...props} />
      <Field label={t('fields.testModel')} {...wrong('testModel')}>
        {(control) => (
          <Input
            {...control}
            className="font-mono text-xs"
            placeholder={effective?.testModel ?? ''}
            value={fields.testModel}
            onChange={(event) => set({ testModel: event.target.value })}
          />
        )}
      </Field>
      {numbers.map((name) => (
        <Field key={name} label={t(`fields.${name}`)} {...wrong(name)}>
          {(control) => (
            <Input
              {...control}
              type="number"
              min={0}
              step="any"
              placeholder={effective === undefined ? '' : String(effective[name])}
              value={fields[name]}
              onChange={(event) => set({ [name]: event.target.value })}
            />
          )}
        </Field>
      ))}
    </div>
  );
}

function PolicyField({ fields, set, wrong, effective }: BalancingFieldsProps) {
  const t = useTranslations('providers');
  const { data: settings } = useQuery(settingsQuery);
  const policies = settings?.items.find(({ name }) => name === 'SELECTION_POLICY')?.choices ?? [];
  const chosen = fields.selectionPolicy;
  const inherited =
    effective === undefined ? t('inherit') : t('inheritPolicy', { value: effective.selectionPolicy });
  return (
    <Field
      className="sm:col-span-2"
      label={t('fields.selectionPolicy')}
      {...(chosen !== '' && t.has(`policies.${chosen as 'sticky'}`)
        ? { hint: t(`policies.${chosen as 'sticky'}`) }
        : {})}
      {...wrong('selectionPolicy')}
    >
      {(control) => (
        <Select
          {...control}
          value={chosen}
          options={[
            { value: '', label: inherited },
            ...namesOf(policies, chosen).map((value) => ({ value, label: value })),
          ]}
          onChange={(selectionPolicy) => set({ selectionPolicy })}
        />
      )}
    </Field>
  );
}

/** The chosen one stands among them also before the settings have come. */
function namesOf(policies: readonly string[], chosen: string): string[] {
  return [...new Set(chosen === '' ? policies : [...policies, chosen])];
}

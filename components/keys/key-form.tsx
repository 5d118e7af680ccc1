'use client';
import { useTranslations } from '@/i18n/use-translations';
import type { KeyItem } from '@/lib/admin/contract/keys';
import { LimitsFields } from '../limits/limits-fields';
import { Section } from '../shared/section';
import { useRefusal } from '../shared/use-me';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Select } from '../ui/select';
import { Textarea } from '../ui/textarea';
import { neededFor } from './needed-for';
import { TagsField } from './tags-field';
import { useKeyForm, type KeyFormState } from './use-key-form';

/** What people may change of a key. */
export function KeyForm({ item }: { readonly item: KeyItem }) {
  const t = useTranslations('keys.form');
  const form = useKeyForm(item);
  return (
    <Section title={t('title')}>
      <form
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          form.save();
        }}
      >
        <NoteField form={form} />
        <div className="grid gap-3 sm:grid-cols-3">
          <ProviderField form={form} />
          <WeightField form={form} />
          <ProxyField form={form} />
        </div>
        <AccountField form={form} learnt={item.learntAccount} />
        <TagsField
          label={t('tags')}
          needs={neededFor('tags')}
          tags={form.draft.tags}
          onChange={(tags) => form.set({ tags })}
          {...form.wrong('tags')}
        />
        <KeyLimits form={form} />
        {form.otherError !== undefined && (
          <p role="alert" className="text-xs text-bad">
            {form.otherError}
          </p>
        )}
        <div>
          <Button
            type="submit"
            look="primary"
            size="sm"
            needs="keys.update"
            isBusy={form.isSaving}
            disabled={!form.canSave}
          >
            {t('save')}
          </Button>
        </div>
      </form>
    </Section>
  );
}

interface KeyFieldProps {
  readonly form: KeyFormState;
}

function NoteField({ form: { draft, set, wrong } }: KeyFieldProps) {
  const t = useTranslations('keys.form');
  return (
    <Field label={t('note')} needs={neededFor('note')} {...wrong('note')}>
      {(control) => (
        <Textarea
          {...control}
          className="min-h-16"
          maxLength={1000}
          value={draft.note}
          onChange={(event) => set({ note: event.target.value })}
        />
      )}
    </Field>
  );
}

interface AccountFieldProps extends KeyFieldProps {
  /** What its answers name; a person's word counts more. */
  readonly learnt: string | null;
}

function AccountField({ form: { draft, set, wrong }, learnt }: AccountFieldProps) {
  const t = useTranslations('keys.form');
  const hint = learnt === null ? t('accountHint') : t('accountLearntHint');
  return (
    <Field label={t('account')} needs={neededFor('account')} hint={hint} {...wrong('account')}>
      {(control) => (
        <Input
          {...control}
          maxLength={191}
          placeholder={learnt ?? undefined}
          value={draft.account}
          onChange={(event) => set({ account: event.target.value })}
        />
      )}
    </Field>
  );
}

function KeyLimits({ form: { draft, set, providerLimits, wrong } }: KeyFieldProps) {
  const t = useTranslations('keys.form');
  const { error } = wrong('limits');
  const refusal = useRefusal(neededFor('limits'));
  return (
    <fieldset className="grid min-w-0 gap-2" disabled={refusal !== undefined}>
      <legend className="mb-1 text-xs font-semibold">{t('limits')}</legend>
      <p className="text-xs text-ink-faint">{refusal ?? t('limitsHint')}</p>
      <LimitsFields draft={draft.limits} inherited={providerLimits} onChange={(limits) => set({ limits })} />
      {error !== undefined && (
        <p role="alert" className="text-xs text-bad">
          {error}
        </p>
      )}
    </fieldset>
  );
}

function ProviderField({ form: { draft, set, wrong, providers } }: KeyFieldProps) {
  const t = useTranslations('keys.form');
  return (
    <Field label={t('provider')} needs={neededFor('provider')} {...wrong('provider')}>
      {(control) => (
        <Select
          {...control}
          value={draft.provider}
          options={providers}
          onChange={(provider) => set({ provider })}
        />
      )}
    </Field>
  );
}

function WeightField({ form: { draft, set, wrong } }: KeyFieldProps) {
  const t = useTranslations('keys.form');
  return (
    <Field label={t('weight')} needs={neededFor('weight')} hint={t('weightHint')} {...wrong('weight')}>
      {(control) => (
        <Input
          {...control}
          type="number"
          min={1}
          max={1000}
          step="any"
          value={draft.weight}
          onChange={(event) => set({ weight: event.target.value })}
        />
      )}
    </Field>
  );
}

function ProxyField({ form: { draft, set, wrong, proxies } }: KeyFieldProps) {
  const t = useTranslations('keys.form');
  return (
    <Field label={t('proxy')} needs={neededFor('egressId')} hint={t('proxyHint')} {...wrong('egressId')}>
      {(control) => (
        <Select
          {...control}
          value={draft.egressId}
          options={[{ value: '', label: t('noProxy') }, ...proxies]}
          onChange={(egressId) => set({ egressId })}
        />
      )}
    </Field>
  );
}

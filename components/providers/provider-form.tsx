'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { codeOf } from '@/lib/client/api-error';
import { createProvider, providersKey, providersQuery, updateProvider } from '@/lib/client/providers';
import { statsKey } from '@/lib/client/stats';
import { GoneNotice } from '../shared/gone-notice';
import { Section } from '../shared/section';
import { useErrorText, useFieldErrors } from '../shared/use-error-text';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Switch } from '../ui/switch';
import { useUnsavedInput } from '../ui/unsaved-input';
import { BalancingFields } from './balancing-fields';
import { EgressFields } from './egress-fields';
import { FallbackFields } from './fallback-fields';
import { HeaderFields } from './header-fields';
import { knownProviders } from './known-providers';
import { draftOf, emptyProvider, errorAt, fieldsOf, type ProviderFields } from './provider-draft';

interface ProviderFormProps {
  readonly provider: ProviderItem | undefined;
  readonly isGone: boolean;
  readonly onDone: () => void;
}

export function ProviderForm({ provider, isGone, onDone }: ProviderFormProps) {
  const t = useTranslations('providers');
  const common = useTranslations('common');
  const client = useQueryClient();
  const errorText = useErrorText();
  const fieldErrors = useFieldErrors();
  const [fields, setFields] = useState(() => (provider === undefined ? emptyProvider : fieldsOf(provider)));
  const set = (patch: Partial<ProviderFields>) => setFields((before) => ({ ...before, ...patch }));
  const isTyped =
    JSON.stringify(fields) !== JSON.stringify(provider === undefined ? emptyProvider : fieldsOf(provider));
  useUnsavedInput(isTyped);
  // What the form began with; the provider itself may be changed by others while it is open.
  const [version, setVersion] = useState(provider?.version ?? 0);

  const save = useMutation({
    mutationFn: () =>
      provider === undefined
        ? createProvider(draftOf(fields))
        : updateProvider(provider.id, { ...draftOf(fields), version }),
    onSuccess: ({ name }) => {
      toast.success(t('saved', { name }));
      onDone();
    },
    onError: async (error) => {
      if (codeOf(error) !== 'conflict') return;
      // The next try is based on what is there now.
      const { items } = await client.fetchQuery({ ...providersQuery, staleTime: 0 });
      setVersion(items.find(({ id }) => id === provider?.id)?.version ?? 0);
    },
    onSettled: () =>
      Promise.all([providersKey, statsKey].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  const errors = fieldErrors(save.error);
  const wrong = (name: string) => {
    const error = errorAt(errors, name);
    return error === undefined ? {} : { error };
  };
  const hasOtherError = save.error !== null && Object.keys(errors).length === 0;
  const part = { fields, set, wrong };

  if (isGone && !isTyped) return <GoneNotice of="provider" onClose={onDone} />;
  return (
    <form
      className="grid gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
      noValidate
    >
      {isGone && (
        <p role="alert" className="rounded-md bg-warn-soft px-3 py-2 text-sm break-words text-warn">
          {common('gone.provider')}. {common('goneTyped')}
        </p>
      )}
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label={t('fields.name')} {...wrong('name')}>
          {(control) => (
            <Input
              {...control}
              value={fields.name}
              autoFocus={provider === undefined}
              onChange={(event) => set({ name: event.target.value })}
            />
          )}
        </Field>
        <Field label={t('fields.slug')} hint={t('hints.slug', { slug: slugHint(fields) })} {...wrong('slug')}>
          {(control) => (
            <Input
              {...control}
              className="font-mono text-xs"
              placeholder={slugHint(fields)}
              value={fields.slug}
              spellCheck={false}
              onChange={(event) => set({ slug: event.target.value })}
            />
          )}
        </Field>
        <Field
          className="sm:col-span-2"
          label={t('fields.baseUrl')}
          hint={t('hints.baseUrl')}
          {...wrong('baseUrl')}
        >
          {(control) => (
            <>
              <Input
                {...control}
                className="font-mono text-xs"
                placeholder="https://api.openai.com/v1"
                inputMode="url"
                list={`${control.id}-known`}
                value={fields.baseUrl}
                spellCheck={false}
                onChange={(event) => set({ baseUrl: event.target.value })}
              />
              <datalist id={`${control.id}-known`}>
                {knownProviders.map(({ name, baseUrl }) => (
                  <option key={name} value={baseUrl}>
                    {name}
                  </option>
                ))}
              </datalist>
            </>
          )}
        </Field>
        <label className="flex items-center gap-2 text-sm">
          <Switch checked={fields.isEnabled} onCheckedChange={(isEnabled) => set({ isEnabled })} />
          {t('fields.isEnabled')}
        </label>
      </div>
      <Section title={t('sections.balancing')}>
        <BalancingFields {...part} effective={provider?.effective} />
      </Section>
      <Section title={t('sections.fallbacks')}>
        <FallbackFields {...part} ownSlug={provider?.slug} />
      </Section>
      <Section title={t('sections.egress')}>
        <EgressFields {...part} />
      </Section>
      <Section title={t('sections.requests')}>
        <HeaderFields {...part} />
      </Section>
      {hasOtherError && (
        <p role="alert" className="rounded-md bg-bad-soft px-3 py-2 text-sm break-words text-bad">
          {codeOf(save.error) === 'conflict' ? t('conflict') : errorText(save.error)}
        </p>
      )}
      <div className="sticky -bottom-4 -mx-4 -mb-4 flex justify-end gap-2 border-t border-line bg-surface px-4 py-3">
        <Button onClick={onDone}>{common('cancel')}</Button>
        <Button type="submit" look="primary" isBusy={save.isPending} disabled={isGone}>
          {t('save')}
        </Button>
      </div>
    </form>
  );
}

/** About what the server makes of the name. */
function slugHint({ name, slug }: ProviderFields): string {
  const base = slug.trim() === '' ? name : slug;
  const made = base
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return made === '' ? 'groq' : made;
}

'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { codeOf } from '@/lib/client/api-error';
import { createProvider, providersKey, providersQuery, updateProvider } from '@/lib/client/providers';
import { statsKey } from '@/lib/client/stats';
import { hasLimitsProblems } from '../limits/limits-draft';
import { errorAt } from '../shared/error-at';
import { useErrorText, useFieldErrors } from '../shared/use-error-text';
import { useUnsavedInput } from '../ui/unsaved-input';
import { draftOf, emptyProvider, fieldsOf, type ProviderFields } from './provider-draft';

/** The state of the form: fields, errors and saving. `provider` is undefined for a new one. */
export function useProviderForm(provider: ProviderItem | undefined, onSaved: () => void) {
  const t = useTranslations('providers');
  const errorText = useErrorText();
  const fieldErrors = useFieldErrors();
  const { fields, set, isTyped, version, rebase } = useProviderFields(provider);
  useUnsavedInput(isTyped);
  const save = useSaveProvider({ provider, version, rebase }, (name) => {
    toast.success(t('saved', { name }));
    onSaved();
  });

  const errors = fieldErrors(save.error);
  const wrong = (name: string) => {
    const error = errorAt(errors, name);
    return error === undefined ? {} : { error };
  };
  const hasOtherError = save.error !== null && Object.keys(errors).length === 0;
  const textOf = (error: unknown) => (codeOf(error) === 'conflict' ? t('conflict') : errorText(error));
  return {
    part: { fields, set, wrong },
    isTyped,
    canSave: !hasLimitsProblems(fields.limits),
    isSaving: save.isPending,
    save: () => save.mutate(fields),
    /** An error that belongs to no field. */
    otherError: hasOtherError ? textOf(save.error) : undefined,
  };
}

/** What is typed, over what the provider was when that began; without anything typed, over what it is now. */
function useProviderFields(provider: ProviderItem | undefined) {
  const [begun, setBegun] = useState(() => begunWith(provider));
  const [fields, setFields] = useState(begun.fields);
  const isTyped = JSON.stringify(fields) !== JSON.stringify(begun.fields);
  if (!isTyped && provider !== undefined && provider.version > begun.version) {
    const next = begunWith(provider);
    setBegun(next);
    setFields(next.fields);
  }
  return {
    fields,
    set: (patch: Partial<ProviderFields>) => setFields((before) => ({ ...before, ...patch })),
    isTyped,
    version: begun.version,
    rebase: (version: number) => setBegun((before) => ({ ...before, version })),
  };
}

function begunWith(provider: ProviderItem | undefined) {
  return { fields: savedFields(provider), version: provider?.version ?? 0 };
}

function savedFields(provider: ProviderItem | undefined): ProviderFields {
  return provider === undefined ? emptyProvider : fieldsOf(provider);
}

interface Saving {
  readonly provider: ProviderItem | undefined;
  /** What the form began with; the provider itself may be changed by others while it is open. */
  readonly version: number;
  readonly rebase: (version: number) => void;
}

function useSaveProvider({ provider, version, rebase }: Saving, onSaved: (name: string) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (fields: ProviderFields) =>
      provider === undefined
        ? createProvider(draftOf(fields))
        : updateProvider(provider.id, { ...draftOf(fields), version }),
    onSuccess: ({ name }) => onSaved(name),
    onError: async (error) => {
      if (codeOf(error) !== 'conflict') return;
      // The next try is based on what is there now.
      const { items } = await client.fetchQuery({ ...providersQuery, staleTime: 0 });
      rebase(items.find(({ id }) => id === provider?.id)?.version ?? 0);
    },
    onSettled: () =>
      Promise.all([providersKey, statsKey].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}

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
  const [fields, setFields] = useState(() => savedFields(provider));
  const set = (patch: Partial<ProviderFields>) => setFields((before) => ({ ...before, ...patch }));
  const isTyped = JSON.stringify(fields) !== JSON.stringify(savedFields(provider));
  useUnsavedInput(isTyped);
  const save = useSaveProvider(provider, (name) => {
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

function savedFields(provider: ProviderItem | undefined): ProviderFields {
  return provider === undefined ? emptyProvider : fieldsOf(provider);
}

function useSaveProvider(provider: ProviderItem | undefined, onSaved: (name: string) => void) {
  const client = useQueryClient();
  // What the form began with; the provider itself may be changed by others while it is open.
  const [version, setVersion] = useState(provider?.version ?? 0);
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
      setVersion(items.find(({ id }) => id === provider?.id)?.version ?? 0);
    },
    onSettled: () =>
      Promise.all([providersKey, statsKey].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}

'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import type { KeyItem } from '@/lib/admin/contract/keys';
import { answered } from '@/lib/client/asked';
import { keyQuery, keysKey, updateKey } from '@/lib/client/keys';
import { hasLimitsProblems } from '../limits/limits-draft';
import { errorAt } from '../shared/error-at';
import { useErrorText, useFieldErrors } from '../shared/use-error-text';
import { useProviderChoices } from '../shared/use-provider-choices';
import { useProviderLimits } from '../limits/use-provider-limits';
import { useProxyChoices } from '../shared/use-proxy-choices';
import { useKeyDraft, type KeyDraft } from './use-key-draft';

export type KeyFormState = ReturnType<typeof useKeyForm>;

/** The state of the form: draft, choices, errors and saving. */
export function useKeyForm(item: KeyItem) {
  const common = useTranslations('common');
  const errorText = useErrorText();
  const fieldErrors = useFieldErrors();
  const edited = useKeyDraft(item);
  const { draft, changed, set } = edited;
  const provider = useProviderChoices(draft.provider);
  const proxy = useProxyChoices(draft.egressId === '' ? [] : [draft.egressId]);
  const save = useSaveKey(item.id, edited);

  const gone: Readonly<Partial<Record<keyof KeyDraft, string | undefined>>> = {
    provider: provider.isGone ? common('goneChoice', { name: draft.provider }) : undefined,
    egressId: proxy.gone.length > 0 ? common('gone.proxy') : undefined,
  };
  const errors = fieldErrors(save.error);
  const wrong = (name: keyof KeyDraft) => {
    const error = gone[name] ?? errorAt(errors, name);
    return error === undefined ? {} : { error };
  };
  const hasOtherError = save.error !== null && Object.keys(errors).length === 0;
  return {
    draft,
    set,
    wrong,
    providers: provider.options,
    proxies: proxy.options,
    canSave:
      changed.length > 0 &&
      changed.every((name) => gone[name] === undefined) &&
      !hasLimitsProblems(draft.limits),
    providerLimits: useProviderLimits(draft.provider),
    isSaving: save.isPending,
    save: () => save.mutate(),
    /** An error that belongs to no field. */
    otherError: hasOtherError ? errorText(save.error) : undefined,
  };
}

function useSaveKey(id: string, { patch, clear, rebase }: ReturnType<typeof useKeyDraft>) {
  const t = useTranslations('keys.form');
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => updateKey(id, patch),
    onSuccess: async (key) => {
      client.setQueryData(keyQuery(key.id).queryKey, answered(key));
      clear();
      toast.success(t('saved'));
      await client.invalidateQueries({ queryKey: keysKey });
    },
    onError: () => {
      // Once told of a conflict, the next try is based on what is there now.
      rebase();
      return client.invalidateQueries({ queryKey: keyQuery(id).queryKey });
    },
  });
}

'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import type { SettingItem } from '@/lib/admin/contract/settings';
import { codeOf } from '@/lib/client/api-error';
import { answered } from '@/lib/client/asked';
import { settingsQuery, updateSettings } from '@/lib/client/settings';
import { useUnsavedInput } from '../ui/unsaved-input';
import { withDraft, withoutDraft, type DraftValue, type SettingsDraft } from './setting-value';

interface InForce {
  /** Undefined until it is known. */
  readonly revision: number | undefined;
  readonly refetch: () => Promise<unknown>;
}

export type SettingsChanges = ReturnType<typeof useSettingsDraft>;

/**
 * What has been changed and not been saved. It is based on what was there when it began; what others change meanwhile
 * must not be overwritten unseen.
 */
export function useSettingsDraft({ revision, refetch }: InForce) {
  const t = useTranslations('settings');
  const client = useQueryClient();
  const [draft, setDraft] = useState<SettingsDraft>({});
  const [baseRevision, setBaseRevision] = useState<number>();
  const hasChanges = Object.keys(draft).length > 0;
  const save = useMutation({
    mutationFn: (base: number) => updateSettings(base, { ...draft }),
    onSuccess: (answer) => {
      client.setQueryData(settingsQuery.queryKey, answered(answer));
      setDraft({});
      toast.success(t('saved'));
    },
    onError: async (problem) => {
      if (codeOf(problem) === 'conflict') await refetch();
    },
  });
  useUnsavedInput(hasChanges);
  return {
    draft,
    hasChanges,
    error: save.error,
    isSaving: save.isPending,
    change: (item: SettingItem, value: DraftValue) => {
      if (!hasChanges) setBaseRevision(revision);
      setDraft((before) => withDraft(before, item, value));
    },
    /** Leaves a setting as it is after all. */
    keep: (item: SettingItem) => setDraft((before) => withoutDraft(before, item)),
    discard: () => {
      setDraft({});
      save.reset();
    },
    save: () => save.mutate((hasChanges ? baseRevision : revision) ?? 0),
    /** Saves over what others have changed meanwhile. */
    overwrite: () => save.mutate(revision ?? 0),
  };
}

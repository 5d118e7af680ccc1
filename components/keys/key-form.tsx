'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import type { KeyItem } from '@/lib/admin/contract/keys';
import { answered } from '@/lib/client/asked';
import { keyQuery, keysKey, updateKey } from '@/lib/client/keys';
import { Section } from '../shared/section';
import { useErrorText, useFieldErrors } from '../shared/use-error-text';
import { useProviderChoices } from '../shared/use-provider-choices';
import { useProxyChoices } from '../shared/use-proxy-choices';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Select } from '../ui/select';
import { Textarea } from '../ui/textarea';
import { useUnsavedInput } from '../ui/unsaved-input';

/**
 * What people may change of a key. A draft survives what others change meanwhile; saving it then tells of the conflict.
 */
export function KeyForm({ item }: { readonly item: KeyItem }) {
  const t = useTranslations('keys.form');
  const client = useQueryClient();
  const errorText = useErrorText();
  const fieldErrors = useFieldErrors();
  const common = useTranslations('common');
  const saved = {
    note: item.note,
    weight: String(item.weight),
    egressId: item.egressId ?? '',
    provider: item.provider,
  };
  const [edits, setEdits] = useState<Partial<typeof saved>>({});
  const [baseVersion, setBaseVersion] = useState<number>();
  const draft = { ...saved, ...edits };
  const provider = useProviderChoices(draft.provider);
  const proxy = useProxyChoices(draft.egressId === '' ? [] : [draft.egressId]);
  const set = (patch: Partial<typeof saved>) => {
    setBaseVersion((before) => before ?? item.version);
    setEdits({ ...edits, ...patch });
  };
  const changed = (Object.keys(draft) as (keyof typeof draft)[]).filter(
    (name) => draft[name] !== saved[name],
  );
  useUnsavedInput(changed.length > 0);

  const save = useMutation({
    mutationFn: () =>
      updateKey(item.id, {
        version: baseVersion ?? item.version,
        ...(changed.includes('note') ? { note: draft.note } : {}),
        ...(changed.includes('weight') ? { weight: Number(draft.weight) } : {}),
        ...(changed.includes('egressId') ? { egressId: draft.egressId === '' ? null : draft.egressId } : {}),
        ...(changed.includes('provider') ? { provider: draft.provider } : {}),
      }),
    onSuccess: async (key) => {
      client.setQueryData(keyQuery(key.id).queryKey, answered(key));
      setEdits({});
      setBaseVersion(undefined);
      toast.success(t('saved'));
      await client.invalidateQueries({ queryKey: keysKey });
    },
    onError: () => {
      // Once told of a conflict, the next try is based on what is there now.
      setBaseVersion(undefined);
      return client.invalidateQueries({ queryKey: keyQuery(item.id).queryKey });
    },
  });
  const fields = fieldErrors(save.error);
  const gone: Readonly<Record<string, string | undefined>> = {
    provider: provider.isGone ? common('goneChoice', { name: draft.provider }) : undefined,
    egressId: proxy.gone.length > 0 ? common('gone.proxy') : undefined,
  };
  const errorAt = (name: string) => {
    const error = gone[name] ?? fields[name];
    return error === undefined ? {} : { error };
  };
  const hasOtherError = save.error !== null && Object.keys(fields).length === 0;

  return (
    <Section title={t('title')}>
      <form
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Field label={t('note')} {...errorAt('note')}>
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
        <div className="grid gap-3 sm:grid-cols-3">
          <Field label={t('provider')} {...errorAt('provider')}>
            {(control) => (
              <Select
                {...control}
                value={draft.provider}
                options={provider.options}
                onChange={(provider) => set({ provider })}
              />
            )}
          </Field>
          <Field label={t('weight')} hint={t('weightHint')} {...errorAt('weight')}>
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
          <Field label={t('proxy')} hint={t('proxyHint')} {...errorAt('egressId')}>
            {(control) => (
              <Select
                {...control}
                value={draft.egressId}
                options={[{ value: '', label: t('noProxy') }, ...proxy.options]}
                onChange={(egressId) => set({ egressId })}
              />
            )}
          </Field>
        </div>
        {hasOtherError && (
          <p role="alert" className="text-xs text-bad">
            {errorText(save.error)}
          </p>
        )}
        <div>
          <Button
            type="submit"
            look="primary"
            size="sm"
            isBusy={save.isPending}
            disabled={changed.length === 0 || changed.some((name) => gone[name] !== undefined)}
          >
            {t('save')}
          </Button>
        </div>
      </form>
    </Section>
  );
}

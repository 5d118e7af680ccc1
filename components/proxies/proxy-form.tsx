'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import type { ProxyItem } from '@/lib/admin/contract/proxies';
import { answered } from '@/lib/client/asked';
import { proxiesKey, proxyQuery, updateProxy } from '@/lib/client/proxies';
import { changedFields } from '../shared/changed-fields';
import { Section } from '../shared/section';
import { useErrorText } from '../shared/use-error-text';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Switch } from '../ui/switch';
import { Textarea } from '../ui/textarea';
import { useUnsavedInput } from '../ui/unsaved-input';

export function ProxyForm({ item }: { readonly item: ProxyItem }) {
  const t = useTranslations('proxies.form');
  const errorText = useErrorText();
  const { note, isShared, isChanged, edit, save } = useProxyDraft(item);
  useUnsavedInput(isChanged);
  return (
    <Section title={t('title')}>
      <form
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Field label={t('note')} {...(save.error === null ? {} : { error: errorText(save.error) })}>
          {(control) => (
            <Textarea
              {...control}
              className="min-h-16"
              maxLength={1000}
              value={note}
              onChange={(event) => edit({ note: event.target.value })}
            />
          )}
        </Field>
        <label className="flex items-center gap-2 text-sm">
          <Switch
            needs={['proxies.update', { isShared }]}
            checked={isShared}
            onCheckedChange={(next) => edit({ isShared: next })}
          />
          {t('isShared')}
        </label>
        <div>
          <Button
            type="submit"
            size="sm"
            look="primary"
            needs="proxies.update"
            isBusy={save.isPending}
            disabled={!isChanged}
          >
            {t('save')}
          </Button>
        </div>
      </form>
    </Section>
  );
}

interface Edits {
  readonly note?: string;
  readonly isShared?: boolean;
}

/** A draft survives what others change meanwhile; saving it then tells of the conflict. */
function useProxyDraft(item: ProxyItem) {
  const t = useTranslations('proxies.form');
  const client = useQueryClient();
  const [edits, setEdits] = useState<Edits>({});
  const [baseVersion, setBaseVersion] = useState<number>();
  const saved = { note: item.note, isShared: item.isShared };
  const draft = { ...saved, ...edits };
  const changed = changedFields(saved, draft);
  const edit = (patch: Edits) => {
    setBaseVersion((before) => before ?? item.version);
    setEdits({ ...edits, ...patch });
  };
  const save = useMutation({
    mutationFn: () => updateProxy(item.id, { version: baseVersion ?? item.version, ...changed }),
    onSuccess: async (proxy) => {
      client.setQueryData(proxyQuery(proxy.id).queryKey, answered(proxy));
      setEdits({});
      setBaseVersion(undefined);
      toast.success(t('saved'));
      await client.invalidateQueries({ queryKey: proxiesKey });
    },
    onError: () => {
      // Once told of a conflict, the next try is based on what is there now.
      setBaseVersion(undefined);
      return client.invalidateQueries({ queryKey: proxyQuery(item.id).queryKey });
    },
  });
  return { ...draft, isChanged: Object.keys(changed).length > 0, edit, save };
}

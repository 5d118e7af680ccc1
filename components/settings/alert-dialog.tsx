'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocale } from 'next-intl';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { AlertItem } from '@/lib/admin/contract/alerts';
import { alertsKey, createAlert, updateAlert } from '@/lib/client/alerts';
import { settingsKey } from '@/lib/client/settings';
import { CodeBlock } from '../shared/code-block';
import { Section } from '../shared/section';
import { useZone } from '../shared/time-zone';
import { useErrorText, useFieldErrors } from '../shared/use-error-text';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { useUnsavedInput } from '../ui/unsaved-input';
import { changeOf, draftOf, isSame, newAlertOf, type AlertDraft } from './alert-draft';
import { QuietFields, RuleFields, WayFields } from './alert-fields';

interface AlertDialogProps {
  /** Undefined while it is closed. */
  readonly receiver: AlertItem | 'new' | undefined;
  readonly onClose: () => void;
}

export function AlertDialog({ receiver, onClose }: AlertDialogProps) {
  const t = useTranslations('alerts');
  const isNew = receiver === 'new';
  return (
    <Dialog
      isOpen={receiver !== undefined}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={isNew ? t('addTitle') : t('editTitle')}
    >
      {receiver !== undefined && <AlertForm item={isNew ? undefined : receiver} onClose={onClose} />}
    </Dialog>
  );
}

interface AlertFormProps {
  readonly item: AlertItem | undefined;
  readonly onClose: () => void;
}

function AlertForm({ item, onClose }: AlertFormProps) {
  const t = useTranslations('alerts');
  const errorText = useErrorText();
  const [zone, language] = [useZone(), useLocale()];
  const [saved] = useState(() => draftOf(item, zone, language));
  const [draft, setDraft] = useState(saved);
  const set = (patch: Partial<AlertDraft>) => setDraft((before) => ({ ...before, ...patch }));
  const save = useSaveAlert(item, onClose);
  const errors = useFieldErrors()(save.error);
  useUnsavedInput(save.data === undefined && !isSame(draft, saved));
  if (save.data !== undefined) return <NewSecret text={save.data} onClose={onClose} />;
  const fields = { draft, errors, set, item };
  return (
    <form
      className="grid min-w-0 gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(draft);
      }}
    >
      <WayFields {...fields} />
      <Section title={t('what')}>
        <RuleFields {...fields} />
      </Section>
      <Section title={t('when')}>
        <QuietFields {...fields} />
      </Section>
      {save.error !== null && (
        <p role="alert" className="text-sm text-bad">
          {errorText(save.error)}
        </p>
      )}
      <Button
        type="submit"
        className="justify-self-end"
        look="primary"
        needs="alerts.update"
        isBusy={save.isPending}
        disabled={draft.name.trim() === ''}
      >
        {item === undefined ? t('add') : t('save')}
      </Button>
    </form>
  );
}

/** It is shown once. */
function NewSecret({ text, onClose }: { readonly text: string; readonly onClose: () => void }) {
  const t = useTranslations('alerts');
  return (
    <div className="grid min-w-0 gap-3">
      <p className="text-sm">{t('secretShown')}</p>
      <CodeBlock text={text} copyLabel={t('copySecret')} />
      <Button className="justify-self-end" look="primary" onClick={onClose}>
        {t('done')}
      </Button>
    </div>
  );
}

/** Resolves with the secret of a new receiver that programs read; undefined where nobody needs to see one. */
function useSaveAlert(item: AlertItem | undefined, onSaved: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (draft: AlertDraft) => {
      if (item !== undefined) {
        await updateAlert(item.id, changeOf(draft));
        return undefined;
      }
      const { secret } = await createAlert(newAlertOf(draft));
      return draft.kind === 'json' && draft.secret === '' ? secret : undefined;
    },
    onSuccess: async (secret) => {
      await Promise.all([alertsKey, settingsKey].map((queryKey) => client.invalidateQueries({ queryKey })));
      if (secret === undefined) onSaved();
    },
  });
}

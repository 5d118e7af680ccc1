'use client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import type { RouteItem } from '@/lib/admin/contract/routes';
import { codeOf } from '@/lib/client/api-error';
import { Section } from '../shared/section';
import { useErrorText, useFieldErrors } from '../shared/use-error-text';
import { Button } from '../ui/button';
import { Checkbox } from '../ui/checkbox';
import { useDialogClose } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { useUnsavedInput } from '../ui/unsaved-input';
import { draftOf, isWhole, newRoute, reasons, type RouteDraft } from './route-draft';
import { TargetFields } from './target-fields';

interface RouteFormProps {
  readonly route: RouteItem | undefined;
  readonly onSave: (draft: RouteDraft) => Promise<void>;
  readonly onDone: () => void;
}

export function RouteForm({ route, onSave, onDone }: RouteFormProps) {
  const t = useTranslations('models');
  const common = useTranslations('common');
  const close = useDialogClose();
  const [begun] = useState(() => (route === undefined ? newRoute : draftOf(route)));
  const [draft, setDraft] = useState(begun);
  const set = (patch: Partial<RouteDraft>) => setDraft((before) => ({ ...before, ...patch }));
  useUnsavedInput(JSON.stringify(draft) !== JSON.stringify(begun));
  const save = useMutation({
    mutationFn: onSave,
    onSuccess: () => {
      toast.success(t('saved', { name: draft.name.trim() }));
      onDone();
    },
  });
  return (
    <form
      className="grid gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(draft);
      }}
      noValidate
    >
      <NameFields draft={draft} set={set} />
      <Section title={t('targets')}>
        <TargetFields targets={draft.targets} onChange={(targets) => set({ targets })} />
      </Section>
      <Section title={t('goesOn')}>
        <ReasonFields draft={draft} set={set} />
      </Section>
      <SaveError error={save.error} />
      <div className="sticky -bottom-4 -mx-4 -mb-4 flex justify-end gap-2 border-t border-line bg-surface px-4 py-3">
        <Button onClick={close}>{common('cancel')}</Button>
        <Button
          type="submit"
          look="primary"
          needs="routes.replace"
          isBusy={save.isPending}
          disabled={!isWhole(draft)}
        >
          {t('save')}
        </Button>
      </div>
    </form>
  );
}

interface PartProps {
  readonly draft: RouteDraft;
  readonly set: (patch: Partial<RouteDraft>) => void;
}

function NameFields({ draft, set }: PartProps) {
  const t = useTranslations('models');
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label={t('fields.name')} hint={t('hints.name')}>
        {(control) => (
          <Input
            {...control}
            className="font-mono text-xs"
            value={draft.name}
            onChange={(event) => set({ name: event.target.value })}
          />
        )}
      </Field>
      <Field label={t('fields.firstTokenTimeout')} hint={t('hints.firstTokenTimeout')}>
        {(control) => (
          <Input
            {...control}
            type="number"
            min={0}
            step="any"
            value={draft.firstTokenTimeout}
            onChange={(event) => set({ firstTokenTimeout: event.target.value })}
          />
        )}
      </Field>
    </div>
  );
}

function ReasonFields({ draft, set }: PartProps) {
  const t = useTranslations('models');
  const toggle = (reason: RouteDraft['on'][number], isOn: boolean) =>
    set({ on: reasons.filter((one) => (one === reason ? isOn : draft.on.includes(one))) });
  return (
    <div className="grid gap-2">
      {reasons.map((reason) => (
        <label key={reason} className="flex items-center gap-2 text-sm">
          <Checkbox
            checked={draft.on.includes(reason)}
            onCheckedChange={(isOn) => toggle(reason, isOn === true)}
          />
          {t(`hints.${reason}`)}
        </label>
      ))}
    </div>
  );
}

function SaveError({ error }: { readonly error: Error | null }) {
  const t = useTranslations('models');
  const errorText = useErrorText();
  const fieldErrors = useFieldErrors();
  if (error === null) return null;
  const [wrong] = Object.values(fieldErrors(error));
  return (
    <p role="alert" className="rounded-md bg-bad-soft px-3 py-2 text-sm wrap-anywhere text-bad">
      {codeOf(error) === 'conflict' ? t('conflict') : (wrong ?? errorText(error))}
    </p>
  );
}

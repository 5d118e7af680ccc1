'use client';
import { useTranslations } from '@/i18n/use-translations';
import { LimitsFields } from '../limits/limits-fields';
import { useProviderLimits } from '../limits/use-provider-limits';
import { FileButton } from '../shared/file-button';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Select } from '../ui/select';
import { Switch } from '../ui/switch';
import { ImportPreview } from './import-preview';
import { ImportProgress } from './import-progress';
import { KeysText } from './keys-text';
import { TagsField } from './tags-field';
import { useImportForm, type ImportFormState } from './use-import-form';

interface ImportFormProps {
  readonly provider: string;
  readonly onDone: () => void;
}

/** Keys pasted or from a file, with what would become of each of them before anything is added. */
export function ImportForm({ provider, onDone }: ImportFormProps) {
  const t = useTranslations('keys.import');
  const form = useImportForm(provider, onDone);
  const { draft, set, preview, problem, adding, endAdding } = form;
  if (adding !== undefined) return <ImportProgress id={adding.id} onEnd={endAdding} />;
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        form.add();
      }}
    >
      <TargetFields form={form} />
      <LimitsOfAll form={form} />
      <KeysText
        text={draft.text}
        onChange={(text) => set({ text })}
        {...(problem === undefined ? {} : { error: problem })}
      />
      <ImportPreview
        preview={preview}
        takesOdd={draft.takesOdd}
        onTakeOdd={(takesOdd) => set({ takesOdd })}
      />
      <label className="flex items-center gap-2 text-sm">
        <Switch checked={form.verify} onCheckedChange={(wantsTest) => set({ wantsTest })} />
        {t('verify')}
      </label>
      <div className="flex flex-wrap items-center gap-2">
        <FileButton
          accept=".txt,.csv,.json,text/plain"
          label={t('file')}
          onFile={(file) => void file.text().then((text) => set({ text }))}
        />
        <Button
          type="submit"
          look="primary"
          className="ml-auto"
          needs="keys.import"
          isBusy={form.isSending}
          disabled={!form.canAdd}
        >
          {preview.report === undefined ? t('submit') : t('submitCount', { count: preview.report.added })}
        </Button>
      </div>
    </form>
  );
}

/** The provider that gets the keys, a note about them, and their account. */
function TargetFields({ form: { target, draft, set } }: { readonly form: ImportFormState }) {
  const t = useTranslations('keys.import');
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label={t('provider')} {...target.error}>
        {(control) => (
          <Select {...control} value={target.value} options={target.options} onChange={target.choose} />
        )}
      </Field>
      <Field label={t('note')}>
        {(control) => (
          <Input
            {...control}
            value={draft.note}
            maxLength={1000}
            onChange={(event) => set({ note: event.target.value })}
          />
        )}
      </Field>
      <Field label={t('account')}>
        {(control) => (
          <Input
            {...control}
            value={draft.account}
            maxLength={191}
            onChange={(event) => set({ account: event.target.value })}
          />
        )}
      </Field>
      <TagsField label={t('tags')} tags={draft.tags} onChange={(tags) => set({ tags })} />
    </div>
  );
}

/** Out of the way until they are asked for. */
function LimitsOfAll({ form: { target, draft, set } }: { readonly form: ImportFormState }) {
  const t = useTranslations('keys.import');
  const inherited = useProviderLimits(target.value);
  return (
    <details className="min-w-0">
      <summary className="min-h-6 cursor-pointer text-xs font-medium">{t('limits')}</summary>
      <div className="pt-2">
        <LimitsFields draft={draft.limits} inherited={inherited} onChange={(limits) => set({ limits })} />
      </div>
    </details>
  );
}

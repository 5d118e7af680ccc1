'use client';
import { useTranslations } from '@/i18n/use-translations';
import type { TokenImportReport } from '@/lib/client/tokens';
import { CodeBlock } from '../shared/code-block';
import { FileButton } from '../shared/file-button';
import { useErrorText } from '../shared/use-error-text';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Field } from '../ui/field';
import { Select } from '../ui/select';
import { Skeleton } from '../ui/skeleton';
import type { TokenFilesProps } from './token-export-dialog';
import { TOKEN_FILE_MB, TOKENS_AT_ONCE } from './token-file';
import { TokenImportPreview } from './token-import-preview';
import { useTokenImport, type TokenImportState } from './use-token-import';

/** Tokens of a file, with what would become of each before anything is written. */
export function TokenImportDialog({ isOpen, onOpenChange }: TokenFilesProps) {
  const t = useTranslations('tokens.files');
  return (
    <Dialog
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      title={t('importTitle')}
      description={t('importHint')}
    >
      <ImportForm onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function ImportForm({ onDone }: { readonly onDone: () => void }) {
  const t = useTranslations('tokens.files');
  const errorText = useErrorText();
  const form = useTokenImport();
  const { preview, importing } = form;
  if (importing.data !== undefined) return <Imported report={importing.data} onClose={onDone} />;
  const count = (preview.data?.added ?? 0) + (preview.data?.updated ?? 0);
  return (
    <form
      className="grid min-w-0 gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        form.submit();
      }}
    >
      <Choice form={form} />
      <Outcome form={form} />
      {importing.error !== null && (
        <p role="alert" className="text-sm text-bad">
          {errorText(importing.error)}
        </p>
      )}
      <Button
        type="submit"
        look="primary"
        className="justify-self-end"
        needs="tokens.import"
        isBusy={importing.isPending}
        disabled={!form.canImport}
      >
        {preview.data === undefined ? t('submit') : t('submitCount', { count })}
      </Button>
    </form>
  );
}

/** The file, and what is done with tokens that are here already. */
function Choice({ form: { chosen, choose, existing, setExisting } }: { readonly form: TokenImportState }) {
  const t = useTranslations('tokens.files');
  return (
    <>
      <div className="flex min-w-0 flex-wrap items-center gap-2">
        <FileButton
          accept=".json,application/json"
          label={t('choose')}
          onFile={(file) => void choose(file)}
        />
        <span className="min-w-0 text-xs break-all text-ink-soft">{chosen?.name ?? t('noFile')}</span>
      </div>
      <Field label={t('existing')}>
        {(control) => (
          <Select
            {...control}
            value={existing}
            options={(['skip', 'update'] as const).map((value) => ({
              value,
              label: t(`existings.${value}`),
            }))}
            onChange={setExisting}
          />
        )}
      </Field>
    </>
  );
}

/** What would become of the file, or what is wrong with it. */
function Outcome({ form: { chosen, preview } }: { readonly form: TokenImportState }) {
  const t = useTranslations('tokens.files');
  const errorText = useErrorText();
  if (chosen === undefined) return null;
  const { read } = chosen;
  const problem =
    'problem' in read
      ? t(`problems.${read.problem}`, { count: TOKENS_AT_ONCE, size: TOKEN_FILE_MB })
      : preview.error !== null
        ? errorText(preview.error)
        : undefined;
  if (problem !== undefined)
    return (
      <p role="alert" className="text-sm text-bad">
        {problem}
      </p>
    );
  if (preview.data === undefined) return <Skeleton className="h-16" />;
  return <TokenImportPreview preview={preview.data} />;
}

interface ImportedProps {
  readonly report: TokenImportReport;
  readonly onClose: () => void;
}

/** Tokens that were made anew are shown now and never again. */
function Imported({ report, onClose }: ImportedProps) {
  const t = useTranslations('tokens.files');
  const common = useTranslations('common');
  const { added, updated, skipped, made } = report;
  return (
    <div className="grid min-w-0 gap-3">
      <p role="status">{t('done', { added, updated, skipped })}</p>
      {made.length > 0 && (
        <>
          <p>{t('made', { count: made.length })}</p>
          <CodeBlock
            text={made.map(({ name, token }) => `${token}  ${name}`).join('\n')}
            copyLabel={t('copyMade')}
            className="[&_pre]:max-h-60 [&_pre]:overflow-y-auto"
          />
        </>
      )}
      <Button autoFocus className="justify-self-end" look="primary" onClick={onClose}>
        {common('close')}
      </Button>
    </div>
  );
}

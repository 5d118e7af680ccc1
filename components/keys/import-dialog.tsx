'use client';
import { FileUp } from 'lucide-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useRef, useState } from 'react';
import { toast } from 'sonner';
import { importKeys, keysKey } from '@/lib/client/keys';
import { useErrorText } from '../shared/use-error-text';
import { useDebounced } from '../shared/use-debounced';
import { useProviderChoices } from '../shared/use-provider-choices';
import { useTasks } from '../tasks/task-provider';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Select } from '../ui/select';
import { Textarea } from '../ui/textarea';
import { ImportPreview } from './import-preview';

interface ImportDialogProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  /** Slug that is chosen at first; empty for the first provider. */
  readonly provider: string;
  readonly onImported?: () => void;
}

export function ImportDialog(props: ImportDialogProps) {
  const t = useTranslations('keys.import');
  return (
    <Dialog
      isOpen={props.isOpen}
      onOpenChange={props.onOpenChange}
      title={t('title')}
      description={t('hint')}
    >
      <ImportForm {...props} />
    </Dialog>
  );
}

const PREVIEW_PAUSE_MS = 300;

/** Keys pasted or from a file, with what would become of each of them before anything is added. */
export function ImportForm({ onOpenChange, provider: given, onImported }: ImportDialogProps) {
  const t = useTranslations('keys.import');
  const providers = useProviderChoices();
  const client = useQueryClient();
  const { follow } = useTasks();
  const errorText = useErrorText();
  const file = useRef<HTMLInputElement>(null);
  const [chosen, setChosen] = useState(given);
  const [text, setText] = useState('');
  const [note, setNote] = useState('');
  const provider = chosen === '' ? (providers[0]?.value ?? '') : chosen;
  const settled = useDebounced(text, PREVIEW_PAUSE_MS);

  const preview = useQuery({
    // The text itself stays out of the key, which tools may show.
    queryKey: [...keysKey, 'import-preview', provider, settled.length, hashOf(settled)],
    queryFn: () => importKeys({ provider, text: settled, preview: true }),
    enabled: provider !== '' && settled.trim() !== '',
    gcTime: 0,
    retry: false,
  });
  const save = useMutation({
    mutationFn: () => importKeys({ provider, text, note: note.trim() }),
    onSuccess: async ({ report, task }) => {
      if (task !== null) follow(task);
      else if (report !== null) toast.success(t('done', { added: report.added }));
      onOpenChange(false);
      onImported?.();
      await client.invalidateQueries({ queryKey: keysKey });
    },
  });
  const report = text.trim() === '' ? undefined : (preview.data?.report ?? undefined);
  const isNothingNew = report?.added === 0;

  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t('provider')}>
          {(control) => <Select {...control} value={provider} options={providers} onChange={setChosen} />}
        </Field>
        <Field label={t('note')}>
          {(control) => (
            <Input
              {...control}
              value={note}
              maxLength={1000}
              onChange={(event) => setNote(event.target.value)}
            />
          )}
        </Field>
      </div>
      <Field label={t('keys')} {...(save.error === null ? {} : { error: errorText(save.error) })}>
        {(control) => (
          <Textarea
            {...control}
            className="h-40 font-mono text-xs break-all"
            value={text}
            placeholder={'sk-…\nsk-…'}
            autoFocus
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      <ImportPreview
        report={report}
        isLoading={preview.isFetching}
        error={preview.error}
        isEmpty={text.trim() === ''}
      />
      <div className="flex flex-wrap items-center gap-2">
        <input
          ref={file}
          type="file"
          accept=".txt,.csv,.json,text/plain"
          className="sr-only"
          tabIndex={-1}
          aria-hidden
          onChange={(event) => {
            const [chosenFile] = event.target.files ?? [];
            event.target.value = '';
            if (chosenFile !== undefined) void chosenFile.text().then(setText);
          }}
        />
        <Button onClick={() => file.current?.click()}>
          <FileUp aria-hidden />
          {t('file')}
        </Button>
        <Button
          type="submit"
          look="primary"
          className="ml-auto"
          isBusy={save.isPending}
          disabled={text.trim() === '' || isNothingNew}
        >
          {report === undefined ? t('submit') : t('submitCount', { count: report.added })}
        </Button>
      </div>
    </form>
  );
}

/** Tells texts of one length apart; not for anything secret. */
function hashOf(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index += 1) hash = (hash * 31 + text.charCodeAt(index)) | 0;
  return hash;
}

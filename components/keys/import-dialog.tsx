'use client';
import { FileUp } from 'lucide-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { importKeys, keysKey } from '@/lib/client/keys';
import type { TaskItem } from '@/lib/admin/contract/tasks';
import { isOver } from '@/lib/client/tasks';
import { useErrorText } from '../shared/use-error-text';
import { useChosenProvider } from '../shared/use-provider-choices';
import { useSaid } from '../shared/use-said';
import { useTasks } from '../tasks/task-provider';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Select } from '../ui/select';
import { Switch } from '../ui/switch';
import { useUnsavedInput } from '../ui/unsaved-input';
import { ImportProgress } from './import-progress';
import { KeysText } from './keys-text';
import { ImportPreview } from './import-preview';
import { useImportPreview } from './use-import-preview';

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

/** So many are tested without being asked for; more cost the provider many requests. */
const TESTED_MAX = 1_000;

/** Keys pasted or from a file, with what would become of each of them before anything is added. */
export function ImportForm({ onOpenChange, provider: given, onImported }: ImportDialogProps) {
  const t = useTranslations('keys.import');
  const target = useChosenProvider(given);
  const provider = target.value;
  const client = useQueryClient();
  const { follow } = useTasks();
  const errorText = useErrorText();
  const said = useSaid();
  const [failure, setFailure] = useState<string>();
  const file = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [note, setNote] = useState('');
  const [takesOdd, setTakesOdd] = useState(false);
  const [wantsTest, setWantsTest] = useState<boolean>();
  /** The task that adds them, if it takes a while. */
  const [adding, setAdding] = useState<TaskItem>();
  useUnsavedInput(`${text}${note}`.trim() !== '' && adding === undefined);
  const preview = useImportPreview(provider, text, takesOdd);
  const { report } = preview;
  const verify = wantsTest ?? (report?.added ?? 0) <= TESTED_MAX;

  const save = useMutation({
    mutationFn: () =>
      importKeys({ provider, text, note: note.trim(), odd: takesOdd ? 'take' : 'skip', verify }),
    onSuccess: async ({ task }) => {
      if (task !== null) follow(task);
      if (task !== null && !isOver(task)) setAdding(task);
      else await finish();
    },
  });
  const finish = async () => {
    onOpenChange(false);
    onImported?.();
    await client.invalidateQueries({ queryKey: keysKey });
  };
  /** What could not be added stays to be tried again. */
  const endAdding = (task: TaskItem | undefined) => {
    setFailure(task?.state === 'failed' ? said(task, 'error') : undefined);
    setAdding(undefined);
    if (task?.state !== 'failed') void finish();
  };
  const isNothingNew = report?.added === 0;
  const problem = save.error === null ? failure : errorText(save.error);
  if (adding !== undefined) return <ImportProgress id={adding.id} onEnd={endAdding} />;

  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setFailure(undefined);
        save.mutate();
      }}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t('provider')} {...target.error}>
          {(control) => (
            <Select {...control} value={provider} options={target.options} onChange={target.choose} />
          )}
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
      <KeysText text={text} onChange={setText} {...(problem === undefined ? {} : { error: problem })} />
      <ImportPreview
        report={report}
        isLoading={preview.isLoading}
        error={target.isGone ? null : preview.error}
        isEmpty={text.trim() === ''}
        takesOdd={takesOdd}
        onTakeOdd={setTakesOdd}
      />
      <label className="flex items-center gap-2 text-sm">
        <Switch checked={verify} onCheckedChange={setWantsTest} />
        {t('verify')}
      </label>
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
          disabled={text.trim() === '' || isNothingNew || target.isGone || !preview.isOfThisText}
        >
          {report === undefined ? t('submit') : t('submitCount', { count: report.added })}
        </Button>
      </div>
    </form>
  );
}

'use client';
import { useTranslations } from '@/i18n/use-translations';
import { FileButton } from '../shared/file-button';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Select } from '../ui/select';
import {
  MOVE_FILE_BYTES_MAX,
  MOVE_PROGRAM_NAMES,
  MOVE_PROGRAMS,
  partsOf,
  type MoveFile,
} from './move-programs';
import type { MoveState } from './use-move';

interface MoveFormProps {
  readonly move: MoveState;
  /** What is wrong with a field, by its name. */
  readonly errors: Readonly<Record<string, string>>;
}

/** The program, its files, and what it has encrypted its keys with. */
export function MoveForm({ move, errors }: MoveFormProps) {
  const t = useTranslations('moveIn');
  const { draft, set, preview } = move;
  const { files, hasEncryptionKey } = partsOf(draft.program);
  return (
    <form
      className="grid min-w-0 gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        move.look();
      }}
    >
      <Field label={t('program')} hint={t(`programHints.${draft.program}`)}>
        {(control) => (
          <Select
            {...control}
            className="w-full sm:w-60"
            value={draft.program}
            options={MOVE_PROGRAM_NAMES.map((value) => ({ value, label: MOVE_PROGRAMS[value].title }))}
            onChange={(program) => set({ program })}
          />
        )}
      </Field>
      {files.map((kind) => (
        <FileField key={kind} kind={kind} move={move} error={errors[kind]} />
      ))}
      {hasEncryptionKey && <EncryptionKeyField move={move} />}
      <Button
        type="submit"
        className="justify-self-end"
        look={preview.data === undefined ? 'primary' : 'outline'}
        needs="installation.move-in"
        isBusy={preview.isPending}
        disabled={!move.canPreview}
      >
        {t('preview')}
      </Button>
    </form>
  );
}

function EncryptionKeyField({ move: { draft, set } }: Pick<MoveFormProps, 'move'>) {
  const t = useTranslations('moveIn');
  return (
    <Field label={t('encryptionKey')} hint={t('encryptionKeyHint')}>
      {(control) => (
        <Input
          {...control}
          type="password"
          autoComplete="off"
          maxLength={4096}
          value={draft.encryptionKey}
          onChange={(event) => set({ encryptionKey: event.target.value })}
        />
      )}
    </Field>
  );
}

interface FileFieldProps {
  readonly kind: MoveFile;
  readonly move: MoveState;
  readonly error: string | undefined;
}

/** A database and a `.env` may be called anything. */
const accepts: Readonly<Record<MoveFile, string>> = { database: '', config: '.yaml,.yml', environment: '' };
const MB = 2 ** 20;

function FileField({ kind, move: { draft, large, set }, error }: FileFieldProps) {
  const t = useTranslations('moveIn');
  const file = draft.files[kind];
  const action = t(file === undefined ? 'choose' : 'chooseOther');
  const problem = large.includes(kind) ? t('large', { size: MOVE_FILE_BYTES_MAX[kind] / MB }) : error;
  return (
    <Field
      label={t(`files.${kind}`)}
      hint={t(`fileHints.${kind}`)}
      {...(problem === undefined ? {} : { error: problem })}
    >
      {({ id, 'aria-describedby': describedBy }) => (
        <span className="flex min-w-0 flex-wrap items-center gap-2">
          <FileButton
            id={id}
            aria-describedby={describedBy}
            accept={accepts[kind]}
            aria-label={`${t(`files.${kind}`)}: ${action}`}
            label={action}
            onFile={(chosen) => set({ files: { ...draft.files, [kind]: chosen } })}
          />
          <span className="min-w-0 text-xs break-all text-ink-soft">{file?.name ?? t('noFile')}</span>
        </span>
      )}
    </Field>
  );
}

'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { TokenItem } from '@/lib/admin/contract/tokens';
import { createToken, renameToken, tokensKey } from '@/lib/client/tokens';
import { CodeBlock } from '../shared/code-block';
import { useErrorText, useFieldErrors } from '../shared/use-error-text';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { useUnsavedInput } from '../ui/unsaved-input';

interface TokenDialogProps {
  /** Undefined while it is closed. */
  readonly token: TokenItem | 'new' | undefined;
  /** It was revoked elsewhere. */
  readonly isGone: boolean;
  readonly onClose: () => void;
}

export function TokenDialog({ token, isGone, onClose }: TokenDialogProps) {
  const t = useTranslations('tokens');
  const isNew = token === 'new';
  return (
    <Dialog
      isOpen={token !== undefined}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={isNew ? t('addTitle') : t('renameTitle')}
    >
      {token !== undefined && (
        <TokenForm token={isNew ? undefined : token} isGone={isGone} onClose={onClose} />
      )}
    </Dialog>
  );
}

interface TokenFormProps {
  readonly token: TokenItem | undefined;
  readonly isGone: boolean;
  readonly onClose: () => void;
}

function TokenForm({ token, isGone, onClose }: TokenFormProps) {
  const t = useTranslations('tokens');
  const savedName = token?.name ?? '';
  const [name, setName] = useState(savedName);
  const save = useSaveToken(token, onClose);
  const problem = useProblem(save.error, isGone);
  useUnsavedInput(save.data === undefined && name !== savedName);
  if (save.data !== undefined) return <NewToken text={save.data} onClose={onClose} />;
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(name);
      }}
    >
      <Field
        label={t('columns.name')}
        hint={t('nameHint')}
        {...(problem === undefined ? {} : { error: problem })}
      >
        {(control) => (
          <Input
            {...control}
            autoFocus
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <Button
        type="submit"
        className="justify-self-end"
        look="primary"
        isBusy={save.isPending}
        disabled={isGone || name.trim() === ''}
      >
        {token === undefined ? t('make') : t('rename')}
      </Button>
    </form>
  );
}

/** Makes a token and gives it back, which is the only time; or renames one. */
function useSaveToken(token: TokenItem | undefined, onRenamed: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (name: string) => {
      if (token === undefined) return (await createToken(name)).token;
      await renameToken(token.id, name);
      onRenamed();
      return undefined;
    },
    onSuccess: () => client.invalidateQueries({ queryKey: tokensKey }),
  });
}

/** What keeps the name from being saved. */
function useProblem(error: Error | null, isGone: boolean): string | undefined {
  const common = useTranslations('common');
  const errorText = useErrorText();
  const fieldErrors = useFieldErrors();
  if (isGone) return `${common('gone.token')}. ${common('goneTyped')}`;
  return fieldErrors(error).name ?? (error === null ? undefined : errorText(error));
}

interface NewTokenProps {
  readonly text: string;
  readonly onClose: () => void;
}

function NewToken({ text, onClose }: NewTokenProps) {
  const t = useTranslations('tokens');
  const common = useTranslations('common');
  return (
    <div className="grid gap-3">
      <p>{t('shownOnce')}</p>
      <CodeBlock text={text} copyLabel={t('copy')} />
      <Button className="justify-self-end" look="primary" onClick={onClose}>
        {common('close')}
      </Button>
    </div>
  );
}

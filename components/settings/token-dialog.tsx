'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { TokenItem } from '@/lib/admin/contract/tokens';
import { codeOf } from '@/lib/client/api-error';
import { createToken, tokensKey, updateToken } from '@/lib/client/tokens';
import { CodeBlock } from '../shared/code-block';
import { Section } from '../shared/section';
import { useErrorText, useFieldErrors } from '../shared/use-error-text';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Switch } from '../ui/switch';
import { useUnsavedInput } from '../ui/unsaved-input';
import { changeOf, draftOf, isSame, type TokenDraft } from './token-draft';
import { ReachFields, UseFields } from './token-fields';

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
      title={isNew ? t('addTitle') : t('editTitle')}
      className="sm:w-[min(44rem,calc(100vw-2rem))]"
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
  const [saved] = useState(() => draftOf(token));
  const [draft, setDraft] = useState(saved);
  const set = (patch: Partial<TokenDraft>) => setDraft((before) => ({ ...before, ...patch }));
  const save = useSaveToken(token, onClose);
  const errors = useFieldErrors()(save.error);
  useUnsavedInput(save.data === undefined && !isSame(draft, saved));
  if (save.data !== undefined) return <NewToken text={save.data} onClose={onClose} />;
  const fields = { draft, errors, set };
  return (
    <form
      className="grid min-w-0 gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(draft);
      }}
    >
      <NameFields {...fields} isNew={token === undefined} />
      <Section title={t('reach')}>
        <div className="grid gap-4">
          <ReachFields {...fields} />
        </div>
      </Section>
      <Section title={t('use')}>
        <div className="grid gap-4">
          <UseFields {...fields} />
        </div>
      </Section>
      <Problem error={save.error} isGone={isGone} isAtField={Object.keys(errors).length > 0} />
      <Button
        type="submit"
        className="justify-self-end"
        look="primary"
        needs="tokens.update"
        isBusy={save.isPending}
        disabled={isGone || draft.name.trim() === ''}
      >
        {token === undefined ? t('make') : t('save')}
      </Button>
    </form>
  );
}

interface NameFieldsProps {
  readonly draft: TokenDraft;
  readonly errors: Readonly<Record<string, string>>;
  readonly set: (patch: Partial<TokenDraft>) => void;
  readonly isNew: boolean;
}

function NameFields({ draft, errors, set, isNew }: NameFieldsProps) {
  const t = useTranslations('tokens');
  return (
    <>
      <Field
        label={t('columns.name')}
        hint={t('nameHint')}
        {...(errors.name !== undefined && { error: errors.name })}
      >
        {(control) => (
          <Input
            {...control}
            autoFocus
            maxLength={100}
            value={draft.name}
            onChange={(event) => set({ name: event.target.value })}
          />
        )}
      </Field>
      {!isNew && (
        <label className="flex items-center gap-2 text-sm">
          <Switch checked={draft.isEnabled} onCheckedChange={(isEnabled) => set({ isEnabled })} />
          {t('isEnabled')}
        </label>
      )}
    </>
  );
}

/** Makes a token and gives it back, which is the only time; or changes one. */
function useSaveToken(token: TokenItem | undefined, onSaved: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (draft: TokenDraft) => {
      const change = changeOf(draft);
      if (token === undefined) return (await createToken(change)).token;
      await updateToken(token.id, { ...change, version: token.version });
      onSaved();
      return undefined;
    },
    // Also what somebody else has changed meanwhile.
    onSettled: () => client.invalidateQueries({ queryKey: tokensKey }),
  });
}

interface ProblemProps {
  readonly error: Error | null;
  readonly isGone: boolean;
  /** It stands beside its field. */
  readonly isAtField: boolean;
}

/** What keeps the token from being saved. */
function Problem({ error, isGone, isAtField }: ProblemProps) {
  const t = useTranslations('tokens');
  const common = useTranslations('common');
  const errorText = useErrorText();
  if (!isGone && (error === null || isAtField)) return null;
  const text = isGone
    ? `${common('gone.token')}. ${common('goneTyped')}`
    : codeOf(error) === 'conflict'
      ? t('conflict')
      : errorText(error);
  return (
    <p role="alert" className="text-sm text-bad">
      {text}
    </p>
  );
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

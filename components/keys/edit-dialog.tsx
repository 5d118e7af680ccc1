'use client';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { KeyBulkBody } from '@/lib/client/keys';
import { emptyLimits, hasLimitsProblems, limitsOfDraft } from '../limits/limits-draft';
import { LimitsFields } from '../limits/limits-fields';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Select } from '../ui/select';

export type KeysEdit = NonNullable<KeyBulkBody['set']>;

interface EditDialogProps {
  readonly count: number;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly onEdit: (set: KeysEdit) => void;
}

/** Gives many keys the same limits or account, or takes them away. Begins anew each time it opens. */
export function EditDialog({ count, isOpen, onOpenChange, onEdit }: EditDialogProps) {
  const t = useTranslations('keys');
  return (
    <Dialog
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      title={t('bulk.edit.title', { count })}
      description={t('bulk.edit.text')}
    >
      <EditForm onCancel={() => onOpenChange(false)} onEdit={onEdit} />
    </Dialog>
  );
}

interface EditFormProps extends Pick<EditDialogProps, 'onEdit'> {
  readonly onCancel: () => void;
}

function EditForm({ onCancel, onEdit }: EditFormProps) {
  const t = useTranslations('keys');
  const common = useTranslations('common');
  const { account, setAccount, limits, setLimits, changes, canSave } = useEdit();
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        onEdit(changes);
      }}
    >
      <AccountFields account={account} setAccount={setAccount} />
      <ChoiceField
        label={t('edit.limits')}
        value={limits.choice}
        onChange={(choice) => setLimits({ choice })}
      />
      {limits.choice === 'set' && (
        <LimitsFields draft={limits.draft} onChange={(draft) => setLimits({ draft })} inherited={null} />
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>{common('cancel')}</Button>
        <Button
          type="submit"
          look="primary"
          needs={['keys.bulk', { action: 'edit', set: changes }]}
          disabled={!canSave}
        >
          {t('edit.save')}
        </Button>
      </div>
    </form>
  );
}

function AccountFields({ account, setAccount }: Pick<ReturnType<typeof useEdit>, 'account' | 'setAccount'>) {
  const t = useTranslations('keys');
  return (
    <>
      <ChoiceField
        label={t('edit.account')}
        value={account.choice}
        onChange={(choice) => setAccount({ choice })}
      />
      {account.choice === 'set' && (
        <Field label={t('edit.newAccount')} hint={t('form.accountHint')}>
          {(control) => (
            <Input
              {...control}
              maxLength={191}
              value={account.text}
              onChange={(event) => setAccount({ text: event.target.value })}
            />
          )}
        </Field>
      )}
    </>
  );
}

const CHOICES = ['keep', 'set', 'clear'] as const;
type Choice = (typeof CHOICES)[number];

function useEdit() {
  const [account, setAccount] = useState<{ readonly choice: Choice; readonly text: string }>({
    choice: 'keep',
    text: '',
  });
  const [limits, setLimits] = useState<{ readonly choice: Choice; readonly draft: typeof emptyLimits }>({
    choice: 'keep',
    draft: emptyLimits,
  });
  const text = account.text.trim();
  const own = limitsOfDraft(limits.draft);
  const changes: KeysEdit = {
    ...(account.choice !== 'keep' && { account: account.choice === 'set' ? text : null }),
    ...(limits.choice !== 'keep' && { limits: limits.choice === 'set' ? own : null }),
  };
  const isWhole =
    (account.choice !== 'set' || text !== '') &&
    (limits.choice !== 'set' || (own !== null && !hasLimitsProblems(limits.draft)));
  return {
    account,
    setAccount: (patch: Partial<typeof account>) => setAccount({ ...account, ...patch }),
    limits,
    setLimits: (patch: Partial<typeof limits>) => setLimits({ ...limits, ...patch }),
    changes,
    canSave: Object.keys(changes).length > 0 && isWhole,
  };
}

interface ChoiceFieldProps {
  readonly label: string;
  readonly value: Choice;
  readonly onChange: (choice: Choice) => void;
}

function ChoiceField({ label, value, onChange }: ChoiceFieldProps) {
  const t = useTranslations('keys.edit');
  return (
    <Field label={label}>
      {(control) => (
        <Select
          {...control}
          value={value}
          options={CHOICES.map((choice) => ({ value: choice, label: t(choice) }))}
          onChange={onChange}
        />
      )}
    </Field>
  );
}

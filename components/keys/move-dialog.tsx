'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useProviderChoices } from '../shared/use-provider-choices';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Field } from '../ui/field';
import { Select } from '../ui/select';

interface MoveDialogProps {
  readonly count: number;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly onMove: (provider: string) => void;
}

export function MoveDialog({ count, isOpen, onOpenChange, onMove }: MoveDialogProps) {
  const t = useTranslations('keys');
  const common = useTranslations('common');
  const providers = useProviderChoices();
  const [chosen, setChosen] = useState('');
  const provider = chosen === '' ? (providers[0]?.value ?? '') : chosen;
  return (
    <Dialog
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      title={t('bulk.move.title', { count })}
      description={t('bulk.move.text')}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>{common('cancel')}</Button>
          <Button look="primary" onClick={() => onMove(provider)}>
            {t('bulk.move.action')}
          </Button>
        </>
      }
    >
      <Field label={t('moveTo')}>
        {(control) => <Select {...control} value={provider} options={providers} onChange={setChosen} />}
      </Field>
    </Dialog>
  );
}

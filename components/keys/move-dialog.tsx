'use client';
import { useChosenProvider } from '../shared/use-provider-choices';
import { useTranslations } from '@/i18n/use-translations';
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
  const provider = useChosenProvider('');
  return (
    <Dialog
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      title={t('bulk.move.title', { count })}
      description={t('bulk.move.text')}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>{common('cancel')}</Button>
          <Button
            look="primary"
            needs={['keys.bulk', { action: 'move' }]}
            disabled={provider.isGone}
            onClick={() => onMove(provider.value)}
          >
            {t('bulk.move.action')}
          </Button>
        </>
      }
    >
      <Field label={t('moveTo')} {...provider.error}>
        {(control) => (
          <Select {...control} value={provider.value} options={provider.options} onChange={provider.choose} />
        )}
      </Field>
    </Dialog>
  );
}

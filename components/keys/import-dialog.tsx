'use client';
import { useTranslations } from '@/i18n/use-translations';
import { Dialog } from '../ui/dialog';
import { ImportForm } from './import-form';

interface ImportDialogProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  /** Slug that is chosen at first; empty for the first provider. */
  readonly provider: string;
}

export function ImportDialog({ isOpen, onOpenChange, provider }: ImportDialogProps) {
  const t = useTranslations('keys.import');
  return (
    <Dialog isOpen={isOpen} onOpenChange={onOpenChange} title={t('title')} description={t('hint')}>
      <ImportForm provider={provider} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

'use client';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { useTranslations } from '@/i18n/use-translations';
import { Dialog } from '../ui/dialog';
import { ProviderForm } from './provider-form';

interface ProviderDialogProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  /** Undefined for a new one. */
  readonly provider: ProviderItem | undefined;
  /** It was deleted while this is open. */
  readonly isGone: boolean;
}

export function ProviderDialog({ isOpen, onOpenChange, provider, isGone }: ProviderDialogProps) {
  const t = useTranslations('providers');
  return (
    <Dialog
      shape="sheet"
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      title={provider === undefined ? t('add') : t('editTitle', { name: provider.name })}
      description={t('formHint')}
    >
      <ProviderForm
        key={provider?.id ?? 'new'}
        provider={provider}
        isGone={isGone}
        onDone={() => onOpenChange(false)}
      />
    </Dialog>
  );
}

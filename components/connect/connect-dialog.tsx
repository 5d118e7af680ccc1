'use client';
import { Dialog } from '../ui/dialog';
import { useTranslations } from '@/i18n/use-translations';
import { ConnectPanel } from './connect-panel';

interface ConnectDialogProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  /** Slug that is chosen at first; empty for the first provider that has keys. */
  readonly provider: string;
  readonly title: string;
}

/** How to use the gateway from a client, and whether it works. */
export function ConnectDialog({ isOpen, onOpenChange, provider, title }: ConnectDialogProps) {
  const t = useTranslations('connect');
  return (
    <Dialog shape="sheet" isOpen={isOpen} onOpenChange={onOpenChange} title={title} description={t('hint')}>
      <ConnectPanel key={provider} provider={provider} />
    </Dialog>
  );
}

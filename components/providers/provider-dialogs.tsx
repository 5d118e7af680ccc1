'use client';
import { useTranslations } from '@/i18n/use-translations';
import { ConnectDialog } from '../connect/connect-dialog';
import { GoneNotice } from '../shared/gone-notice';
import { Dialog } from '../ui/dialog';
import { ModelsDialog } from './models-dialog';
import { ProviderDialog } from './provider-dialog';
import type { OpenedProvider } from './use-opened-provider';

/** The dialogs of the page; at most one is open. */
export function ProviderDialogs({ opened }: { readonly opened: OpenedProvider }) {
  const t = useTranslations('providers');
  const { view, chosen, close } = opened;
  const closeUnless = (isOpen: boolean) => !isOpen && close();
  return (
    <>
      <ProviderFormDialog opened={opened} onOpenChange={closeUnless} />
      <ProviderGoneDialog opened={opened} onOpenChange={closeUnless} />
      <ModelsDialog provider={view === 'models' ? chosen : undefined} onClose={close} />
      <ConnectDialog
        isOpen={view === 'connect' && chosen !== undefined}
        onOpenChange={closeUnless}
        provider={chosen?.slug ?? ''}
        title={t('connectTitle', { name: chosen?.name ?? '' })}
      />
    </>
  );
}

interface OpenedDialogProps {
  readonly opened: OpenedProvider;
  readonly onOpenChange: (isOpen: boolean) => void;
}

function ProviderFormDialog({ opened, onOpenChange }: OpenedDialogProps) {
  const { view, chosen, gone } = opened;
  const provider = view === 'new' ? undefined : (chosen ?? gone);
  return (
    <ProviderDialog
      isOpen={view === 'new' || (view === 'edit' && provider !== undefined)}
      onOpenChange={onOpenChange}
      provider={provider}
      isGone={gone !== undefined}
    />
  );
}

/** For the views without a form; the form says so itself. */
function ProviderGoneDialog({ opened, onOpenChange }: OpenedDialogProps) {
  const { view, gone, close } = opened;
  return (
    <Dialog
      isOpen={gone !== undefined && view !== 'edit' && view !== ''}
      onOpenChange={onOpenChange}
      title={gone?.name ?? ''}
    >
      <GoneNotice of="provider" onClose={close} />
    </Dialog>
  );
}

'use client';
import { useTranslations } from '@/i18n/use-translations';
import type { RouteItem } from '@/lib/admin/contract/routes';
import { Dialog } from '../ui/dialog';
import type { RouteDraft } from './route-draft';
import { RouteForm } from './route-form';

interface RouteDialogProps {
  readonly isOpen: boolean;
  /** Undefined for a new one. */
  readonly route: RouteItem | undefined;
  readonly onSave: (draft: RouteDraft) => Promise<void>;
  readonly onClose: () => void;
}

export function RouteDialog({ isOpen, route, onSave, onClose }: RouteDialogProps) {
  const t = useTranslations('models');
  return (
    <Dialog
      shape="sheet"
      isOpen={isOpen}
      onOpenChange={(next) => !next && onClose()}
      title={route === undefined ? t('add') : t('editTitle', { name: route.name })}
      description={t('formHint')}
    >
      <RouteForm key={route?.name ?? 'new'} route={route} onSave={onSave} onDone={onClose} />
    </Dialog>
  );
}

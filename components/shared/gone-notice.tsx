'use client';
import { Trash2 } from 'lucide-react';
import { Button } from '../ui/button';
import { useTranslations } from '@/i18n/use-translations';
import { EmptyState } from '../ui/empty-state';

interface GoneNoticeProps {
  readonly of: 'key' | 'proxy' | 'provider' | 'row';
  readonly onClose: () => void;
}

/** In the place of what was deleted while it was open, or before a link to it was followed. */
export function GoneNotice({ of, onClose }: GoneNoticeProps) {
  const t = useTranslations('common');
  return (
    <div role="status">
      <EmptyState
        icon={Trash2}
        title={t(`gone.${of}`)}
        action={<Button onClick={onClose}>{t('close')}</Button>}
      >
        {t('goneHint')}
      </EmptyState>
    </div>
  );
}

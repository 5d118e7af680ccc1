'use client';
import type { Gone } from '@/lib/admin/contract/logs';
import { useTranslations } from '@/i18n/use-translations';
import { Badge } from '../ui/badge';

interface GoneMarkProps {
  readonly of: Gone[number];
  readonly among: Gone;
}

/** Behind the name of something that has been deleted since; nothing while it is there. */
export function GoneMark({ of, among }: GoneMarkProps) {
  const t = useTranslations('logs');
  if (!among.includes(of)) return null;
  return (
    <Badge className="ml-1 font-sans" title={t(`gone.${of}`)}>
      {t('gone.mark')}
    </Badge>
  );
}

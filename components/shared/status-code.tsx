'use client';
import { useTranslations } from 'next-intl';
import { Badge, type Tone } from '../ui/badge';

export function statusTone(status: number | null): Tone {
  if (status === null || status >= 500 || status === 401 || status === 403 || status === 402) return 'bad';
  if (status === 429) return 'warn';
  if (status === 499 || status >= 400) return 'neutral';
  return 'good';
}

/** An HTTP status; null means that no answer came. */
export function StatusCode({ status }: { readonly status: number | null }) {
  const t = useTranslations('common');
  return <Badge tone={statusTone(status)}>{status === null || status === 0 ? t('noAnswer') : status}</Badge>;
}

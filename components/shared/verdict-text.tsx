'use client';
import { useTranslations } from '@/i18n/use-translations';

/** The name of a verdict in words; codes that have none of their own are shown as they are. */
export function VerdictText({ name }: { readonly name: string }) {
  const t = useTranslations('verdicts');
  return <>{t.has(name as never) ? t(name as never) : name.replaceAll('_', ' ')}</>;
}

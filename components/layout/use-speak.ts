'use client';
import { useRouter } from 'next/navigation';
import { useCallback } from 'react';
import { toast } from 'sonner';
import { rememberLocale, type Locale } from '@/i18n/locale';
import { useTranslations } from '@/i18n/use-translations';
import { call } from '@/lib/client/request';
import { loadTexts } from './texts';

/** Changes the language. The page stays as it is, and says why, while the gateway or the texts cannot be had. */
export function useSpeak(): (locale: Locale) => Promise<void> {
  const router = useRouter();
  const t = useTranslations('errors');
  return useCallback(
    async (locale) => {
      try {
        await Promise.all([loadTexts(locale), call('session.read', {})]);
      } catch {
        toast.error(t('unreachable'));
        return;
      }
      rememberLocale(locale);
      router.refresh();
    },
    [router, t],
  );
}

'use client';
import { useCallback } from 'react';
import { useTranslations } from '@/i18n/use-translations';

/** The name of an outcome in words; `failure` is every one but success. */
export function useOutcomeText(): (name: string) => string {
  const t = useTranslations('logs');
  const verdicts = useTranslations('verdicts');
  return useCallback(
    (name) => {
      if (name === 'failure') return t('anyFailure');
      return verdicts.has(name as never) ? verdicts(name as never) : name.replaceAll('_', ' ');
    },
    [t, verdicts],
  );
}

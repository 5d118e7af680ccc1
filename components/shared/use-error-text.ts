'use client';
import { useTranslations } from 'next-intl';
import { useCallback } from 'react';
import { ApiError, codeOf } from '@/lib/client/api-error';

/** What to tell people about an error: by its code where we have words for it, else as the server put it. */
export function useErrorText(): (error: unknown) => string {
  const t = useTranslations('errors');
  return useCallback(
    (error: unknown) => {
      const code = codeOf(error);
      if (code === 'unreachable' || code === 'unexpected') return t(code);
      return error instanceof ApiError && error.message !== '' ? error.message : t('unexpected');
    },
    [t],
  );
}

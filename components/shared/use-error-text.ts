'use client';
import { useCallback } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { ApiError, codeOf } from '@/lib/client/api-error';
import { useSaidText } from './use-said';

/** What to tell people about an error: by its code where we have words for it, else as the server put it. */
export function useErrorText(): (error: unknown) => string {
  const t = useTranslations('errors');
  const textOf = useSaidText();
  return useCallback(
    (error: unknown) => {
      const code = codeOf(error);
      if (code === 'unreachable' || code === 'unexpected') return t(code);
      if (!(error instanceof ApiError) || error.message === '') return t('unexpected');
      return textOf(error.said.message, error.message);
    },
    [t, textOf],
  );
}

/** What is wrong with each field of what was sent, by its name; empty for any other error. */
export function useFieldErrors(): (error: unknown) => Readonly<Record<string, string>> {
  const textOf = useSaidText();
  return useCallback(
    (error: unknown) => {
      if (!(error instanceof ApiError)) return {};
      const { fields, said } = error;
      return Object.fromEntries(
        Object.entries(fields).map(([name, text]) => [name, textOf(said.fields?.[name], text)]),
      );
    },
    [textOf],
  );
}

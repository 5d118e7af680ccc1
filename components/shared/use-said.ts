'use client';
import { useCallback } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { Said } from '@/lib/admin/contract/said';
import { saidText } from '@/lib/client/said-text';

/** Says what a code of the server means in the reader's language; without one the text stays as it is. */
export function useSaidText(): (said: Said | null | undefined, text: string) => string {
  const t = useTranslations('said');
  const verdicts = useTranslations('verdicts');
  return useCallback((said, text) => saidText(said, text, t as never, verdicts as never), [t, verdicts]);
}

/**
 * Reads a text of an answer or a live event in the reader's language: what the program says is translated by the code
 * that stands beside it, what a provider said is quoted. Empty where there is no text.
 */
export function useSaid(): <Name extends string>(
  item: { readonly [Key in Name]?: string | null },
  name: Name,
) => string {
  const textOf = useSaidText();
  return useCallback(
    (item, name) => {
      const beside = (item as Readonly<Record<string, unknown>>)[`${name}Said`];
      return textOf(beside as Said | null | undefined, item[name] ?? '');
    },
    [textOf],
  );
}

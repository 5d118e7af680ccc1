'use client';
import { useCallback } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { Said, SaidParam } from '@/lib/admin/contract/said';

/** Says what a code of the server means in the reader's language; without one the text stays as it is. */
export function useSaidText(): (said: Said | null | undefined, text: string) => string {
  const t = useTranslations('said');
  const verdicts = useTranslations('verdicts');
  return useCallback(
    (said, text) => {
      const inWords = ({ code, params }: Said): string | undefined => {
        if (!t.has(code as never)) return undefined;
        const values = Object.entries(params).map(([name, value]) => [name, shown(name, value)] as const);
        if (values.some(([, value]) => value === undefined)) return undefined;
        return t(code as never, Object.fromEntries(values) as never);
      };
      const shown = (name: string, value: SaidParam): string | undefined => {
        if (typeof value === 'object') return inWords(value);
        const verdict = String(value);
        return name === 'verdict' && verdicts.has(verdict as never) ? verdicts(verdict as never) : verdict;
      };
      return (said && inWords(said)) ?? text;
    },
    [t, verdicts],
  );
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

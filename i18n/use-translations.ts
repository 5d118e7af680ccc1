'use client';
// The only place that takes it from the library.
import { useTranslations as useLibrary } from 'next-intl';
import { useMemo } from 'react';
import { isolated } from '@/lib/client/isolated';

type Values = Readonly<Record<string, unknown>>;
type Say = (key: never, values?: Values, ...rest: readonly unknown[]) => unknown;

const withIsolated = (values: Values | undefined): Values | undefined =>
  values &&
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? isolated(value) : value,
    ]),
  );

/**
 * The texts of a part of the program. What is put into them comes from outside in part, and cannot turn the sentence
 * around.
 */
export const useTranslations = ((namespace: never) => {
  const t = useLibrary(namespace);
  return useMemo(() => {
    const safe =
      (say: Say): Say =>
      (key, values, ...rest) =>
        say(key, withIsolated(values), ...rest);
    const says = t as unknown as Say & Record<'rich' | 'markup' | 'raw' | 'has', Say>;
    const { raw, has } = says;
    return Object.assign(safe(says), { raw, has, rich: safe(says.rich), markup: safe(says.markup) });
  }, [t]);
}) as unknown as typeof useLibrary;

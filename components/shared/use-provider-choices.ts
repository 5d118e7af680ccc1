'use client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { isolated } from '@/lib/client/isolated';
import { providersQuery } from '@/lib/client/providers';

interface Choice {
  readonly value: string;
  readonly label: string;
}

/**
 * The providers as options of a select, in their order. What is `chosen` stands among them even when it was deleted
 * elsewhere: what is shown is what would be sent.
 */
export function useProviderChoices(chosen = '') {
  const t = useTranslations('common');
  const { data, isFetching } = useQuery(providersQuery);
  const there: readonly Choice[] = (data?.items ?? []).map(({ slug, name }) => ({
    value: slug,
    label: name.toLowerCase() === slug ? slug : `${isolated(name)} (${slug})`,
  }));
  const isMissing = chosen !== '' && !there.some(({ value }) => value === chosen);
  // A list that is being asked for may have it in a moment; until then nothing is said, and nothing taken back.
  const [gone, setGone] = useState('');
  const known = !isMissing ? '' : data === undefined || isFetching ? gone : chosen;
  if (known !== gone) setGone(known);
  const isGone = isMissing && known === chosen;
  const missing: readonly Choice[] = isMissing
    ? [{ value: chosen, label: isGone ? t('goneOption', { name: chosen }) : chosen }]
    : [];
  return { options: [...there, ...missing], isGone };
}

/**
 * A provider to choose in a form, at first `given`, else the first there is. It stays chosen until a person changes
 * that.
 */
export function useChosenProvider(given: string) {
  const t = useTranslations('common');
  const [value, choose] = useState(given);
  const { options, isGone } = useProviderChoices(value);
  const first = options[0]?.value ?? '';
  if (value === '' && first !== '') choose(first);
  const error = isGone ? { error: t('goneChoice', { name: value }) } : {};
  return { value, choose, options, isGone, error };
}

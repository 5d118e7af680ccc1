'use client';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from '@/i18n/use-translations';
import { proxyChoicesQuery } from '@/lib/client/proxies';

interface Choice {
  readonly value: string;
  readonly label: string;
}

/** The proxies as options. Those that are `chosen` stand among them even when they were deleted elsewhere. */
export function useProxyChoices(chosen: readonly string[]) {
  const t = useTranslations('common');
  const { data, isFetching } = useQuery(proxyChoicesQuery);
  const there: readonly Choice[] = (data?.items ?? []).map(({ id, address }) => ({
    value: id,
    label: address,
  }));
  const missing = chosen.filter((id) => !there.some(({ value }) => value === id));
  // Of very many only the first are known.
  const isWhole = data !== undefined && !isFetching && data.total <= there.length;
  const gone = isWhole ? missing : [];
  const others: readonly Choice[] = missing.map((id) => ({
    value: id,
    label: isWhole ? t('goneOption', { name: id }) : id,
  }));
  return { options: [...there, ...others], gone };
}

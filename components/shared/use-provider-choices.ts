'use client';
import { useQuery } from '@tanstack/react-query';
import { providersQuery } from '@/lib/client/providers';

/** The providers as options of a select, in their order. */
export function useProviderChoices(): readonly { readonly value: string; readonly label: string }[] {
  const { data } = useQuery(providersQuery);
  return (data?.items ?? []).map(({ slug, name }) => ({
    value: slug,
    label: name.toLowerCase() === slug ? slug : `${name} (${slug})`,
  }));
}

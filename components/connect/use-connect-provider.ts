'use client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { providersQuery } from '@/lib/client/providers';
import { useProviderChoices } from '../shared/use-provider-choices';

export type ConnectProvider = ReturnType<typeof useConnectProvider>;

/** Which provider a client is connected to: the one chosen here, else `given`, else the most useful one. */
export function useConnectProvider(given: string) {
  const { data, error, refetch } = useQuery(providersQuery);
  const providers = data?.items ?? [];
  const [chosen, choose] = useState('');
  // Chosen once: what a request does to the keys must not take it away under one's hands.
  const [first, setFirst] = useState('');
  const best = byUse(providers)[0];
  if (first === '' && best !== undefined) setFirst(best.slug);
  const wanted = chosen || given || first;
  const { options, isGone } = useProviderChoices(wanted);
  const found = providers.find(({ slug }) => slug === wanted);
  // What one reads and types here stays when the provider is deleted elsewhere.
  const [shown, setShown] = useState(found);
  if (found !== undefined && found !== shown) setShown(found);
  return {
    /** Undefined until the list has come. */
    provider: found ?? (shown?.slug === wanted ? shown : best),
    wanted,
    isGone,
    choose,
    providers,
    options,
    error,
    retry: () => void refetch(),
  };
}

/** The most useful first: with keys, with active keys, the default one. */
export function byUse(providers: readonly ProviderItem[]): readonly ProviderItem[] {
  const worth = ({ isEnabled, keys, isDefault }: ProviderItem) =>
    (isEnabled && keys.total > 0 ? 4 : 0) + (keys.active > 0 ? 2 : 0) + (isDefault ? 1 : 0);
  return [...providers].sort((a, b) => worth(b) - worth(a));
}

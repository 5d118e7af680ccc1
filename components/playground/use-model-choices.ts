'use client';
import { useQueries, useQuery } from '@tanstack/react-query';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { canChat } from '@/lib/client/chat-models';
import { routesQuery } from '@/lib/client/model-routes';
import { providerModelsQuery, providersQuery } from '@/lib/client/providers';
import { useChatModels } from '../connect/use-chat-models';
import { useMay } from '../shared/use-me';
import { byUse } from '../connect/use-connect-provider';
import type { ModelGroup } from './found-models';

/** So many are asked for their models at once. */
const PROVIDERS_MAX = 40;

const canBeAsked = ({ isEnabled, keys }: ProviderItem) => isEnabled && keys.total > 0;

/** At the default provider's address its own models have their names, and others the provider's before them. */
const nameAt = ({ slug, isDefault }: ProviderItem, model: string) => (isDefault ? model : `${slug}/${model}`);

/** What can be asked for: routes, and the models of each provider once `isWanted`. */
export function useModelChoices(isWanted: boolean) {
  const { data, error, refetch } = useQuery(providersQuery);
  const { data: routes } = useQuery(routesQuery);
  const providers = (data?.items ?? []).filter(canBeAsked).slice(0, PROVIDERS_MAX);
  const best = byUse(providers)[0];
  const { proposed } = useChatModels(best);
  const isAsked = useMay()('providers.models') && isWanted;
  const lists = useQueries({
    queries: providers.map(({ id }) => ({ ...providerModelsQuery(id), enabled: isAsked })),
  });
  const routeNames = (routes?.items ?? []).map(({ name }) => name).filter((name) => !name.includes('*'));
  const groups: ModelGroup[] = providers.map((provider, at) => ({
    provider: provider.name,
    names: (lists[at]?.data?.models ?? [])
      .filter(({ isFiltered }) => !isFiltered)
      .map(({ id }) => nameAt(provider, id))
      .sort((a, b) => Number(canChat(b)) - Number(canChat(a))),
  }));
  return {
    isKnown: data !== undefined,
    error,
    retry: () => void refetch(),
    /** A key there is, whatever it is worth. */
    hasKeys: providers.length > 0,
    groups: [{ provider: '', names: routeNames }, ...groups].filter(({ names }) => names.length > 0),
    isLoading: lists.some(({ isLoading }) => isLoading),
    /** A name to begin with; empty while none is known. */
    proposed: best === undefined || proposed === '' ? '' : nameAt(best, proposed),
  };
}

export type ModelChoices = ReturnType<typeof useModelChoices>;

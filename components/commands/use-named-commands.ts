'use client';
import { useQuery } from '@tanstack/react-query';
import { Boxes, Route, Sparkles } from 'lucide-react';
import { useMemo } from 'react';
import { routesQuery } from '@/lib/client/model-routes';
import { providersQuery } from '@/lib/client/providers';
import { usedModelsQuery } from '@/lib/client/stats';
import type { Command } from './command';

/** What there are few of: providers, routes, and the models that were used lately. They are asked for when it opens. */
export function useNamedCommands(isOpen: boolean) {
  const providers = useQuery({ ...providersQuery, enabled: isOpen });
  const routes = useQuery({ ...routesQuery, enabled: isOpen });
  const models = useQuery({ ...usedModelsQuery, enabled: isOpen });
  const ofProviders = useMemo<readonly Command[]>(
    () =>
      (providers.data?.items ?? []).map(({ id, name, slug }) => ({
        id: `provider ${id}`,
        label: name,
        words: [slug],
        hint: name.toLowerCase() === slug ? undefined : slug,
        icon: Boxes,
        act: `/providers?open=edit&provider=${encodeURIComponent(id)}`,
      })),
    [providers.data],
  );
  const ofModels = useMemo<readonly Command[]>(
    () => [
      ...(routes.data?.items ?? []).map(({ name }) => ({
        id: `route ${name}`,
        label: name,
        icon: Route,
        act: `/models?open=edit&route=${encodeURIComponent(name)}`,
      })),
      ...(models.data?.items ?? []).flatMap(({ model }) =>
        model === null || model === ''
          ? []
          : [
              {
                id: `model ${model}`,
                label: model,
                icon: Sparkles,
                act: `/logs?model=${encodeURIComponent(model)}`,
              },
            ],
      ),
    ],
    [routes.data, models.data],
  );
  return {
    providers: ofProviders,
    models: ofModels,
    error: providers.error ?? routes.error ?? models.error,
  };
}

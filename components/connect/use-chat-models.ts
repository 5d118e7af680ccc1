'use client';
import { useQuery } from '@tanstack/react-query';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { chatModelOf, chatModelsOf, isRefusedByTest } from '@/lib/client/chat-models';
import { providerModelsQuery } from '@/lib/client/providers';
import { useMay } from '../shared/use-me';
import { useTasks } from '../tasks/task-provider';

export interface ChatModels {
  /** Those that chat, by name. */
  readonly models: readonly string[];
  /** A model to begin with; empty if none is known. */
  readonly proposed: string;
  /** How the list came to be: `none` is a provider without one, `notAsked` a role that may not ask: nothing is broken. */
  readonly list: 'loading' | 'there' | 'none' | 'notAsked';
  /** All that the list has. */
  readonly count: number;
}

/**
 * What the provider can be asked for, as it says itself. Without a list, the model that its keys are tested with,
 * unless the last test has shown that there is no such model.
 */
export function useChatModels(provider: ProviderItem | undefined): ChatModels {
  const mayAsk = useMay()('providers.models');
  const { data, isError } = useQuery({
    ...providerModelsQuery(provider?.id ?? ''),
    enabled: mayAsk && provider !== undefined && provider.keys.total > 0,
  });
  const testModel = useTestModel(provider);
  if (data === undefined) {
    const list = !mayAsk ? 'notAsked' : isError ? 'none' : 'loading';
    return { models: [], proposed: list === 'loading' ? '' : testModel, list, count: 0 };
  }
  const models = data.models.filter(({ isFiltered }) => !isFiltered).map(({ id }) => id);
  const proposed = data.models.length === 0 ? testModel : (chatModelOf(models, testModel) ?? '');
  return { models: chatModelsOf(models), proposed, list: 'there', count: models.length };
}

/** The model that keys are tested with; empty if the last test has shown that there is no such model. */
function useTestModel(provider: ProviderItem | undefined): string {
  const { items: tasks } = useTasks();
  if (provider === undefined) return '';
  const { testModel } = provider.effective;
  return isRefusedByTest(testModel, provider.slug, tasks) ? '' : testModel;
}

import { modelIdOf, modelsOf as listIn } from '../../openai/models/model-list';
import type { ModelsOutcome } from '../contract/providers';
import type { ModelsAnswer } from '../../probing/ask-models';

export interface ModelItem {
  readonly id: string;
  readonly ownedBy: string | null;
}

/** The models of an answer, by name; undefined if it is no list of models. */
export function modelsOf({ json }: ModelsAnswer): ModelItem[] | undefined {
  const models = listIn(json)?.flatMap((item: unknown): ModelItem[] => {
    const id = modelIdOf(item);
    const ownedBy = item instanceof Object ? (item as { owned_by?: unknown }).owned_by : undefined;
    return id === undefined ? [] : [{ id, ownedBy: typeof ownedBy === 'string' ? ownedBy : null }];
  });
  return models?.sort((a, b) => (a.id < b.id ? -1 : 1));
}

const TROUBLE = new Set([408, 425, 429]);
const KEY = new Set([401, 402, 403]);

/** What the answer to GET /models says about the address. A provider without a list is fine. */
export function outcomeOf(answer: ModelsAnswer): ModelsOutcome {
  const { status, json, isPage = false } = answer;
  if (status === undefined) return 'unreachable';
  if (status < 300) {
    if (modelsOf(answer) !== undefined) return 'models';
    return json === undefined ? 'not_an_api' : 'no_list';
  }
  if (status < 400) return 'not_an_api';
  if (KEY.has(status)) return 'key_refused';
  if (status >= 500 || TROUBLE.has(status)) return 'trouble';
  return isPage ? 'not_an_api' : 'no_list';
}

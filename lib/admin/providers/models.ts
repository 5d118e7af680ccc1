import { modelsOf as listIn } from '../../openai/model-list';
import type { AdminContext, ModelsAnswer } from '../context';
import { AdminError } from '../error';
import { requireProvider } from './find';

interface ModelItem {
  readonly id: string;
  readonly ownedBy: string | null;
}

/** Asks the provider which models it has. Throws `upstream_failed` in the provider's words. */
export async function askModels(context: AdminContext, { id }: { readonly id: string }) {
  const answer = await context.askModels(requireProvider(context, id).id, context.caller.signal);
  const models = modelsOf(answer);
  if (models === undefined) throw new AdminError('upstream_failed', answer.error ?? NO_LIST);
  return { models };
}

/** The same question, and how it went, whatever came back. */
export async function testProvider(context: AdminContext, { id }: { readonly id: string }) {
  const answer = await context.askModels(requireProvider(context, id).id, context.caller.signal);
  const models = modelsOf(answer);
  return {
    ok: models !== undefined,
    status: answer.status ?? null,
    latencyMs: Math.round(answer.latencyMs),
    message: models === undefined ? (answer.error ?? NO_LIST) : `answered with ${models.length} models`,
    modelCount: models?.length ?? null,
    key: answer.keyHint ?? null,
  };
}

const NO_LIST = 'The answer is no list of models.';

function modelsOf({ json }: ModelsAnswer): ModelItem[] | undefined {
  const models = listIn(json)?.flatMap((item: unknown): ModelItem[] => {
    if (typeof item === 'string') return [{ id: item, ownedBy: null }];
    if (typeof item !== 'object' || item === null) return [];
    const { id, owned_by: ownedBy } = item as { id?: unknown; owned_by?: unknown };
    return typeof id === 'string' ? [{ id, ownedBy: typeof ownedBy === 'string' ? ownedBy : null }] : [];
  });
  return models?.sort((a, b) => (a.id < b.id ? -1 : 1));
}

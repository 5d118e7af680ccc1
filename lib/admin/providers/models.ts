import { ModelFilter } from '../../openai/models/model-filter';
import type { AdminContext } from '../context';
import { AdminError } from '../error';
import { requireProvider } from './find';
import { modelsOf, outcomeOf } from './models-outcome';

const NO_LIST = 'The answer is no list of models.';

/** Asks the provider which models it has. Throws `upstream_failed` in the provider's words. */
export async function askModels(context: AdminContext, { id }: { readonly id: string }) {
  const answer = await context.askModels(requireProvider(context, id).id, context.caller.signal);
  const models = modelsOf(answer);
  if (models === undefined) throw new AdminError('upstream_failed', answer.error ?? NO_LIST);
  const filter = new ModelFilter(context.settings.current.FILTERED_MODELS);
  return { models: models.map((model) => ({ ...model, isFiltered: filter.has(model.id) })) };
}

/** The same question, and how it went, whatever came back. */
export async function testProvider(context: AdminContext, { id }: { readonly id: string }) {
  const answer = await context.askModels(requireProvider(context, id).id, context.caller.signal);
  const models = modelsOf(answer);
  return {
    ok: models !== undefined,
    outcome: outcomeOf(answer),
    status: answer.status ?? null,
    latencyMs: Math.round(answer.latencyMs),
    message: models === undefined ? (answer.error ?? NO_LIST) : `answered with ${models.length} models`,
    modelCount: models?.length ?? null,
    key: answer.keyHint ?? null,
  };
}

import type { EndpointInput } from '../contract/endpoint';
import type { tokensApi } from '../contract/tokens';
import type { AdminContext } from '../context';
import { TOKENS } from '../steps';
import { tokenItem } from './token-item';
import { surroundingsOf, tokenValues } from './surroundings';
import { plannedToken, refuseKnown, refuseTooMany, writeNew } from './write-tokens';

/** Makes a token, or takes one over whose value is given. Only this answer shows it. */
export async function createToken(context: AdminContext, input: EndpointInput<typeof tokensApi.create>) {
  const { caller, configuration, store } = context;
  const planned = plannedToken(input, surroundingsOf(context));
  const row = await configuration.change(async (editor) => {
    refuseTooMany(editor.inventory.clientTokens.length, 1);
    refuseKnown(tokenValues(context), planned);
    const created = await store.change(caller, async (write) => {
      const result = await writeNew(write, planned);
      const { rules } = result;
      const detail = { hint: result.hint, ...(rules !== null && { rules: Object.keys(rules) }) };
      return { entry: { action: 'tokens.create', target: input.name, detail }, notes: TOKENS, result };
    });
    await editor.reloadClientTokens();
    return created;
  });
  context.live.changed('tokens');
  return { token: planned.value, item: tokenItem(context, row) };
}

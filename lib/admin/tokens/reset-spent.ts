import type { TokenItem } from '../contract/tokens';
import type { AdminContext } from '../context';
import { AdminError } from '../error';
import { TOKENS } from '../steps';
import { findOwnToken } from './find';
import { surroundingsOf } from './surroundings';
import { periodOf } from './token-fields';
import { tokenItem } from './token-item';

/** From now on nothing of the budget is spent in this period. What is in flight counts when it ends. */
export async function resetSpent(context: AdminContext, { id }: { readonly id: string }): Promise<TokenItem> {
  const { configuration, store, caller, spending } = context;
  await configuration.change(async (editor) => {
    const token = findOwnToken(context, id);
    const period = periodOf(token.rules, surroundingsOf(context));
    if (period === '') throw new AdminError('not_allowed', 'This token has no budget.');
    const stored = await store.change(caller, async (write) => {
      const result = await write.clientTokens.resetSpent(id, period);
      const entry = { action: 'tokens.resetSpent', target: token.name, detail: { hint: token.hint } };
      return { entry, notes: TOKENS, result };
    });
    spending.reset(id, stored);
    await editor.reloadClientTokens();
  });
  context.live.changed('tokens');
  return tokenItem(context, findOwnToken(context, id));
}

import type { EndpointInput } from '../contract/endpoint';
import type { TokenItem, tokensApi } from '../contract/tokens';
import type { AdminContext } from '../context';
import { TOKENS } from '../steps';
import { findOwnToken } from './find';
import { surroundingsOf } from './surroundings';
import { tokenItem } from './token-item';
import { writePatch } from './write-tokens';

/** Changes what is given, all or nothing. Throws `conflict` for a token that was changed since it was read. */
export async function updateToken(
  context: AdminContext,
  { id, version, ...patch }: EndpointInput<typeof tokensApi.update>,
): Promise<TokenItem> {
  const { configuration, store, caller, spending } = context;
  await configuration.change(async (editor) => {
    const token = findOwnToken(context, id);
    const period = await store.change(caller, async (write) => {
      const result = await writePatch(write, token, patch, version ?? token.version, surroundingsOf(context));
      const entry = { action: 'tokens.update', target: token.name, detail: { fields: Object.keys(patch) } };
      return { entry, notes: TOKENS, result };
    });
    if (period !== undefined) spending.reset(id, period);
    await editor.reloadClientTokens();
  });
  context.live.changed('tokens');
  return tokenItem(context, findOwnToken(context, id));
}

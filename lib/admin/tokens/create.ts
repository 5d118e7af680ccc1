import { randomBytes } from 'node:crypto';
import type { AdminContext } from '../context';
import { AdminError, notFound } from '../error';
import { TOKENS } from '../steps';
import { tokenItems } from './list';

const TOKENS_MAX = 200;

/** Makes a token. Only this answer shows it. */
export async function createToken(context: AdminContext, { name }: { readonly name: string }) {
  const { caller, configuration, store } = context;
  const token = `sk-balance-${randomBytes(24).toString('base64url')}`;
  const row = await configuration.change(async (editor) => {
    // Each one is compared with on every request.
    if (editor.inventory.clientTokens.length >= TOKENS_MAX) {
      throw new AdminError('not_allowed', `There are ${TOKENS_MAX} tokens already; revoke some first.`);
    }
    const created = await store.change(caller, async (write) => {
      const result = await write.clientTokens.create(name, token);
      const entry = { action: 'tokens.create', target: name, detail: { hint: result.hint } };
      return { entry, notes: TOKENS, result };
    });
    await editor.reloadClientTokens();
    return created;
  });
  context.live.changed('tokens');
  const item = tokenItems(context).find(({ id }) => id === row.id);
  if (item === undefined) throw notFound('token');
  return { token, item };
}

import { randomBytes } from 'node:crypto';
import type { AdminContext } from '../context';
import { recordChange } from '../audit/record';
import { AdminError, notFound } from '../error';
import { tokenItems } from './list';

const TOKENS_MAX = 200;

/** Makes a token; this answer is the only one that shows it. */
export async function createToken(context: AdminContext, { name }: { readonly name: string }) {
  const { configuration, store } = context;
  const token = `sk-balance-${randomBytes(24).toString('base64url')}`;
  const row = await configuration.change(async (editor) => {
    // Each one is compared with on every request.
    if (editor.inventory.clientTokens.length >= TOKENS_MAX) {
      throw new AdminError('not_allowed', `There are ${TOKENS_MAX} tokens already; revoke some first.`);
    }
    const created = await store.clientTokens.create(name, token);
    await editor.reloadClientTokens();
    return created;
  });
  context.live.changed('tokens');
  await recordChange(context, { action: 'tokens.create', target: name, detail: { hint: row.hint } });
  const item = tokenItems(context).find(({ id }) => id === row.id);
  if (item === undefined) throw notFound('token');
  return { token, item };
}

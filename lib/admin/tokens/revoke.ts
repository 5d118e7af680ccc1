import type { AdminContext } from '../context';
import { TOKENS } from '../steps';
import { findOwnToken } from './find';

/** At once and for good; requests in flight go on. */
export async function revokeToken(context: AdminContext, { id }: { readonly id: string }) {
  const token = findOwnToken(context, id);
  await context.configuration.change(async (editor) => {
    await context.store.change(context.caller, async (write) => {
      await write.clientTokens.remove(id);
      const entry = { action: 'tokens.revoke', target: token.name, detail: { hint: token.hint } };
      return { entry, notes: TOKENS, result: undefined };
    });
    await editor.reloadClientTokens();
  });
  context.live.changed('tokens');
  return { ok: true as const };
}

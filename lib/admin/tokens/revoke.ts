import type { AdminContext } from '../context';
import { recordChange } from '../audit/record';
import { findOwnToken } from './find';

/** At once and for good; requests in flight go on. */
export async function revokeToken(context: AdminContext, { id }: { readonly id: string }) {
  const token = findOwnToken(context, id);
  await context.configuration.change(async (editor) => {
    await context.store.clientTokens.remove(id);
    await editor.reloadClientTokens();
  });
  context.live.changed('tokens');
  await recordChange(context, { action: 'tokens.revoke', target: token.name, detail: { hint: token.hint } });
  return { ok: true as const };
}

import type { AdminContext } from '../context';
import { notFound } from '../error';
import { TOKENS } from '../steps';
import { findOwnToken } from './find';
import { tokenItems } from './list';

export async function renameToken(
  context: AdminContext,
  { id, name }: { readonly id: string; readonly name: string },
) {
  const token = findOwnToken(context, id);
  await context.configuration.change(async (editor) => {
    await context.store.change(context.caller, async (write) => {
      await write.clientTokens.rename(id, name);
      const entry = { action: 'tokens.rename', target: token.name, detail: { name } };
      return { entry, notes: TOKENS, result: undefined };
    });
    await editor.reloadClientTokens();
  });
  context.live.changed('tokens');
  const item = tokenItems(context).find((candidate) => candidate.id === id);
  if (item === undefined) throw notFound('token');
  return item;
}

import type { AdminContext } from '../context';
import { recordChange } from '../audit/record';
import { notFound } from '../error';
import { findOwnToken } from './find';
import { tokenItems } from './list';

export async function renameToken(
  context: AdminContext,
  { id, name }: { readonly id: string; readonly name: string },
) {
  const token = findOwnToken(context, id);
  await context.configuration.change(async (editor) => {
    await context.store.clientTokens.rename(id, name);
    await editor.reloadClientTokens();
  });
  context.live.changed('tokens');
  await recordChange(context, { action: 'tokens.rename', target: token.name, detail: { name } });
  const item = tokenItems(context).find((candidate) => candidate.id === id);
  if (item === undefined) throw notFound('token');
  return item;
}

import type { AdminContext } from '../context';
import { recordChange } from '../audit/record';
import { AdminError } from '../error';
import { requireProvider } from './find';

/** Deletes a provider and its keys for good. One that the settings describe would come back, so it is refused. */
export async function deleteProvider(context: AdminContext, { id }: { readonly id: string }) {
  const row = requireProvider(context, id);
  if (row.source === 'environment') {
    throw new AdminError(
      'not_allowed',
      'This provider comes from the settings: take it out there, or disable it here.',
    );
  }
  const keys = context.configuration.inventory.keys.get(row.id)?.size ?? 0;
  await context.configuration.change(async (editor) => {
    await context.store.providers.remove(row.id);
    await editor.reloadProviders();
  });
  context.live.changed('providers', 'keys');
  await recordChange(context, { action: 'providers.delete', target: row.slug, detail: { keys } });
  return { ok: true as const };
}

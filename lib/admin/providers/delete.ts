import type { AdminContext } from '../context';
import { AdminError } from '../error';
import { INVENTORY } from '../steps';
import { requireProvider } from './find';

/** Deletes a provider and its keys for good. A provider of the settings is refused: it would come back. */
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
    await context.store.change(context.caller, async (write) => {
      await write.providers.remove(row.id);
      const entry = { action: 'providers.delete', target: row.slug, detail: { keys } };
      return { entry, notes: INVENTORY, result: undefined };
    });
    await editor.reloadProviders();
  });
  context.live.changed('providers', 'keys');
  return { ok: true as const };
}

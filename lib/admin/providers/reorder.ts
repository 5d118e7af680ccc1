import type { AdminContext } from '../context';
import { wrongField } from '../error';
import { PROVIDERS } from '../steps';
import { listProviders } from './list';

/** Puts the providers in this order; those that are not named come after, in the order they have. */
export async function reorderProviders(context: AdminContext, { ids }: { readonly ids: readonly string[] }) {
  const { caller, configuration, store } = context;
  await configuration.change(async (editor) => {
    const rows = new Map(editor.inventory.providers.map((row) => [row.id, row]));
    for (const [index, id] of ids.entries()) {
      if (!rows.has(id)) throw wrongField(`ids.${index}`, 'there is no such provider');
    }
    const order = [...new Set([...ids, ...rows.keys()])];
    await store.change(caller, async (write) => {
      for (const [position, id] of order.entries()) {
        if (rows.get(id)?.position !== position) await write.providers.update(id, { position });
      }
      const entry = { action: 'providers.reorder', target: `${ids.length} providers` };
      return { entry, notes: PROVIDERS, result: undefined };
    });
    await editor.reloadProviders();
  });
  context.live.changed('providers');
  return listProviders(context);
}

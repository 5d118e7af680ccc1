import type { AuditEntry } from '../../auth/asker';
import type { AdminContext } from '../context';
import { INVENTORY } from '../steps';
import { findProxy } from './find';

export async function deleteProxy(context: AdminContext, { id }: { readonly id: string }) {
  const { row } = findProxy(context, id);
  await removeProxies(context, [id], { action: 'proxies.delete', target: row.hint });
  return { ok: true as const };
}

/** Their keys, pinned ones too, go through others. Providers with proxies of their own forget them. */
export async function removeProxies(
  { caller, configuration, store, live }: AdminContext,
  ids: readonly string[],
  entry: AuditEntry,
): Promise<void> {
  const gone = new Set(ids);
  await configuration.change(async (editor) => {
    await store.change(caller, async (write) => {
      await write.egress.removeMany(ids);
      for (const { id, egress } of editor.inventory.providers) {
        if (egress.mode !== 'own' || !egress.egressIds.some((egressId) => gone.has(egressId))) continue;
        const egressIds = egress.egressIds.filter((egressId) => !gone.has(egressId));
        await write.providers.update(id, { egress: { mode: 'own', egressIds } });
      }
      return { entry, notes: INVENTORY, result: undefined };
    });
    const pinned = [...editor.inventory.keys.values()].flatMap((rows) =>
      [...rows.values()].filter(({ egressId }) => egressId !== null && gone.has(egressId)),
    );
    for (const row of pinned) editor.replaceKey({ ...row, egressId: null });
    await editor.reloadEgresses();
    await editor.reloadProviders();
  });
  live.changed('proxies', 'providers');
}

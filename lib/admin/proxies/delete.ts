import type { AdminContext } from '../context';
import { recordChange } from '../audit/record';
import { findProxy } from './find';

export async function deleteProxy(context: AdminContext, { id }: { readonly id: string }) {
  const { row } = findProxy(context, id);
  await removeProxies(context, [id]);
  await recordChange(context, { action: 'proxies.delete', target: row.hint });
  return { ok: true as const };
}

/** Their keys, pinned ones too, go through others. Providers with proxies of their own forget them. */
export async function removeProxies(
  { configuration, store, live }: AdminContext,
  ids: readonly string[],
): Promise<void> {
  const gone = new Set(ids);
  await configuration.change(async (editor) => {
    await store.egress.removeMany(ids);
    for (const { id, egress } of editor.inventory.providers) {
      if (egress.mode !== 'own' || !egress.egressIds.some((egressId) => gone.has(egressId))) continue;
      const egressIds = egress.egressIds.filter((egressId) => !gone.has(egressId));
      await store.providers.update(id, { egress: { mode: 'own', egressIds } });
    }
    const pinned = [...editor.inventory.keys.values()].flatMap((rows) =>
      [...rows.values()].filter(({ egressId }) => egressId !== null && gone.has(egressId)),
    );
    for (const row of pinned) editor.replaceKey({ ...row, egressId: null });
    await editor.reloadEgresses();
    await editor.reloadProviders();
  });
  live.changed('proxies', 'providers');
}

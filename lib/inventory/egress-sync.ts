import { egressHint } from '../config/values/egress-url';
import type { EgressRow } from '../store/rows';
import type { NewEgress } from '../store/egress/egress-row';
import type { Store } from '../store/open-store';
import type { PlannedProvider } from './provider-plan';

/**
 * Brings the stored egress proxies in line with PROXIES and the lists of single providers. Proxies that came from the
 * settings and vanished from them are removed; those added in the dashboard never are. Returns all there are now.
 */
export async function syncEgress(
  store: Pick<Store, 'egress' | 'upkeep'>,
  current: readonly EgressRow[],
  plan: readonly Pick<PlannedProvider, 'proxies'>[],
  shared: readonly string[],
): Promise<readonly EgressRow[]> {
  const isSharedByUrl = new Map<string, boolean>();
  for (const { proxies } of plan) {
    if (typeof proxies === 'string') continue;
    for (const url of proxies) isSharedByUrl.set(url, false);
  }
  for (const url of shared) isSharedByUrl.set(url, true);

  const gone = current.filter((row) => row.source === 'environment' && !isSharedByUrl.has(row.url));
  if (gone.length > 0) await store.upkeep.egress.removeMany(gone.map((row) => row.id));
  const known = new Map(current.map((row) => [row.url, row]));
  const missing: NewEgress[] = [];
  for (const [url, isShared] of isSharedByUrl) {
    const row = known.get(url);
    if (row === undefined) missing.push({ url, hint: egressHint(url), source: 'environment', isShared });
    else if (row.isShared !== isShared) await store.upkeep.egress.update(row.id, { isShared });
  }
  if (missing.length > 0) await store.upkeep.egress.createMany(missing);
  return store.egress.list(() => undefined);
}

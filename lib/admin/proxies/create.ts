import type { NewEgress } from '../../store/egress/egress-row';
import type { EndpointInput } from '../contract/endpoint';
import type { proxiesApi } from '../contract/proxies';
import type { AdminContext } from '../context';
import { AdminError } from '../error';
import { PROXIES } from '../steps';
import { allProxies, proxyItems } from './find';
import { parseProxies } from './parse-proxies';

const PROXIES_MAX = 10_000;

/** Adds the proxies of a text; those that are there already are left alone. */
export async function createProxies(
  context: AdminContext,
  { text, isShared, note }: EndpointInput<typeof proxiesApi.create>,
) {
  const { proxies, invalid } = parseProxies(text);
  const addedIds = await context.configuration.change(async (editor) => {
    const known = new Set(editor.inventory.egresses.map(({ url }) => url));
    const fresh = new Map(proxies.filter(({ url }) => !known.has(url)).map((proxy) => [proxy.url, proxy]));
    if (known.size + fresh.size > PROXIES_MAX) {
      throw new AdminError('not_allowed', `There can be ${PROXIES_MAX} proxies at most.`);
    }
    if (fresh.size === 0) return new Set<string>();
    const wanted = [...fresh.values()].map(({ url, hint }): NewEgress => ({
      url,
      hint,
      source: 'dashboard',
      isShared,
      note,
    }));
    const rows = await context.store.change(context.caller, async (write) => {
      const result = await write.egress.createMany(wanted);
      if (result.length === 0) return { entry: undefined, result };
      const entry = { action: 'proxies.create', target: `${result.length} proxies` };
      return { entry, notes: PROXIES, result };
    });
    await editor.reloadEgresses();
    return new Set(rows.map(({ id }) => id));
  });
  if (addedIds.size > 0) context.live.changed('proxies');
  const added = await proxyItems(
    context,
    allProxies(context).filter(({ row }) => addedIds.has(row.id)),
  );
  return { added, duplicates: proxies.length - addedIds.size, invalid };
}

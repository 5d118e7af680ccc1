import type { EgressState } from '../../balancer/egress/state';
import type { EgressRow } from '../../store/rows';
import type { ProxyItem } from '../contract/proxies';
import type { AdminContext } from '../context';
import { notFound } from '../error';
import { countBoundKeys, proxyItem } from './proxy-item';

export interface LiveProxy {
  readonly row: EgressRow;
  readonly state: EgressState;
}

/** All proxies, in the order they were added. */
export function allProxies({
  configuration,
  egresses,
}: Pick<AdminContext, 'configuration' | 'egresses'>): LiveProxy[] {
  return configuration.inventory.egresses.flatMap((row) => {
    const state = egresses.get(row.id);
    return state === undefined ? [] : [{ row, state }];
  });
}

/** Throws `not_found`. */
export function findProxy(context: Pick<AdminContext, 'configuration' | 'egresses'>, id: string): LiveProxy {
  const proxy = allProxies(context).find(({ row }) => row.id === id);
  if (proxy === undefined) throw notFound('proxy');
  return proxy;
}

/** What may be shown of proxies, with how many keys go through each. */
export async function proxyItems(context: AdminContext, proxies: readonly LiveProxy[]): Promise<ProxyItem[]> {
  const bound = await countBoundKeys(context.pools.values(), context.egresses, context.liveTime.now());
  return proxies.map(({ row, state }) => proxyItem(row, state, bound.get(row.id) ?? 0, context.liveTime));
}

export async function readProxy(context: AdminContext, { id }: { readonly id: string }): Promise<ProxyItem> {
  const [item] = await proxyItems(context, [findProxy(context, id)]);
  if (item === undefined) throw notFound('proxy');
  return item;
}

import type { Gone } from '../contract/logs';
import type { AdminContext } from '../context';

interface Named {
  /** Slug. */
  readonly provider?: string | null;
  readonly keyId?: string | null;
  readonly egressId?: string | null;
}
export type GoneOf = (row: Named) => Gone;

/** Tells what of a row is there no more. As things are when it is made. */
export function goneOf({ configuration }: Pick<AdminContext, 'configuration'>): GoneOf {
  const { providers, keys, egresses } = configuration.inventory;
  const slugs = new Set(providers.map(({ slug }) => slug));
  const proxies = new Set(egresses.map(({ id }) => id));
  const pools = [...keys.values()];
  const isGone = (name: string | null | undefined, isThere: (name: string) => boolean) =>
    typeof name === 'string' && name !== '' && !isThere(name);
  return ({ provider, keyId, egressId }) => {
    const gone: Gone = [];
    if (isGone(provider, (slug) => slugs.has(slug))) gone.push('provider');
    if (isGone(keyId, (id) => pools.some((pool) => pool.has(id)))) gone.push('key');
    if (isGone(egressId, (id) => proxies.has(id))) gone.push('proxy');
    return gone;
  };
}

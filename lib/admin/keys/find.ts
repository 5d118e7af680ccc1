import type { AdminContext } from '../context';
import { notFound, wrongField } from '../error';
import { findProvider } from '../providers/find';
import type { LiveKey } from './key-item';

type Known = Pick<AdminContext, 'configuration' | 'pools'>;

/** Throws `not_found`. */
export function findKey(context: Known, id: string): LiveKey {
  const key = lookUpKey(context, id);
  if (key === undefined) throw notFound('key');
  return key;
}

export function lookUpKey({ configuration, pools }: Known, id: string): LiveKey | undefined {
  for (const [providerId, rows] of configuration.inventory.keys) {
    const row = rows.get(id);
    const pool = pools.get(providerId);
    const state = pool?.key(id);
    if (row !== undefined && pool !== undefined && state !== undefined) {
      return { row, state, provider: pool.config.provider };
    }
  }
  return undefined;
}

/** Every key, provider by provider in their order, each in the order it was added. */
export function* allKeys({ configuration, pools }: Known, providerId?: string): Generator<LiveKey> {
  const { providers, keys } = configuration.inventory;
  for (const { id } of providers) {
    const pool = pools.get(id);
    const rows = keys.get(id);
    if (pool === undefined || rows === undefined || (providerId ?? id) !== id) continue;
    const { provider } = pool.config;
    for (const row of rows.values()) {
      const state = pool.key(row.id);
      if (state !== undefined) yield { row, state, provider };
    }
  }
}

/** The provider of that slug, as a field of the input. */
export function providerOfField(context: Known, field: string, slug: string) {
  const provider = findProvider(context, slug);
  if (provider === undefined) throw wrongField(field, `there is no provider '${slug}'`);
  return provider;
}

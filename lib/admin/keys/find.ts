import type { KeyState } from '../../balancer/pool/key-state';
import type { Pool } from '../../balancer/pool/pool';
import type { ApiKeyRow } from '../../store/keys/key-row';
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
    if (pool !== undefined && rows !== undefined && (providerId ?? id) === id) yield* liveKeys(pool, rows);
  }
}

interface Joined {
  readonly provider: string;
  readonly keys: readonly LiveKey[];
}

/** By the list of a pool's keys, which is another one after each change of a key or its row. */
const joined = new WeakMap<readonly KeyState[], Joined>();

/** Puts them together once for each change: to look up thousands costs more than what is then done with them. */
function* liveKeys(pool: Pool, rows: ReadonlyMap<string, ApiKeyRow>): Generator<LiveKey> {
  const { config, keys: members } = pool;
  const known = joined.get(members);
  if (known?.provider === config.provider) {
    yield* known.keys;
    return;
  }
  const keys: LiveKey[] = [];
  for (const state of members) {
    const row = rows.get(state.config.keyId);
    if (row === undefined) continue;
    const key = { row, state, provider: config.provider };
    keys.push(key);
    yield key;
  }
  joined.set(members, { provider: config.provider, keys });
}

/** The provider of that slug, as a field of the input. */
export function providerOfField(context: Known, field: string, slug: string) {
  const provider = findProvider(context, slug);
  if (provider === undefined) throw wrongField(field, `there is no provider '${slug}'`);
  return provider;
}

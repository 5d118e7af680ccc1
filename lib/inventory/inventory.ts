import { egressHint } from '../config/values/egress-url';
import type { ApiKeyRow } from '../store/keys/key-row';
import type { ClientTokenRow } from '../store/client-token-row';
import type { EgressRow, ProviderRow } from '../store/rows';
import type { Store } from '../store/open-store';

/**
 * By key id, in the order they were added. The live state in the rows is that of when they were read: pools know
 * better.
 */
export type KeyRows = Map<string, ApiKeyRow>;

/** Where the store remembers which plan of the settings it was last brought in line with. */
export const SYNCED_SETTING = 'providers_synced';

type Read = Pick<Store, 'providers' | 'keys' | 'egress' | 'clientTokens' | 'settings'>;

/** What stands in the store. */
interface Stored {
  readonly providers: readonly ProviderRow[];
  /** By provider id. Single keys come and go in place: a delta, of which the pools are told one by one. */
  readonly keys: Map<string, KeyRows>;
  readonly egresses: readonly EgressRow[];
  readonly clientTokens: readonly ClientTokenRow[];
  /** The plan of the settings that all this was last brought in line with. */
  readonly syncedAs: string | undefined;
}

/**
 * Providers, keys, egress proxies and client tokens as they stand in the store. The configuration is the only writer.
 */
export interface Inventory extends Stored {
  /** Grows when the keys were replaced as a whole: then each may be another one. */
  readonly keysVersion: number;
  readonly egressesVersion: number;
}

export async function loadInventory(
  store: Read,
  onUnreadable: (what: string, id: string) => void,
): Promise<Inventory> {
  return { ...(await readStored(store, onUnreadable)), keysVersion: 1, egressesVersion: 1 };
}

/** The same with everything read again. */
export async function reloadInventory(
  store: Read,
  inventory: Inventory,
  onUnreadable: (what: string, id: string) => void,
): Promise<Inventory> {
  return replaceIn(inventory, await readStored(store, onUnreadable));
}

/** The same with these parts replaced as a whole. */
export function replaceIn(inventory: Inventory, parts: Partial<Stored>): Inventory {
  return {
    ...inventory,
    ...parts,
    egresses: parts.egresses?.map(withHint) ?? inventory.egresses,
    keysVersion: inventory.keysVersion + (parts.keys === undefined ? 0 : 1),
    egressesVersion: inventory.egressesVersion + (parts.egresses === undefined ? 0 : 1),
  };
}

async function readStored(store: Read, onUnreadable: (what: string, id: string) => void): Promise<Stored> {
  // First: what is brought in line while the rest is read has to be read again.
  const settings = await store.settings.list(() => undefined);
  const syncedAs = settings.find(({ name }) => name === SYNCED_SETTING)?.value ?? undefined;
  const providers = await store.providers.list((id) => onUnreadable('provider', id));
  const keys = new Map<string, KeyRows>();
  for (const key of await store.keys.loadAll((id) => onUnreadable('key', id))) {
    const siblings = keys.get(key.providerId);
    if (siblings === undefined) keys.set(key.providerId, new Map([[key.id, key]]));
    else siblings.set(key.id, key);
  }
  const egresses = (await store.egress.list((id) => onUnreadable('proxy', id))).map(withHint);
  const clientTokens = await store.clientTokens.list((id) => onUnreadable('client token', id));
  return { providers, keys, egresses, clientTokens, syncedAs };
}

/** A hint that an earlier version has stored may tell more than may be shown now. */
function withHint(row: EgressRow): EgressRow {
  const hint = URL.canParse(row.url) ? egressHint(row.url) : row.hint;
  return hint === row.hint ? row : { ...row, hint };
}

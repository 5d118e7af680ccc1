import type { ApiKeyRow } from '../store/keys/key-row';
import type { Store } from '../store/open-store';
import { reloadInventory, replaceIn, type Inventory, type KeyRows } from './inventory';
import type { Providers } from './providers';

/**
 * Puts in force what has just been written to the store. Keys come and go at once and one by one, however many others
 * there are; providers, proxies and tokens when the change is over.
 */
export class InventoryEditor {
  #inventory: Inventory;
  #isStructural = false;

  constructor(
    private readonly store: Pick<Store, 'providers' | 'keys' | 'egress' | 'clientTokens' | 'settings'>,
    inventory: Inventory,
    private readonly providers: Providers,
  ) {
    this.#inventory = inventory;
  }

  get inventory(): Inventory {
    return this.#inventory;
  }

  /** A change for which the gateway has to be configured again. */
  get isStructural(): boolean {
    return this.#isStructural;
  }

  /** Adds keys, with the live state that their rows have. Those whose provider is gone are passed over. */
  addKeys(rows: readonly ApiKeyRow[]): void {
    for (const [providerId, added] of groupByProvider(rows)) {
      const pool = this.providers.pools.get(providerId);
      if (pool === undefined) continue;
      const known = this.#keysOf(providerId);
      for (const row of added) known.set(row.id, row);
      this.providers.addKeys(pool, added);
    }
  }

  removeKeys(rows: readonly ApiKeyRow[]): void {
    for (const [providerId, removed] of groupByProvider(rows)) {
      const known = this.#keysOf(providerId);
      for (const { id } of removed) known.delete(id);
      this.providers.pools.get(providerId)?.removeKeys(new Set(removed.map(({ id }) => id)));
    }
  }

  /** Gives a key its new row; its live state stays. */
  replaceKey(row: ApiKeyRow): void {
    this.addKeys([row]);
  }

  /** Takes over these keys as they stand in the store: new ones, others, and those that are gone or were moved. */
  async reloadKeys(
    keyIds: readonly string[],
    onUnreadable: (what: string, id: string) => void,
  ): Promise<void> {
    const rows = await this.store.keys.load(keyIds, (id) => onUnreadable('key', id));
    const homes = new Map(rows.map(({ id, providerId }) => [id, providerId]));
    const gone = [...this.#inventory.keys.values()].flatMap((known) =>
      keyIds.flatMap((id) => {
        const row = known.get(id);
        return row === undefined || row.providerId === homes.get(id) ? [] : [row];
      }),
    );
    this.removeKeys(gone);
    this.addKeys(rows);
  }

  async reloadProviders(): Promise<void> {
    this.#reload({ providers: await this.store.providers.list(() => undefined) });
  }

  async reloadEgresses(): Promise<void> {
    this.#reload({ egresses: await this.store.egress.list(() => undefined) });
  }

  async reloadClientTokens(): Promise<void> {
    this.#reload({ clientTokens: await this.store.clientTokens.list(() => undefined) });
  }

  /** Everything; the live state of keys that are known stays. `onUnreadable` is told what cannot be decrypted. */
  async reloadAll(onUnreadable: (what: string, id: string) => void): Promise<void> {
    this.#inventory = await reloadInventory(this.store, this.#inventory, onUnreadable);
    this.#isStructural = true;
  }

  #reload(part: Parameters<typeof replaceIn>[1]): void {
    this.#inventory = replaceIn(this.#inventory, part);
    this.#isStructural = true;
  }

  #keysOf(providerId: string): KeyRows {
    const { keys } = this.#inventory;
    const known = keys.get(providerId) ?? new Map<string, ApiKeyRow>();
    keys.set(providerId, known);
    return known;
  }
}

function groupByProvider(rows: readonly ApiKeyRow[]): ReadonlyMap<string, ApiKeyRow[]> {
  const groups = new Map<string, ApiKeyRow[]>();
  for (const row of rows) {
    const group = groups.get(row.providerId);
    if (group === undefined) groups.set(row.providerId, [row]);
    else group.push(row);
  }
  return groups;
}

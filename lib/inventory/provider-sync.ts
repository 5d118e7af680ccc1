import { createHash } from 'node:crypto';
import { shapedKey, type ApiKeyRow } from '../store/keys/key-row';
import type { EgressRow, ProviderEgress, ProviderRow, SettingRow } from '../store/rows';
import type { Store } from '../store/open-store';
import { syncEgress } from './egress-sync';
import { changedOptions, readSaidOptions, saidOptions, type SaidOptions } from './key-options';
import { inTurn } from './in-turn';
import { reloadInventory, replaceIn, SYNCED_SETTING, type Inventory, type KeyRows } from './inventory';
import type { PlannedProvider } from './provider-plan';

/** Where the store remembers what the last plan said of single keys. */
const SAID_SETTING = 'key_options_synced';
/** Marks what vanished from the settings among the discarded keys. */
const VANISHED = 'settings';
/** So long does a key that vanished keep its state: if it returns, it is the same key again. */
export const VANISHED_KEPT_MS = 600_000;

/**
 * Brings the store in line with what the settings describe, if that changed since the last time; so what the dashboard
 * changed afterwards stays. Keys that came from the settings and vanished from them are removed, keys added in the
 * dashboard never are. A key or a provider that returns within ten minutes is the same as before, with its state and
 * counters. Safe to repeat after an interruption. Of several instances one at a time does it; what another has done
 * meanwhile is taken over.
 */
export async function syncProviders(
  store: Store,
  inventory: Inventory,
  plan: readonly PlannedProvider[],
  now: number,
  proxies: readonly string[] = [],
  flushKeyStates: () => Promise<void> = () => Promise.resolve(),
): Promise<Inventory> {
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([plan, proxies]))
    .digest('hex');
  const upToDate = async (synced: string | undefined): Promise<Inventory> =>
    synced === inventory.syncedAs ? inventory : reloadInventory(store, inventory, () => undefined);
  const before = await remembered(store);
  if (before.synced === fingerprint) return upToDate(fingerprint);
  return inTurn(store.leases, 'providers', async () => {
    const { synced, said } = await remembered(store);
    const known = await upToDate(synced);
    if (synced === fingerprint) return known;
    // What is removed and what comes back have their state in the store alone.
    await flushKeyStates();
    return bringInLine({ store, now, saidBefore: readSaidOptions(said) }, known, {
      plan,
      proxies,
      fingerprint,
    });
  });
}

async function remembered(store: Store) {
  const rows = await store.settings.list(() => undefined);
  const valueOf = (name: string) => rows.find((row) => row.name === name)?.value ?? undefined;
  return { synced: valueOf(SYNCED_SETTING), said: valueOf(SAID_SETTING) };
}

interface Wanted {
  readonly plan: readonly PlannedProvider[];
  readonly proxies: readonly string[];
  readonly fingerprint: string;
}

async function bringInLine(
  keySync: KeySync,
  inventory: Inventory,
  { plan, proxies, fingerprint }: Wanted,
): Promise<Inventory> {
  const { store, now } = keySync;
  const egresses = await syncEgress(store, await store.egress.list(() => undefined), plan, proxies);
  const keys = new Map(inventory.keys);
  for (const [position, planned] of plan.entries()) {
    const egress = egressOf(planned, egresses);
    const id = await upsertProvider(store, inventory.providers, planned, { egress, position, now });
    keys.set(id, await syncKeys(keySync, id, valuesOf(keys.get(id)), planned.keys));
  }
  const slugs = new Set(plan.map((planned) => planned.slug));
  for (const row of inventory.providers) {
    if (row.source !== 'environment' || slugs.has(row.slug)) continue;
    const left = await syncKeys(keySync, row.id, valuesOf(keys.get(row.id)), []);
    keys.set(row.id, left);
    if (left.size > 0) await store.upkeep.providers.update(row.id, { source: 'dashboard' });
    else await store.upkeep.providers.discard(row.id);
  }
  await store.keepUp(async (write) => {
    await write.settings.saveMany([
      rememberedRow(SYNCED_SETTING, fingerprint, now),
      rememberedRow(SAID_SETTING, saidOptions(plan), now),
    ]);
    // Others with the same settings find that nothing is left to do.
    return [{ kind: 'inventory' }];
  });
  return replaceIn(inventory, {
    providers: await store.providers.list(() => undefined),
    keys,
    egresses,
    syncedAs: fingerprint,
  });
}

function rememberedRow(name: string, value: string, now: number): SettingRow {
  return {
    name,
    value,
    source: 'environment',
    appliedEnvironment: null,
    appliedFile: null,
    updatedAt: now,
  };
}

function egressOf({ proxies }: PlannedProvider, egresses: readonly EgressRow[]): ProviderEgress {
  if (proxies === 'shared' || proxies === 'direct') return { mode: proxies };
  const own = new Set(proxies);
  return { mode: 'own', egressIds: egresses.filter((row) => own.has(row.url)).map((row) => row.id) };
}

async function upsertProvider(
  store: Store,
  rows: readonly ProviderRow[],
  { keys: _keys, proxies: _proxies, ...fields }: PlannedProvider,
  {
    egress,
    position,
    now,
  }: { readonly egress: ProviderEgress; readonly position: number; readonly now: number },
): Promise<string> {
  const known =
    rows.find((candidate) => candidate.slug === fields.slug)?.id ??
    (await store.upkeep.providers.restore(fields.slug, now - VANISHED_KEPT_MS));
  const { limits = null, auth = 'bearer', query = {} } = fields;
  const input = { ...fields, limits, auth, query, egress, source: 'environment' as const, position };
  if (known !== undefined) {
    await store.upkeep.providers.update(known, input);
    return known;
  }
  try {
    return (await store.upkeep.providers.create(input)).id;
  } catch (error) {
    // It may be there already: by another instance with the same settings, or by a run of ours that broke off.
    const rival = (await store.providers.list(() => undefined)).find(({ slug }) => slug === fields.slug);
    if (rival === undefined) throw error;
    await store.upkeep.providers.update(rival.id, input);
    return rival.id;
  }
}

interface KeySync {
  readonly store: Store;
  readonly now: number;
  readonly saidBefore: SaidOptions;
}

async function syncKeys(
  { store, now, saidBefore }: KeySync,
  providerId: string,
  current: readonly ApiKeyRow[],
  wanted: PlannedProvider['keys'],
): Promise<KeyRows> {
  const wantedByValue = new Map(wanted.map((key) => [key.value, key]));
  const isGone = (key: ApiKeyRow): boolean => key.source === 'environment' && !wantedByValue.has(key.value);
  const gone = current.filter(isGone);
  if (gone.length > 0) {
    await store.upkeep.keys.discard(
      gone.map((key) => key.id),
      VANISHED,
    );
  }
  const revived = await store.upkeep.keys.revive({
    providerId,
    values: [...wantedByValue.keys()],
    deletionId: VANISHED,
    notBeforeMs: now - VANISHED_KEPT_MS,
  });

  const kept: ApiKeyRow[] = [];
  for (const key of [...current, ...revived]) {
    if (isGone(key)) continue;
    const planned = wantedByValue.get(key.value);
    const changed = planned === undefined ? {} : changedOptions(key, planned, saidBefore);
    const isChanged = Object.keys(changed).length > 0;
    if (isChanged) await store.upkeep.keys.update(key.id, changed);
    kept.push(isChanged ? shapedKey({ ...key, ...changed }) : key);
    wantedByValue.delete(key.value);
  }
  // Those that came back stand where they stood.
  if (revived.length > 0) kept.sort((a, b) => (a.id < b.id ? -1 : 1));
  if (wantedByValue.size === 0) return byId(kept);
  const wantedKeys = [...wantedByValue.values()];
  const { added, duplicates } = await store.upkeep.keys.importMany(providerId, wantedKeys, 'environment');
  if (duplicates === 0) return byId([...kept, ...added]);
  // Keys that were added meanwhile count too.
  const all = await store.keys.loadAll(() => undefined);
  return byId(all.filter((key) => key.providerId === providerId));
}

function byId(keys: readonly ApiKeyRow[]): KeyRows {
  return new Map(keys.map((key) => [key.id, key]));
}

function valuesOf(keys: KeyRows | undefined): ApiKeyRow[] {
  return [...(keys?.values() ?? [])];
}

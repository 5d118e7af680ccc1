import type { EgressBinding } from '../balancer/egress/binding';
import type { Egresses } from '../balancer/egress/egresses';
import type { Company } from '../balancer/limits/company';
import type { BalancerEvents } from '../balancer/events';
import type { KeyConfig, SavedKeyState } from '../balancer/pool/key-state';
import { Pool, type PoolConfig } from '../balancer/pool/pool';
import { SELECTION_POLICIES } from '../balancer/policies/all';
import type { Random } from '../balancer/ports';
import type { Settings } from '../config/settings';
import { keyHeaderOf } from '../config/values/key-auth';
import type { GatewayProvider } from '../gateway/config';
import type { ApiKeyRow } from '../store/keys/key-row';
import type { ProviderRow } from '../store/rows';
import { keyHint } from '../balancer/attribution/key-hint';
import { disabledOf } from './disabled-of';
import { configureEgresses, egressBindings } from './egress-bindings';
import type { Inventory, KeyRows } from './inventory';
import { pastTime, restoredDeadline, type RestoreTime } from './restored-times';

/**
 * The providers with their pools. A pool lives as long as its provider, so live state outlasts every reconfiguration.
 */
export class Providers {
  readonly #pools = new Map<string, Pool>();
  /** What the pools and proxies have. */
  #applied: Pick<Inventory, 'keysVersion' | 'egressesVersion'> = { keysVersion: 0, egressesVersion: 0 };

  constructor(
    private readonly random: Random,
    private readonly events: BalancerEvents,
    readonly egresses: Egresses,
    private readonly time: RestoreTime,
    /** The instances that use the same keys. */
    private readonly company?: Company,
  ) {}

  get pools(): ReadonlyMap<string, Pool> {
    return this.#pools;
  }

  /** By the provider's slug. */
  poolOf(slug: string): Pool | undefined {
    for (const pool of this.#pools.values()) if (pool.config.provider === slug) return pool;
    return undefined;
  }

  /** The providers for the gateway, by slug. Pools get their new keys only if the inventory has another set of them. */
  compile(inventory: Inventory, settings: Settings): Map<string, GatewayProvider> {
    const hasNewKeys = inventory.keysVersion !== this.#applied.keysVersion;
    if (inventory.egressesVersion !== this.#applied.egressesVersion) {
      configureEgresses(this.egresses, inventory.egresses, this.time);
    }
    this.#applied = inventory;
    const binding = egressBindings(inventory.egresses, settings.PROXIES_USE_CONSISTENCY_HASH_BY_API_KEY);
    const providers = new Map<string, GatewayProvider>();
    const ids = new Set<string>();
    for (const row of inventory.providers) {
      ids.add(row.id);
      const isNew = !this.#pools.has(row.id);
      const pool = this.#poolOf(row, settings, binding(row.egress));
      if (isNew || hasNewKeys) setKeys(pool, inventory.keys.get(row.id), this.time);
      providers.set(row.slug, gatewayProvider(row, pool, settings));
    }
    for (const id of this.#pools.keys()) if (!ids.has(id)) this.#pools.delete(id);
    return providers;
  }

  /** Adds the keys of these rows, with the state that the rows have, and leaves the pool's others alone. */
  addKeys(pool: Pool, rows: readonly ApiKeyRow[]): void {
    const byId = new Map(rows.map((row) => [row.id, row]));
    pool.addKeys(rows.map(keyConfig), (keyId) => savedState(byId.get(keyId), this.time));
  }

  #poolOf(row: ProviderRow, settings: Settings, egress: EgressBinding): Pool {
    const config = { ...poolConfig(row, settings, egress), company: this.company };
    const known = this.#pools.get(row.id);
    if (known !== undefined) {
      known.configure(config);
      return known;
    }
    const pool = new Pool(config, this.random, this.events, this.egresses);
    this.#pools.set(row.id, pool);
    return pool;
  }
}

function poolConfig(row: ProviderRow, settings: Settings, egress: EgressBinding): PoolConfig {
  const policy = SELECTION_POLICIES.find((name) => name === row.selectionPolicy);
  return {
    provider: row.slug,
    maxRetries: row.maxRetries ?? settings.MAX_RETRIES,
    maxFailures: row.maxFailures ?? settings.MAX_FAILURES,
    cooldownMs: settings.COOLDOWN_SECONDS * 1000,
    policy: policy ?? settings.SELECTION_POLICY,
    egress,
    limits: row.limits ?? undefined,
  };
}

function gatewayProvider(row: ProviderRow, pool: Pool, settings: Settings): GatewayProvider {
  return {
    slug: row.slug,
    isEnabled: row.isEnabled,
    pool,
    target: {
      provider: row.slug,
      baseUrl: row.baseUrl,
      customHeaders: mergeHeaders(settings.CUSTOM_HEADERS, row.customHeaders, ownKeyHeader(row.auth)),
      auth: row.auth,
      query: Object.keys(row.query).length === 0 ? undefined : row.query,
      timeoutMs: (row.timeoutSeconds ?? settings.TIME_OUT) * 1000,
      idleTimeoutMs: settings.STREAM_IDLE_TIMEOUT * 1000,
      firstTokenTimeoutMs: (row.firstTokenTimeoutSeconds ?? settings.FIRST_TOKEN_TIMEOUT) * 1000,
    },
    fallbacks: row.fallbacks,
    modelRequestKey:
      row.modelRequestKey === null
        ? undefined
        : { secret: row.modelRequestKey, hint: keyHint(row.modelRequestKey) },
    testModel: row.testModel ?? settings.TEST_MODEL,
  };
}

/** Headers of every provider never have the name of the usual one. */
function ownKeyHeader(auth: string): string | undefined {
  return auth === 'bearer' ? undefined : keyHeaderOf(auth);
}

/**
 * A provider's own header replaces the general one of the same name, however it is spelled. So does the one that
 * carries its key.
 */
function mergeHeaders(
  general: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
  keyHeader = '',
): Record<string, string> {
  const ownNames = new Set([...Object.keys(own).map((name) => name.toLowerCase()), keyHeader]);
  const inherited = Object.entries(general).filter(([name]) => !ownNames.has(name.toLowerCase()));
  return { ...Object.fromEntries(inherited), ...own };
}

function setKeys(pool: Pool, rows: KeyRows | undefined, time: RestoreTime): void {
  pool.setKeys([...(rows?.values() ?? [])].map(keyConfig), (keyId) => savedState(rows?.get(keyId), time));
  for (const row of rows?.values() ?? []) learnWord(pool, row);
}

/** Rows that were read again may know more of what people have said elsewhere. */
function learnWord(pool: Pool, row: ApiKeyRow): void {
  pool.learn(row.id, { epoch: row.epoch, disabled: disabledOf(row) }, false);
}

function keyConfig(row: ApiKeyRow): KeyConfig {
  return {
    keyId: row.id,
    secret: row.value,
    hint: row.hint,
    weight: row.weight,
    egressId: row.egressId ?? undefined,
    limits: row.limits ?? undefined,
    account: row.account ?? undefined,
  };
}

function savedState(row: ApiKeyRow | undefined, time: RestoreTime): SavedKeyState | undefined {
  if (row === undefined) return undefined;
  const deadline = (until: number): number => restoredDeadline(until, row.updatedAt, time);
  const pastOrNone = (at: number | null): number | undefined =>
    at === null ? undefined : pastTime(at, time);
  const modelCooldowns = Object.entries(row.modelCooldowns).map(
    ([model, until]) => [model, deadline(until)] as const,
  );
  return {
    disabled: disabledOf(row),
    failures: row.failures,
    epoch: row.epoch,
    cooldownUntil: row.cooldownUntil === null ? 0 : deadline(row.cooldownUntil),
    modelCooldowns: Object.fromEntries(modelCooldowns),
    requestCount: row.requestCount,
    errorCount: row.errorCount,
    lastUsedAt: pastOrNone(row.lastUsedAt),
    lastErrorAt: pastOrNone(row.lastErrorAt),
    lastErrorStatus: row.lastErrorStatus ?? undefined,
    uses: row.uses ?? undefined,
  };
}

import type { Egresses } from '../balancer/egress/egresses';
import type { BreakerSnapshot } from '../balancer/health/breaker';
import type { Pool } from '../balancer/pool/pool';
import type { Crowd } from '../balancer/waiting/waiting-room';
import type { Figures } from './figures';
import type { Instance } from './instances';

export interface OthersFiguresParts {
  /** By provider id. */
  readonly pools: ReadonlyMap<string, Pool>;
  readonly egresses: Pick<Egresses, 'get' | 'states'>;
  /** Steady; milliseconds. */
  readonly now: () => number;
  /** More or less is under way with it. */
  readonly onKey: (keyId: string) => void;
  readonly onEgress: (egressId: string) => void;
  /** The worst breaker of a provider has changed. */
  readonly onBreaker: () => void;
  /** What others have done can be read in the database. */
  readonly onWritten: () => void;
}

interface TokenUse {
  readonly requestCount: number;
  /** Milliseconds since the epoch; null if never. */
  readonly lastUsedAt: number | null;
}

const UNUSED: TokenUse = { requestCount: 0, lastUsedAt: null };

/**
 * What the other instances have under way, laid beside what this one has: pages show it, and nothing else depends on
 * it. Each page is the whole truth of its instance, so hearing one twice counts nothing twice.
 */
export class OthersFigures {
  #instances: readonly Instance[] = [];
  #crowds: ReadonlyMap<Pool | undefined, Crowd> = new Map();
  readonly #keys = new Map<string, number>();
  readonly #proxies = new Map<string, number>();
  readonly #written = new Map<string, number>();
  #tokens: ReadonlyMap<string, TokenUse> = new Map();

  constructor(private readonly parts: OthersFiguresParts) {}

  /** All requests that the others have in flight, those that wait among them. */
  get inFlight(): number {
    return this.#instances.reduce((sum, { inFlight }) => sum + inFlight, 0);
  }

  get waiting(): number {
    return this.#instances.reduce((sum, { waiting }) => sum + waiting, 0);
  }

  get minutes(): readonly Figures['minute'][] {
    return this.#instances.flatMap(({ figures }) => (figures === undefined ? [] : [figures.minute]));
  }

  /** What needs attention at the others. */
  get troubles(): readonly Readonly<Record<string, unknown>>[] {
    return this.#instances.flatMap(({ figures }) => figures?.troubles ?? []);
  }

  /** Who waits elsewhere for keys of that pool. */
  crowdOf(pool: Pool): Crowd | undefined {
    return this.#crowds.get(pool);
  }

  /** What a client token of the settings has been used for elsewhere. */
  tokenUse(id: string): TokenUse {
    return this.#tokens.get(id) ?? UNUSED;
  }

  /** What the others that live say now; none while nothing is heard of them. */
  update(instances: readonly Instance[]): void {
    const { pools, egresses, onKey, onEgress } = this.parts;
    this.#instances = instances;
    const figures = instances.flatMap((one) => one.figures ?? []);
    this.#countProviders(figures);
    if (this.#takeBreakers(figures)) this.parts.onBreaker();
    const keys = figures.flatMap((one) => one.keys);
    for (const [id, inFlight] of changes(this.#keys, keys)) {
      const key = keyOf(pools, id);
      if (key === undefined) continue;
      key.inFlightElsewhere = inFlight;
      onKey(id);
    }
    const proxies = figures.flatMap((one) => one.proxies);
    for (const [id, inFlight] of changes(this.#proxies, proxies)) {
      const egress = egresses.get(id);
      if (egress === undefined) continue;
      egress.inFlightElsewhere = inFlight;
      onEgress(id);
    }
    this.#countPassed(figures);
    this.#tokens = sumOfTokens(figures);
    this.#countWritten(instances);
  }

  #countProviders(figures: readonly Figures[]): void {
    const { pools, now } = this.parts;
    const crowds = new Map<Pool | undefined, Crowd>();
    const inFlight = new Map<string, number>();
    for (const [id, attempts, waiting, waitsForMs] of figures.flatMap((one) => one.providers)) {
      inFlight.set(id, (inFlight.get(id) ?? 0) + attempts);
      const pool = pools.get(id);
      const { count, since } = crowds.get(pool) ?? { count: 0, since: Infinity };
      if (waiting === 0) continue;
      crowds.set(pool, { count: count + waiting, since: Math.min(since, now() - waitsForMs) });
    }
    this.#crowds = crowds;
    for (const [id, pool] of pools) pool.inFlightElsewhere = inFlight.get(id) ?? 0;
  }

  /** Those who look are told of it once a second, with what has passed here. */
  #countPassed(figures: readonly Figures[]): void {
    const sums = new Map<string, { requests: number; errors: number }>();
    for (const [id, requests, errors] of figures.flatMap(({ passed }) => passed ?? [])) {
      const sum = sums.get(id);
      sums.set(id, { requests: requests + (sum?.requests ?? 0), errors: errors + (sum?.errors ?? 0) });
    }
    for (const egress of this.parts.egresses.states) {
      const sum = sums.get(egress.config.egressId);
      egress.requestCountElsewhere = sum?.requests ?? 0;
      egress.errorCountElsewhere = sum?.errors ?? 0;
    }
  }

  /** True if one is in another state than before. */
  #takeBreakers(figures: readonly Figures[]): boolean {
    const now = this.parts.now();
    const told = new Map<string, BreakerSnapshot>();
    for (const { provider, state, cause, reason, openForMs } of figures.flatMap(
      (one) => one.breakers ?? [],
    )) {
      const isOpen = state === 'open';
      if (!isOpen && told.has(provider)) continue;
      const trouble = { cause, reason };
      told.set(provider, isOpen ? { state, ...trouble, openUntil: now + openForMs } : { state, ...trouble });
    }
    let isNews = false;
    for (const [id, pool] of this.parts.pools) {
      const breaker = told.get(id);
      isNews ||= breaker?.state !== pool.breakerElsewhere?.state;
      pool.breakerElsewhere = breaker;
    }
    return isNews;
  }

  /** What one had written before it was first heard of is no news. */
  #countWritten(instances: readonly Instance[]): void {
    const isNews = instances.some(
      ({ id, figures }) => figures !== undefined && (this.#written.get(id) ?? Infinity) < figures.written,
    );
    this.#written.clear();
    for (const { id, figures } of instances)
      if (figures !== undefined) this.#written.set(id, figures.written);
    if (isNews) this.parts.onWritten();
  }
}

function sumOfTokens(figures: readonly Figures[]): ReadonlyMap<string, TokenUse> {
  const sums = new Map<string, TokenUse>();
  for (const [id, requests, at] of figures.flatMap(({ tokens }) => tokens ?? [])) {
    const { requestCount, lastUsedAt } = sums.get(id) ?? UNUSED;
    sums.set(id, { requestCount: requestCount + requests, lastUsedAt: Math.max(at, lastUsedAt ?? at) });
  }
  return sums;
}

/** Takes over the sums of `told`, and returns those that are others than before; 0 for what is told of no more. */
function changes(known: Map<string, number>, told: readonly (readonly [string, number])[]) {
  const sums = new Map<string, number>();
  for (const [id, inFlight] of told) sums.set(id, (sums.get(id) ?? 0) + inFlight);
  const changed = new Map<string, number>();
  for (const id of known.keys()) if (!sums.has(id)) changed.set(id, 0);
  for (const [id, inFlight] of sums) if (known.get(id) !== inFlight) changed.set(id, inFlight);
  known.clear();
  for (const [id, inFlight] of sums) known.set(id, inFlight);
  return changed;
}

function keyOf(pools: ReadonlyMap<string, Pool>, keyId: string) {
  for (const pool of pools.values()) {
    const key = pool.key(keyId);
    if (key !== undefined) return key;
  }
  return undefined;
}

import { z } from 'zod';
import type { Egresses } from '../balancer/egress/egresses';
import type { EgressState } from '../balancer/egress/state';
import type { Pool } from '../balancer/pool/pool';
import type { Crowd } from '../balancer/waiting/waiting-room';

/** So many of each are told, the busiest; the sums are of all. */
const PROVIDERS_MAX = 200;
export const KEYS_TOLD_MAX = 200;
const PROXIES_MAX = 200;
export const PASSED_TOLD_MAX = 1_000;
export const TOKENS_TOLD_MAX = 1_000;
const LATENCY_MAX = 100;

const count = z.number().int().nonnegative();
const counted = z.tuple([z.string(), count]);

const breaker = z.object({
  provider: z.string(),
  state: z.enum(['open', 'half_open']),
  cause: z.enum(['failures', 'shared_cause']),
  reason: z.string(),
  /** Until a probe is let through. */
  openForMs: z.number().nonnegative(),
});

export const figuresSchema = z.object({
  /** Rows of logs and statistics that it has written to the database since its start. */
  written: count,
  /** What has finished in the last minute. */
  minute: z.object({
    requests: count,
    succeeded: count,
    failed: count,
    tokens: count,
    latency: z.array(count).max(LATENCY_MAX).readonly(),
    minMs: z.number().nullable(),
    maxMs: z.number().nullable(),
  }),
  /** By id: attempts in flight, requests that wait, and for how long the first of them does. */
  providers: z.array(z.tuple([z.string(), count, count, z.number()])).max(PROVIDERS_MAX),
  /** By id: attempts in flight. */
  keys: z.array(counted).max(KEYS_TOLD_MAX),
  proxies: z.array(counted).max(PROXIES_MAX),
  /** By the proxy's id: requests that have gone through it since the start, and errors. */
  passed: z
    .array(z.tuple([z.string(), count, count]))
    .max(PASSED_TOLD_MAX)
    .optional()
    .catch(undefined),
  /** By the id of a client token of the settings: requests since the start, and when the last came by the wall clock. */
  tokens: z
    .array(z.tuple([z.string(), count, z.number()]))
    .max(TOKENS_TOLD_MAX)
    .optional()
    .catch(undefined),
  /** Those of providers that are not closed, by the provider's id. */
  breakers: z.array(breaker).max(PROVIDERS_MAX).optional().catch(undefined),
  /** What needs attention there and has no other place where others could read it; the admin API's own words. */
  troubles: z.array(z.record(z.string(), z.unknown())).max(PROVIDERS_MAX).optional().catch(undefined),
});

/** What an instance has under way, and has just done: it adds up with those of the others. */
export type Figures = z.infer<typeof figuresSchema>;

interface FiguresOf {
  /** By provider id. */
  readonly pools: ReadonlyMap<string, Pool>;
  readonly egresses: Pick<Egresses, 'states'>;
  readonly crowdOf: (pool: Pool) => Crowd | undefined;
  readonly tokens: NonNullable<Figures['tokens']>;
  /** Steady; milliseconds. */
  readonly now: () => number;
}

/** What is under way here. Costs about a millisecond for 50,000 keys. */
export function underWay({
  pools,
  egresses,
  crowdOf,
  tokens,
  now,
}: FiguresOf): Omit<Figures, 'written' | 'minute' | 'troubles'> {
  const providers: Figures['providers'] = [];
  const keys: [string, number][] = [];
  for (const [providerId, pool] of pools) {
    let inFlight = 0;
    for (const key of pool.keys) {
      if (key.inFlight === 0) continue;
      inFlight += key.inFlight;
      keys.push([key.config.keyId, key.inFlight]);
    }
    const crowd = crowdOf(pool);
    const waitsForMs = crowd === undefined ? 0 : Math.max(0, now() - crowd.since);
    if (inFlight > 0 || crowd !== undefined)
      providers.push([providerId, inFlight, crowd?.count ?? 0, waitsForMs]);
  }
  const proxies = [...egresses.states].flatMap(({ config: { egressId }, inFlight }): [string, number][] =>
    inFlight === 0 ? [] : [[egressId, inFlight]],
  );
  return {
    providers: busiest(providers, PROVIDERS_MAX),
    keys: busiest(keys, KEYS_TOLD_MAX),
    proxies: busiest(proxies, PROXIES_MAX),
    passed: busiest([...egresses.states].flatMap(passedOf), PASSED_TOLD_MAX),
    tokens: busiest(tokens, TOKENS_TOLD_MAX),
    breakers: [...pools].flatMap(([id, pool]) => breakerOf(id, pool, now())).slice(0, PROVIDERS_MAX),
  };
}

function busiest<T extends readonly [string, number, ...number[]]>(all: T[], max: number): T[] {
  return all.length <= max ? all : all.sort((a, b) => b[1] - a[1]).slice(0, max);
}

function passedOf({ config, requestCount, errorCount }: EgressState): [string, number, number][] {
  return requestCount === 0 ? [] : [[config.egressId, requestCount, errorCount]];
}

function breakerOf(provider: string, { breaker }: Pool, now: number): NonNullable<Figures['breakers']> {
  if (breaker.state === 'closed') return [];
  const { state, cause, reason, openUntil = now } = breaker;
  return [{ provider, state, cause, reason, openForMs: Math.max(0, openUntil - now) }];
}

import { REFUSALS, type Refusal } from './refusals';

export interface Scenario {
  readonly refusal: Refusal;
  readonly keys: number;
  /** How long the upstream takes for each answer. */
  readonly upstreamMs: number;
  /** Through two egress proxies, or directly. */
  readonly isProxied: boolean;
}

const KEYS = [1, 2, 3, 5, 8, 20];
const UPSTREAM_MS = [0, 250];

/** Everything with everything. */
export function allScenarios(): Scenario[] {
  return REFUSALS.flatMap((refusal) =>
    KEYS.flatMap((keys) =>
      UPSTREAM_MS.flatMap((upstreamMs) =>
        [false, true].map((isProxied) => ({ refusal, keys, upstreamMs, isProxied })),
      ),
    ),
  );
}

/**
 * Every refusal with every number of keys, and in four of them with each pace of the upstream, directly and through
 * proxies. Shifted from refusal to refusal, so that each number of keys meets all four as well.
 */
export function coveringScenarios(): Scenario[] {
  return REFUSALS.flatMap((refusal, row) =>
    KEYS.map((keys, column) => ({
      refusal,
      keys,
      upstreamMs: UPSTREAM_MS[(column + row) % 2] ?? 0,
      isProxied: ((column >> 1) + (row >> 1)) % 2 === 1,
    })),
  );
}

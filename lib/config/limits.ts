/** Inclusive bounds of a number. */
export interface Limits {
  readonly min: number;
  readonly max: number;
}

/** Bounds that hold for a setting and for the provider field of the same meaning. */
export const limits = {
  maxFailures: { min: 1, max: 1000 },
  maxRetries: { min: 0, max: 100 },
  timeoutSeconds: { min: 0.01, max: 86_400 },
  firstTokenTimeoutSeconds: { min: 0, max: 86_400 },
  keyWeight: { min: 1, max: 1000 },
  routeWeight: { min: 0.001, max: 1_000_000 },
  routeTier: { min: 1, max: 1000 },
  /** Requests or tokens in a span of time, and requests at once. */
  useLimit: { min: 1, max: 1_000_000_000_000 },
} as const satisfies Record<string, Limits>;

/** What may be used in a span of time, or at once. What is absent is not limited. */
export interface UseLimits {
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
  readonly requestsPerDay?: number | undefined;
  readonly tokensPerDay?: number | undefined;
  /** Requests in flight at a time. */
  readonly concurrency?: number | undefined;
}

export const USE_LIMITS = [
  'requestsPerMinute',
  'tokensPerMinute',
  'requestsPerDay',
  'tokensPerDay',
  'concurrency',
] as const satisfies readonly (keyof UseLimits)[];

/** When a provider's day begins. */
export interface DayReset {
  /** Hours and minutes: "00:00". */
  readonly time: string;
  /** An IANA time zone: "America/Los_Angeles". */
  readonly zone: string;
}

/** What a key may use: of all models together, and of each by its name. */
export interface Limits extends UseLimits {
  readonly models?: Readonly<Record<string, UseLimits>> | undefined;
  /** Midnight in UTC if absent. */
  readonly dayResetsAt?: DayReset | undefined;
}

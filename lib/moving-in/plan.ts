import type { Limits } from '../balancer/limits/limits';

/** What an installation of another gateway becomes here, before anything is known of what is here already. */
export interface MovingPlan {
  readonly providers: readonly MovedProvider[];
  readonly routes: readonly MovedRoute[];
  readonly tokens: readonly MovedToken[];
  /** What does not come over, or comes over as something else. */
  readonly remarks: readonly Remark[];
}

export interface MovedProvider {
  /** Names it within the plan. */
  readonly ref: string;
  /** Wanted; another provider may have it. */
  readonly slug: string;
  readonly name: string;
  readonly baseUrl: string;
  readonly auth: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly isEnabled: boolean;
  readonly timeoutSeconds: number | null;
  readonly maxFailures: number | null;
  readonly maxRetries: number | null;
  readonly testModel: string | null;
  readonly limits: Limits | null;
  /** Addresses of its own proxies; none: those that all share. */
  readonly proxies: readonly string[];
  /** Providers of the plan to try next. */
  readonly fallbacks: readonly string[];
  /** `weighted` where its keys have different weights; null: that of the settings. */
  readonly selectionPolicy: 'weighted' | null;
  readonly keys: readonly MovedKey[];
}

export interface MovedKey {
  readonly value: string;
  readonly weight: number;
  readonly note: string;
  readonly tags: readonly string[];
  readonly limits: Limits | null;
  /** `found_dead`: the source has taken it out itself, so it is tested from time to time. */
  readonly state: 'active' | 'found_dead' | 'disabled';
}

/** An entry of MODEL_ROUTES. */
export interface MovedRoute {
  readonly name: string;
  readonly targets: readonly MovedTarget[];
  /** What leads from one target to the next. */
  readonly on: readonly ('unavailable' | MovedReason)[];
}

export type MovedReason = 'context_length' | 'content_policy';

export interface MovedTarget {
  /** A provider of the plan. */
  readonly provider: string;
  /** null: the name that was asked for. */
  readonly model: string | null;
  readonly weight: number;
  /** From 1; the next tier serves when this one cannot. */
  readonly tier: number;
}

export interface MovedToken {
  readonly name: string;
  readonly value: string;
  readonly isEnabled: boolean;
  /** Milliseconds since 1970; null: never. */
  readonly expiresAt: number | null;
  /** Empty: all. */
  readonly models: readonly string[];
  /** Providers of the plan; empty: all. */
  readonly providers: readonly string[];
  /** Empty: from anywhere. */
  readonly allowedIps: readonly string[];
  readonly limits: TokenLimits;
  readonly budget: TokenBudget | null;
  readonly note: string;
}

export interface TokenLimits {
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  readonly concurrency?: number;
}

export interface TokenBudget {
  readonly amount: number;
  readonly unit: 'usd' | 'tokens' | 'requests';
  readonly period: 'day' | 'week' | 'month' | 'total';
}

/** One sentence, and all that it is true of. */
export interface Remark {
  readonly text: string;
  readonly count: number;
  /** The first of them by name; never a secret. */
  readonly items: readonly string[];
}

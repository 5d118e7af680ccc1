import type { UseLimits } from '../../balancer/limits/limits';
import type { ModelFilter } from '../../openai/models/model-filter';
import { gatewayError, type GatewayError } from '../answer/errors';
import type { AddressList } from './address-list';
import type { BudgetPeriod, Period } from '../../balancer/limits/budget-period';

export interface TokenBudget {
  /** US dollars, or how many. */
  readonly amount: number;
  readonly unit: 'usd' | 'tokens' | 'requests';
  readonly period: BudgetPeriod;
}

export interface TokenRuleParts {
  /** Names the token. */
  readonly id: string;
  readonly isEnabled: boolean;
  /** By the wall clock, milliseconds since the epoch; undefined for never. */
  readonly expiresAt: number | undefined;
  /** The models that are filtered for all, and those that this token may use. */
  readonly filter: ModelFilter;
  /** Slugs; undefined for all. */
  readonly providers: ReadonlySet<string> | undefined;
  /** Undefined for everywhere. */
  readonly addresses: AddressList | undefined;
  readonly limits: Pick<UseLimits, 'requestsPerMinute' | 'tokensPerMinute' | 'concurrency'> | undefined;
  readonly budget: TokenBudget | undefined;
  /** Of those who wait for a key, the highest goes first. */
  readonly priority: number;
  /** The period of a budget at that time by the wall clock. */
  readonly periodAt: (kind: BudgetPeriod, now: number) => Period;
}

export type OutReason = Extract<GatewayError['code'], 'token_expired' | 'token_disabled'>;

const OUT: Readonly<Record<OutReason, string>> = {
  token_expired: 'The token has expired.',
  token_disabled: 'The token is disabled.',
};

/** What is said of a token that is known and not let in. */
export const outError = (reason: OutReason): GatewayError => gatewayError(reason, OUT[reason]);

/** What a client token may do, beside being let in. Immutable: a change makes new ones. */
export class TokenRules {
  constructor(private readonly parts: TokenRuleParts) {}

  get id(): string {
    return this.parts.id;
  }

  get filter(): ModelFilter {
    return this.parts.filter;
  }

  get priority(): number {
    return this.parts.priority;
  }

  get limits(): TokenRuleParts['limits'] {
    return this.parts.limits;
  }

  get budget(): TokenBudget | undefined {
    return this.parts.budget;
  }

  get expiresAt(): number | undefined {
    return this.parts.expiresAt;
  }

  get periodAt(): TokenRuleParts['periodAt'] {
    return this.parts.periodAt;
  }

  /** It may use only the models of a list. */
  get listsModels(): boolean {
    return this.filter.allowed !== undefined;
  }

  /** Why it lets nobody in at that time by the wall clock. */
  outAt(now: number): OutReason | undefined {
    const { isEnabled, expiresAt } = this.parts;
    if (!isEnabled) return 'token_disabled';
    return expiresAt !== undefined && expiresAt <= now ? 'token_expired' : undefined;
  }

  /** Whether a provider may be asked for it. */
  mayUse(slug: string): boolean {
    return this.parts.providers?.has(slug) !== false;
  }

  /** Why it may not be used from there; `address` is asked for only if that matters. */
  addressError(address: () => string): GatewayError | undefined {
    const { addresses } = this.parts;
    if (addresses === undefined) return undefined;
    const from = address();
    if (addresses.has(from)) return undefined;
    return gatewayError('address_not_allowed', `The token may not be used from ${from}.`);
  }

  providerError(slug: string): GatewayError | undefined {
    if (this.mayUse(slug)) return undefined;
    return gatewayError('provider_not_allowed', `This token may not use provider '${slug}'.`);
  }

  /** Why a request that computes something and names no model is refused. */
  namelessError(): GatewayError | undefined {
    if (!this.listsModels) return undefined;
    const message =
      'This token may use some models only, and the request does not say which one it asks for.';
    return gatewayError('model_not_allowed', message);
  }
}

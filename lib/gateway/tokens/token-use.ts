import type { CapacityNote } from '../../balancer/limits/capacity';
import type { UseLimits } from '../../balancer/limits/limits';
import type { Company, Sharing } from '../../balancer/limits/company';
import type { EffectiveLimits } from '../../balancer/limits/effective-limits';
import type { Meter } from '../../balancer/limits/meter';
import { SetLimitsUse } from '../../balancer/limits/set-limits-use';
import { SharedUse } from '../../balancer/limits/shared-use';
import { NOTHING_SPENT, sumOf, type Spent } from './spending';
import type { TokenRules } from './token-rules';

/** Requests so far weigh so much less with each one that comes. */
const NEWEST_SHARE = 0.2;
/** How much more than the average is kept, in mean deviations. */
const DEVIATIONS = 1.5;
const NO_MODELS: EffectiveLimits['byModel'] = new Map();

/**
 * What requests of a token have used lately: the average, and somewhat more than they mostly differ from it, so that
 * many in flight together seldom use more than is kept for them.
 */
class RecentUse {
  #average: number | undefined;
  #deviation = 0;

  get value(): number {
    return (this.#average ?? 0) + DEVIATIONS * this.#deviation;
  }

  note(amount: number): void {
    const difference = amount - (this.#average ?? amount);
    this.#average = (this.#average ?? amount) + NEWEST_SHARE * difference;
    this.#deviation += NEWEST_SHARE * (Math.abs(difference) - this.#deviation);
  }
}

/** What a client token uses of its limits and its budget at this moment. Outlives changes of its rules. */
export class TokenUse {
  readonly #set = new SetLimitsUse();
  /** What other instances use, and what they know of what is used here. */
  readonly sharedUse = new SharedUse(this.#set);
  readonly nano = new RecentUse();
  readonly tokens = new RecentUse();
  #reserved: Spent = NOTHING_SPENT;
  #limits: { readonly of: TokenRules['limits']; readonly effective: EffectiveLimits } | undefined;

  constructor(private readonly company: Company) {}

  /** For requests in flight. */
  get reserved(): Spent {
    return this.#reserved;
  }

  /** What is set, as instances share it; undefined for nothing. */
  effective({ limits }: TokenRules): EffectiveLimits | undefined {
    if (limits === undefined) return undefined;
    if (this.#limits?.of !== limits) {
      const effective = { whole: limits, byModel: NO_MODELS, dayResetsAt: undefined, company: this.company };
      this.#limits = { of: limits, effective };
    }
    return this.#limits.effective;
  }

  /** Milliseconds until a request of so many tokens is within the limits; 0 if it is now. */
  waitMs(limits: EffectiveLimits, tokens: number, now: number): number {
    return this.#set.waitMs(limits, '', tokens, now, this.sharing(now));
  }

  /** Undefined where there are no other instances. */
  sharing(now: number): Sharing | undefined {
    const limits = { whole: undefined, byModel: NO_MODELS, dayResetsAt: undefined, company: this.company };
    return this.sharedUse.sharing(limits, now);
  }

  /** The same for a token or a request more of what is in flight already. */
  moreWaitMs(limits: Pick<UseLimits, 'requestsPerMinute' | 'tokensPerMinute'>, now: number): number {
    const effective = { whole: limits, byModel: NO_MODELS, dayResetsAt: undefined, company: this.company };
    return this.#set.waitMs(effective, '', 1, now);
  }

  /** Others hear of it also where only a budget is set. */
  take(limits: EffectiveLimits | undefined, tokens: number, now: number): readonly Meter[] {
    const meters = limits === undefined ? [] : this.#set.take(limits, '', tokens, now);
    this.sharedUse.took(tokens);
    return meters;
  }

  /** What is used of each limit at this moment, at all instances. */
  note(into: CapacityNote, limits: UseLimits, now: number): void {
    const { company } = this;
    this.#set.note(
      into,
      { whole: limits, byModel: NO_MODELS, dayResetsAt: undefined, company },
      undefined,
      now,
    );
  }

  reserve(amount: Spent): void {
    this.#reserved = sumOf(this.#reserved, amount);
  }

  giveBack({ nano, tokens, requests }: Spent): void {
    this.#reserved = sumOf(this.#reserved, { nano: -nano, tokens: -tokens, requests: -requests });
  }
}

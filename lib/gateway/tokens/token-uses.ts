import { ALONE, mayTake, type Company, type Sharing } from '../../balancer/limits/company';
import { CapacityNote, type Capacity } from '../../balancer/limits/capacity';
import type { UseLimits } from '../../balancer/limits/limits';
import type { Clock, StopSignal } from '../../balancer/ports';
import type { Meter } from '../../balancer/limits/meter';
import { gatewayError, type GatewayError } from '../answer/errors';
import { Admission } from './admission';
import { NOTHING_SPENT, SpendingInMemory, type Spending, type Spent } from './spending';
import type { TokenBudget, TokenRules } from './token-rules';
import { TokenUse } from './token-use';

/** Others may take of the same limit at the same moment: so long a request waits until they have heard of it. */
const SHARED_WAIT_MS = 50;
const SHARED_WAITS_MAX = 20;
/** Nobody knows when what is in flight will end. */
const IN_FLIGHT_RETRY_MS = 1_000;
const NANO = 1e9;

const AMOUNTS: Readonly<Record<TokenBudget['unit'], keyof Spent>> = {
  usd: 'nano',
  tokens: 'tokens',
  requests: 'requests',
};

/** What a request may come to, as far as it can be known before. */
export interface Expected {
  readonly promptTokens: number;
  /** It computes something, and so uses tokens that cost something. */
  readonly isComputing: boolean;
  /** In billionths of a US dollar; asked for only if that matters. Undefined if the price is not known. */
  readonly costNano: () => number | undefined;
}

export interface TokenUsesPorts {
  readonly clock: Clock;
  readonly wallNow?: (() => number) | undefined;
  readonly company?: Company | undefined;
  readonly spending?: Spending | undefined;
  /** A token is used of which nothing was known here. */
  readonly onNew?: ((id: string, use: TokenUse) => void) | undefined;
}

interface BudgetState {
  /** Of the period. */
  readonly name: string;
  readonly unit: keyof Spent;
  readonly amount: number;
  readonly endsAt: number;
  readonly spent: number;
  /** Of that, what is in no doubt. */
  readonly certain: number;
  readonly reserved: number;
}

/** What client tokens use of their limits and budgets. Tokens without either are not here. */
export class TokenUses {
  readonly #byId = new Map<string, TokenUse>();
  readonly #clock: Clock;
  readonly #wallNow: () => number;
  readonly #company: Company;
  readonly spending: Spending;
  /** A token is used of which nothing was known here. */
  onNew: (id: string, use: TokenUse) => void;

  constructor({ clock, wallNow, company, spending, onNew }: TokenUsesPorts) {
    this.#clock = clock;
    this.#wallNow = wallNow ?? Date.now;
    this.#company = company ?? ALONE;
    this.spending = spending ?? new SpendingInMemory();
    this.onNew = onNew ?? (() => undefined);
  }

  get all(): Iterable<readonly [id: string, use: TokenUse]> {
    return this.#byId;
  }

  /** Of a token that is known to have limits; makes it if need be. */
  of(id: string): TokenUse {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const use = new TokenUse(this.#company);
    this.#byId.set(id, use);
    this.onNew(id, use);
    return use;
  }

  find(id: string): TokenUse | undefined {
    return this.#byId.get(id);
  }

  /** What is left of each of these limits, at all instances. */
  capacityOf(id: string, limits: UseLimits): Capacity {
    const note = new CapacityNote();
    this.#byId.get(id)?.note(note, limits, this.#clock.now());
    return note.capacity;
  }

  /** Forgets those that are gone. */
  keepOnly(isThere: (id: string) => boolean): void {
    for (const id of this.#byId.keys()) if (!isThere(id)) this.#byId.delete(id);
  }

  /**
   * Takes of limits and budget what the request may need, or says why it is refused. Waits only for what other
   * instances may have taken at the same moment, for a second at most.
   */
  admit(
    rules: TokenRules,
    expected: Expected,
    signal: StopSignal,
  ): Admission | GatewayError | Promise<Admission | GatewayError> {
    const refusal = this.#budgetError(rules);
    if (refusal !== undefined) return refusal;
    const waitMs = this.#waitMs(rules, expected);
    if (waitMs === 0) return this.#take(rules, expected);
    return waitMs > SHARED_WAIT_MS ? rateError(waitMs) : this.#admitSoon(rules, expected, signal);
  }

  /**
   * Why a response in a conversation that was let in is refused: budget or limits are used up. The first is the request
   * that was admitted with it.
   */
  responseError(rules: TokenRules, isFirst: boolean): GatewayError | undefined {
    const countsReserved = !isFirst && rules.budget?.unit === 'requests';
    const refusal = this.#budgetError(rules, countsReserved) ?? this.#doubtError(rules, countsReserved);
    if (refusal !== undefined) return refusal;
    const { tokensPerMinute, requestsPerMinute } = rules.limits ?? {};
    const limits = { tokensPerMinute, requestsPerMinute: isFirst ? undefined : requestsPerMinute };
    if (limits.tokensPerMinute === undefined && limits.requestsPerMinute === undefined) return undefined;
    const waitMs = this.of(rules.id).moreWaitMs(limits, this.#clock.now());
    return waitMs === 0 ? undefined : rateError(waitMs);
  }

  /** The budget is spent, or, if that counts too, the rest of it is reserved. */
  #budgetError(rules: TokenRules, countsReserved = true): GatewayError | undefined {
    const state = this.#budgetOf(rules);
    if (state === undefined) return undefined;
    const { certain, reserved, amount, endsAt } = state;
    if (certain >= amount) return quotaError(endsAt, this.#wallNow());
    return countsReserved && certain + reserved >= amount ? RESERVED : undefined;
  }

  /** It may be so, and nobody waits until that is known. */
  #doubtError(rules: TokenRules, countsReserved: boolean): GatewayError | undefined {
    const state = this.#budgetOf(rules);
    if (state === undefined || !isInDoubt(state, countsReserved)) return undefined;
    this.spending.lookAnew(rules.id, state.name);
    return rateError(SHARED_WAIT_MS);
  }

  #budgetOf(rules: TokenRules): BudgetState | undefined {
    const { budget } = rules;
    if (budget === undefined) return undefined;
    const { name, endsAt } = rules.periodAt(budget.period, this.#wallNow());
    const unit = AMOUNTS[budget.unit];
    const { spent, doubtful, reservedElsewhere } = this.spending.of(rules.id, name);
    const amount = budget.unit === 'usd' ? Math.round(budget.amount * NANO) : budget.amount;
    const reserved = (this.#byId.get(rules.id)?.reserved[unit] ?? 0) + reservedElsewhere[unit];
    const certain = spent[unit] - doubtful[unit];
    return { name, unit, amount, endsAt, spent: spent[unit], certain, reserved };
  }

  /**
   * Near its end instances take of a budget only when they have heard of what the others took, and when it is known how
   * much that was.
   */
  #budgetWaitMs(rules: TokenRules, expected: Expected): number {
    if (rules.budget === undefined) return 0;
    // Asked before the first is taken too: who is to hear of that is known from then on.
    const use = this.of(rules.id);
    const sharing = use.sharing(this.#clock.now());
    const state = this.#budgetOf(rules);
    if (state === undefined || this.#mayTake(state, reservedFor(rules, use, expected)[state.unit], sharing)) {
      return 0;
    }
    if (state.certain < state.spent) this.spending.lookAnew(rules.id, state.name);
    return SHARED_WAIT_MS;
  }

  #mayTake(state: BudgetState, each: number, sharing: Sharing | undefined): boolean {
    if (isInDoubt(state)) return false;
    if (sharing === undefined || !sharing.company.isInTouch) return true;
    const unheard = sharing.unheard.requests * each;
    // One that says nothing keeps no part of it: what it spends is in the database in any case.
    const all = { ...sharing, silent: 0 };
    return mayTake(each, { limit: state.amount, used: state.spent + state.reserved }, unheard, all);
  }

  async #admitSoon(
    rules: TokenRules,
    expected: Expected,
    signal: StopSignal,
  ): Promise<Admission | GatewayError> {
    let waitMs = SHARED_WAIT_MS;
    for (let round = 0; round < SHARED_WAITS_MAX; round += 1) {
      await this.#clock.sleep(waitMs, signal);
      if (signal.aborted) return gatewayError('client_closed', 'The client closed the connection.');
      const refusal = this.#budgetError(rules);
      if (refusal !== undefined) return refusal;
      waitMs = this.#waitMs(rules, expected);
      if (waitMs === 0) return this.#take(rules, expected);
      if (waitMs > SHARED_WAIT_MS) break;
    }
    return rateError(waitMs);
  }

  /** Milliseconds until the limits let another request in; 0 if they do now. */
  #waitMs(rules: TokenRules, expected: Expected): number {
    const budgetWaitMs = this.#budgetWaitMs(rules, expected);
    if (rules.limits === undefined) return budgetWaitMs;
    const use = this.of(rules.id);
    const limits = use.effective(rules);
    const now = this.#clock.now();
    return limits === undefined
      ? budgetWaitMs
      : Math.max(budgetWaitMs, use.waitMs(limits, expected.promptTokens, now));
  }

  #take(rules: TokenRules, expected: Expected): Admission {
    const use = this.of(rules.id);
    const limits = use.effective(rules);
    const now = this.#clock.now();
    const { promptTokens: tokens } = expected;
    const reserved = reservedFor(rules, use, expected);
    if (reserved !== NOTHING_SPENT) {
      use.reserve(reserved);
      this.spending.reserved(rules.id, this.#budgetOf(rules)?.name ?? '', use.reserved);
    }
    // Behind what it has reserved: who hears of the one knows of the other.
    const meters: readonly Meter[] = use.take(limits, tokens, now);
    const { spending } = this;
    const clock = { now: () => this.#clock.now(), wallNow: this.#wallNow };
    return new Admission({ rules, use, spending, meters, tokens, reserved, takenAt: now, ...clock });
  }
}

/** What a budget keeps for a request in flight: what such requests came to lately, or what its prompt alone will. */
function reservedFor({ budget }: TokenRules, use: TokenUse, expected: Expected): Spent {
  if (budget === undefined) return NOTHING_SPENT;
  if (budget.unit === 'requests') return { ...NOTHING_SPENT, requests: 1 };
  if (!expected.isComputing) return NOTHING_SPENT;
  return budget.unit === 'usd'
    ? { ...NOTHING_SPENT, nano: Math.max(use.nano.value, expected.costNano() ?? 0) }
    : { ...NOTHING_SPENT, tokens: Math.max(use.tokens.value, expected.promptTokens) };
}

/** Whether the budget is used up only if all that is doubtful counts. */
function isInDoubt({ spent, certain, reserved, amount }: BudgetState, countsReserved = true): boolean {
  return certain < spent && spent + (countsReserved ? reserved : 0) >= amount;
}

const RESERVED = gatewayError(
  'token_rate_limited',
  'What is left of the budget of this token is reserved for its requests in flight. Try again when they have ended.',
  IN_FLIGHT_RETRY_MS,
);

function quotaError(endsAt: number, now: number): GatewayError {
  if (endsAt === Infinity) {
    return gatewayError(
      'insufficient_quota',
      'The budget of this token is spent. It does not renew by itself.',
    );
  }
  const at = new Date(endsAt).toISOString();
  const message = `The budget of this token is spent. It renews at ${at}.`;
  return gatewayError('insufficient_quota', message, endsAt - now);
}

function rateError(waitMs: number): GatewayError {
  const retryMs = Math.max(waitMs, IN_FLIGHT_RETRY_MS);
  return gatewayError(
    'token_rate_limited',
    `The limits of this token allow no further request at this moment. Try again in ${Math.ceil(retryMs / 1000)} s.`,
    retryMs,
  );
}

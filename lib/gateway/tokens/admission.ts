import type { Meter } from '../../balancer/limits/meter';
import type { Usage } from '../../openai/answer/usage';
import { NOTHING_SPENT, sumOf, type Spending, type Spent } from './spending';
import type { TokenRules } from './token-rules';
import type { TokenUse } from './token-use';

/** How a request ended, as far as it was spent. */
export interface EndedRequest {
  readonly status: number;
  /** Undefined if no answer has begun. */
  readonly firstByteMs: number | undefined;
  readonly usage: Usage | undefined;
  /** Undefined if its price is not known. */
  readonly costNano?: number | undefined;
}

export interface AdmissionParts {
  readonly rules: TokenRules;
  readonly use: TokenUse;
  readonly spending: Spending;
  /** Those that count it. */
  readonly meters: readonly Meter[];
  /** Of the limit on tokens. */
  readonly tokens: number;
  /** Of the budget. */
  readonly reserved: Spent;
  readonly takenAt: number;
  /** Steady; milliseconds. */
  readonly now: () => number;
  readonly wallNow: () => number;
}

const CLIENT_CLOSED = 499;

/** Whether an answer has begun that is no refusal. */
export function isAnswered({ status, firstByteMs }: Pick<EndedRequest, 'status' | 'firstByteMs'>): boolean {
  return firstByteMs !== undefined && (status < 400 || status === CLIENT_CLOSED);
}

/** What a request takes of the limits and the budget of its token, from its admission to its end. */
export class Admission {
  /** Of several responses in one conversation. */
  #charged: Spent = NOTHING_SPENT;
  /** Requests that were asked for in a conversation, and those that are over. */
  #asked = 0;
  #over = 0;
  #reserved: Spent;
  #isSettled = false;
  #isReleased = false;

  constructor(private readonly parts: AdmissionParts) {
    this.#reserved = parts.reserved;
  }

  /** About so many, as far as that is known before the answer. */
  get promptTokens(): number {
    return this.parts.tokens;
  }

  /** Whether what is asked for next in a conversation is the first, which it was admitted for. */
  get isUnused(): boolean {
    return this.#asked === 0;
  }

  /**
   * A response is asked for in a conversation: each counts as a request, whatever comes of it. Of limits the first has
   * been counted with the admission.
   */
  responseAsked(): void {
    const { use, meters, now } = this.parts;
    this.#asked += 1;
    const one = { ...NOTHING_SPENT, requests: 1 };
    this.#charged = sumOf(this.#charged, one);
    this.#spend(one);
    if (this.#asked === 1) return this.#giveBack({ ...NOTHING_SPENT, requests: this.#reserved.requests });
    for (const meter of meters) {
      meter.take(0, undefined, now());
      meter.release(0);
    }
    use.sharedUse.took(0);
  }

  /** One is over. What was made without being asked for is counted then. */
  responseEnded(): void {
    this.#over += 1;
    if (this.#over > this.#asked) this.responseAsked();
  }

  /** One of several responses is over. */
  charge(usage: Usage, costNano: number | undefined): void {
    const tokens = usage.promptTokens + usage.completionTokens;
    const spent = { nano: costNano ?? 0, tokens, requests: 0 };
    const before = this.#counted;
    this.#spend(spent);
    this.#charged = sumOf(this.#charged, spent);
    this.#count(this.#counted - before);
  }

  /** What was reserved, until more is known to be used. */
  get #counted(): number {
    return Math.max(this.parts.tokens, this.#charged.tokens);
  }

  /** The request is over: what it used is counted in the place of what was reserved. Takes effect once. */
  settle({ status, firstByteMs, usage, costNano }: EndedRequest): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    const { use } = this.parts;
    const answered = isAnswered({ status, firstByteMs });
    const tokens = usage === undefined ? 0 : usage.promptTokens + usage.completionTokens;
    const total: Spent = { nano: costNano ?? 0, tokens, requests: answered ? 1 : 0 };
    const rest = {
      nano: Math.max(0, total.nano - this.#charged.nano),
      tokens: Math.max(0, total.tokens - this.#charged.tokens),
      requests: Math.max(0, total.requests - this.#charged.requests),
    };
    this.#spend(rest);
    if (total.nano > 0) use.nano.note(total.nano);
    if (total.tokens > 0) use.tokens.note(total.tokens);
    // An answer that does not tell has used what was reserved, as far as anybody knows.
    const isUnknown = answered && usage === undefined;
    if (!isUnknown) this.#count(this.#charged.tokens + rest.tokens - this.#counted);
    this.release();
  }

  /** It is no longer in flight. Takes effect exactly once. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    const { use, meters, tokens } = this.parts;
    for (const meter of meters) meter.release(tokens);
    if (meters.length > 0) use.sharedUse.changed();
    this.#giveBack(this.#reserved);
  }

  #giveBack(amount: Spent): void {
    if (amount.nano === 0 && amount.tokens === 0 && amount.requests === 0) return;
    const { use, rules, spending } = this.parts;
    const { nano, tokens, requests } = this.#reserved;
    this.#reserved = {
      nano: nano - amount.nano,
      tokens: tokens - amount.tokens,
      requests: requests - amount.requests,
    };
    use.giveBack(amount);
    spending.reserved(rules.id, this.#period ?? '', use.reserved);
  }

  /** What is spent now counts in this one. */
  get #period(): string | undefined {
    const { rules, wallNow } = this.parts;
    return rules.budget && rules.periodAt(rules.budget.period, wallNow()).name;
  }

  #spend(spent: Spent): void {
    const { rules, spending } = this.parts;
    const period = this.#period;
    if (period === undefined || (spent.nano === 0 && spent.tokens === 0 && spent.requests === 0)) return;
    spending.add(rules.id, period, spent);
  }

  /** So many more tokens than were reserved for it, or fewer. */
  #count(tokens: number): void {
    const { meters, use, takenAt, now } = this.parts;
    if (tokens === 0 || meters.length === 0) return;
    for (const meter of meters) meter.correct(0, tokens, takenAt, now());
    use.sharedUse.changed();
  }
}

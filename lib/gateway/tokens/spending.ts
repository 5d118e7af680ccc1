/** What was spent: billionths of a US dollar, tokens of prompts and answers, and requests. */
export interface Spent {
  readonly nano: number;
  readonly tokens: number;
  readonly requests: number;
}

export const NOTHING_SPENT: Spent = { nano: 0, tokens: 0, requests: 0 };

/** What is known of a budget, at other instances too. */
export interface SpentOfBudget {
  readonly spent: Spent;
  /**
   * Of that, what may have been counted twice: others have told of it, and it may stand in what was read of them too.
   * Nobody knows until it is read anew.
   */
  readonly doubtful: Spent;
  /** For what is in flight at other instances. */
  readonly reservedElsewhere: Spent;
}

/** What tokens have spent of their budgets, wherever that was. */
export interface Spending {
  /** In the period of that name. */
  of(tokenId: string, period: string): SpentOfBudget;
  add(tokenId: string, period: string, spent: Spent): void;
  /** What is doubtful of it matters: it is read anew as soon as that tells more. */
  lookAnew(tokenId: string, period: string): void;
  /** What is reserved here for requests in flight has changed. */
  reserved(tokenId: string, period: string, reserved: Spent): void;
}

/** Remembers it for as long as the process lives. */
export class SpendingInMemory implements Spending {
  readonly #byToken = new Map<string, { readonly period: string; readonly spent: Spent }>();

  of(tokenId: string, period: string): SpentOfBudget {
    const known = this.#byToken.get(tokenId);
    const spent = known?.period === period ? known.spent : NOTHING_SPENT;
    return { spent, doubtful: NOTHING_SPENT, reservedElsewhere: NOTHING_SPENT };
  }

  lookAnew(): void {
    // Nothing is in doubt.
  }

  add(tokenId: string, period: string, spent: Spent): void {
    this.#byToken.set(tokenId, { period, spent: sumOf(this.of(tokenId, period).spent, spent) });
  }

  reserved(): void {
    // Nobody else wants to know.
  }
}

export function sumOf(a: Spent, b: Spent): Spent {
  return { nano: a.nano + b.nano, tokens: a.tokens + b.tokens, requests: a.requests + b.requests };
}

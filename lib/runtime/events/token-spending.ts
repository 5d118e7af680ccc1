import {
  NOTHING_SPENT,
  sumOf,
  type Spending,
  type Spent,
  type SpentOfBudget,
} from '../../gateway/tokens/spending';
import type { TokenUsage } from '../../store/write-behind/checkpoint-tokens';

type Amounts = readonly [nano: number, tokens: number, requests: number];

/** What other instances tell of a budget, and who is told of ours. */
export interface OthersSpending {
  elsewhere(tokenId: string, period: string): { readonly spent: Amounts; readonly reserved: Amounts };
  tell(tokenId: string): void;
}

/** What tokens spend of their budgets: as it is written, as it was spent here since, and as others tell of theirs. */
export class TokenSpending implements Spending {
  readonly #reserved = new Map<string, { readonly period: string; readonly reserved: Spent }>();
  #others: OthersSpending | undefined;

  constructor(private readonly usage: TokenUsage) {}

  set others(others: OthersSpending) {
    this.#others = others;
    this.usage.onSpentWritten = (id) => others.tell(id);
  }

  of(tokenId: string, period: string): SpentOfBudget {
    const here = this.usage.spentOf(tokenId, period);
    const elsewhere = this.#others?.elsewhere(tokenId, this.usage.periodOf(tokenId, period));
    if (elsewhere === undefined) return { spent: here, reservedElsewhere: NOTHING_SPENT };
    return { spent: sumOf(here, spentOf(elsewhere.spent)), reservedElsewhere: spentOf(elsewhere.reserved) };
  }

  add(tokenId: string, period: string, spent: Spent): void {
    this.usage.spend(tokenId, period, spent);
    this.#others?.tell(tokenId);
  }

  reserved(tokenId: string, period: string, reserved: Spent): void {
    if (this.#others === undefined) return;
    this.#reserved.set(tokenId, { period, reserved });
    this.#others.tell(tokenId);
  }

  /** What others have to know of it; undefined if nothing was spent here, and nothing is reserved. */
  own(tokenId: string) {
    const own = this.usage.ownSpentOf(tokenId);
    const kept = this.#reserved.get(tokenId);
    const period = own?.period ?? (kept && this.usage.periodOf(tokenId, kept.period));
    if (period === undefined) return undefined;
    return {
      period,
      total: amountsOf(own?.total ?? NOTHING_SPENT),
      written: amountsOf(own?.written ?? NOTHING_SPENT),
      reserved: amountsOf(kept?.reserved ?? NOTHING_SPENT),
    };
  }
}

const spentOf = ([nano, tokens, requests]: Amounts): Spent => ({ nano, tokens, requests });
const amountsOf = ({ nano, tokens, requests }: Spent): [number, number, number] => [nano, tokens, requests];

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
  elsewhere(
    tokenId: string,
    period: string,
  ): {
    readonly spent: Amounts;
    readonly reserved: Amounts;
    readonly read: Amounts;
    readonly hasNews: boolean;
  };
  tell(tokenId: string): void;
}

/** What tokens spend of their budgets: as it is written, as it was spent here since, and as others tell of theirs. */
export class TokenSpending implements Spending {
  readonly #reserved = new Map<string, { readonly period: string; readonly reserved: Spent }>();
  #others: OthersSpending | undefined;
  #isLooking = false;

  constructor(private readonly usage: TokenUsage) {}

  set others(others: OthersSpending) {
    this.#others = others;
    this.usage.onSpentWritten = (id) => others.tell(id);
  }

  of(tokenId: string, period: string): SpentOfBudget {
    const here = this.usage.spentOf(tokenId, period);
    const elsewhere = this.#elsewhere(tokenId, period);
    if (elsewhere === undefined) {
      return { spent: here, doubtful: NOTHING_SPENT, reservedElsewhere: NOTHING_SPENT };
    }
    const spent = spentOf(elsewhere.spent);
    return {
      spent: sumOf(here, spent),
      doubtful: doubtfulOf(spent, this.usage.spentByOthers(tokenId, period), spentOf(elsewhere.read)),
      reservedElsewhere: spentOf(elsewhere.reserved),
    };
  }

  lookAnew(tokenId: string, period: string): void {
    if (this.#isLooking || this.#elsewhere(tokenId, period)?.hasNews !== true) return;
    this.#isLooking = true;
    const looked = (): void => void (this.#isLooking = false);
    // What fails is reported there.
    this.usage.refresh().then(looked, looked);
  }

  #elsewhere(tokenId: string, period: string) {
    return this.#others?.elsewhere(tokenId, this.usage.periodOf(tokenId, period));
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

/**
 * Others write what they have spent, and tell that a moment later: what was read between holds more of theirs than they
 * had told. That stands in both. Who is not heard of has written a part of it too, so it is so much at most.
 */
function doubtfulOf(told: Spent, readOfOthers: Spent, knownToBeRead: Spent): Spent {
  const at = (name: keyof Spent): number =>
    Math.max(0, Math.min(told[name], readOfOthers[name] - knownToBeRead[name]));
  return { nano: at('nano'), tokens: at('tokens'), requests: at('requests') };
}

const spentOf = ([nano, tokens, requests]: Amounts): Spent => ({ nano, tokens, requests });
const amountsOf = ({ nano, tokens, requests }: Spent): [number, number, number] => [nano, tokens, requests];

import type { SpentOfToken } from '../client-token-row';
import { periodIn, storedPeriod, type StoredPeriod } from '../spent-period';

export interface SpentAmount {
  /** Billionths of a US dollar. */
  readonly nano: number;
  readonly tokens: number;
  readonly requests: number;
}

interface Own {
  readonly period: StoredPeriod;
  /** Since this process began, or the period. */
  total: SpentAmount;
  /** Of it, what was given to be written. */
  taken: SpentAmount;
  written: SpentAmount;
  /** Of it, what was written when all was read last. */
  writtenAtRead: SpentAmount;
}

const NOTHING: SpentAmount = { nano: 0, tokens: 0, requests: 0 };
const NONE = { spentPeriod: '', spentNano: 0, spentTokens: 0, spentRequests: 0 };

/** What tokens have spent of their budgets: as the database has it, and what has been spent by this process since. */
export class OwnSpending {
  readonly #found = new Map<string, SpentOfToken>();
  readonly #own = new Map<string, Own>();
  readonly #unsaved = new Set<string>();

  get unsaved(): Iterable<string> {
    return this.#unsaved;
  }

  get unsavedCount(): number {
    return this.#unsaved.size;
  }

  get isUnsaved(): boolean {
    return this.#unsaved.size > 0;
  }

  add(id: string, period: string, amount: SpentAmount): void {
    const own = this.#ownIn(id, this.nameOf(id, period));
    own.total = sum(own.total, amount);
    this.#unsaved.add(id);
  }

  /** What that period is called since it was reset last. */
  nameOf(id: string, period: string): StoredPeriod {
    return storedPeriod(period, this.#found.get(id)?.spentPeriod);
  }

  of(id: string, period: string): SpentAmount {
    const found = this.#found.get(id);
    const name = this.nameOf(id, period);
    const base = found?.spentPeriod === name ? amountOf(found) : NOTHING;
    const own = this.#own.get(id);
    return own?.period === name ? sum(base, difference(own.total, own.writtenAtRead)) : base;
  }

  /** Of what the database had when all was read last, what this process has not written. */
  foundOfOthers(id: string, period: string): SpentAmount {
    const found = this.#found.get(id);
    const name = this.nameOf(id, period);
    if (found?.spentPeriod !== name) return NOTHING;
    const own = this.#own.get(id);
    return own?.period === name ? difference(amountOf(found), own.writtenAtRead) : amountOf(found);
  }

  /** Undefined if it has spent nothing here, since it was reset last. */
  told(id: string): Pick<Own, 'period' | 'total' | 'written'> | undefined {
    const own = this.#own.get(id);
    return own?.period === this.nameOf(id, periodIn(own?.period ?? '')) ? own : undefined;
  }

  /** The database has this. Nothing is being written meanwhile. */
  found(id: string, { spentPeriod, spentNano, spentTokens, spentRequests }: Partial<SpentOfToken>): void {
    this.#found.set(id, {
      spentPeriod: spentPeriod ?? '',
      spentNano: spentNano ?? 0,
      spentTokens: spentTokens ?? 0,
      spentRequests: spentRequests ?? 0,
    });
    const own = this.#own.get(id);
    if (own !== undefined) own.writtenAtRead = own.written;
  }

  reset(id: string, spentPeriod: StoredPeriod): void {
    this.#own.delete(id);
    this.#unsaved.delete(id);
    this.#found.set(id, { ...NONE, spentPeriod });
  }

  /** What is to be written of it; undefined for nothing. */
  take(id: string): SpentOfToken | undefined {
    this.#unsaved.delete(id);
    const own = this.#own.get(id);
    if (own === undefined) return undefined;
    const { nano, tokens, requests } = difference(own.total, own.taken);
    own.taken = own.total;
    if (nano === 0 && tokens === 0 && requests === 0) return undefined;
    return { spentPeriod: own.period, spentNano: nano, spentTokens: tokens, spentRequests: requests };
  }

  written(id: string, spent: SpentOfToken): void {
    const own = this.#own.get(id);
    if (own?.period === spent.spentPeriod) own.written = sum(own.written, amountOf(spent));
  }

  #ownIn(id: string, period: StoredPeriod): Own {
    const known = this.#own.get(id);
    if (known?.period === period) return known;
    const own = { period, total: NOTHING, taken: NOTHING, written: NOTHING, writtenAtRead: NOTHING };
    this.#own.set(id, own);
    return own;
  }
}

function amountOf({ spentNano, spentTokens, spentRequests }: SpentOfToken): SpentAmount {
  return { nano: spentNano, tokens: spentTokens, requests: spentRequests };
}

function sum(a: SpentAmount, b: SpentAmount): SpentAmount {
  return { nano: a.nano + b.nano, tokens: a.tokens + b.tokens, requests: a.requests + b.requests };
}

function difference(a: SpentAmount, b: SpentAmount): SpentAmount {
  return { nano: a.nano - b.nano, tokens: a.tokens - b.tokens, requests: a.requests - b.requests };
}

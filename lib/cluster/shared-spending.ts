import type { Message } from './messages';

type Amounts = readonly [nano: number, tokens: number, requests: number];
type SpentMessage = Extract<Message, { kind: 'spent' }>;

/** What another process has told of a token. */
interface Told {
  readonly period: string;
  readonly total: Amounts;
  readonly written: Amounts;
  readonly reserved: Amounts;
  /** Of the total, what the database certainly had when all was read here last. */
  inBase: Amounts;
  /** The same of what is being read. */
  inReading: Amounts | undefined;
}

/** What others have told of a budget in one period. */
interface Elsewhere {
  /** Spent there, without what has certainly been read here. */
  readonly spent: Amounts;
  readonly reserved: Amounts;
  /** Written there, and certainly read here. */
  readonly read: Amounts;
  /** More has been written since, and reading it anew would tell more. */
  readonly hasNews: boolean;
}

const NOTHING: Amounts = [0, 0, 0];

export interface SharedSpendingParts {
  /** What this process has spent of a token, and has in flight; undefined for nothing. */
  readonly own: (tokenId: string) => Omit<SpentMessage, 'kind' | 'tokenId'> | undefined;
  /** For all others: what `make` gives when it is sent. What was to be sent of that name before is not. */
  readonly send: (name: string, make: () => Message) => void;
}

/**
 * Tells others what is spent of the budgets of tokens here, and counts what they spend until it is read from the
 * database. All numbers are those since a process began: hearing them twice changes nothing.
 */
export class SharedSpending {
  readonly #byProcess = new Map<string, Map<string, Told>>();
  readonly #tokens = new Set<string>();

  constructor(private readonly parts: SharedSpendingParts) {}

  /** Something of it has changed here. */
  tell(tokenId: string): void {
    this.#tokens.add(tokenId);
    this.parts.send(`spent:${tokenId}`, () => {
      const own = this.parts.own(tokenId);
      return { kind: 'spent', tokenId, ...(own ?? EMPTY) };
    });
  }

  /** Everything, for those who may not have heard of it. */
  tellAll(): void {
    for (const tokenId of this.#tokens) this.tell(tokenId);
  }

  take({ tokenId, period, total, written, reserved }: SpentMessage, from: string): void {
    const ofProcess = this.#byProcess.get(from) ?? new Map<string, Told>();
    this.#byProcess.set(from, ofProcess);
    const known = ofProcess.get(tokenId);
    // What it had written before it was heard of is in what was read, or will be with the next look.
    const inBase = known?.period === period ? known.inBase : known === undefined ? written : NOTHING;
    const inReading = known?.period === period ? known.inReading : undefined;
    ofProcess.set(tokenId, { period, total, written, reserved, inBase, inReading });
  }

  /** What all have written is about to be read: what is known to be written will be in it. */
  reading(): void {
    for (const told of this.#all()) told.inReading = told.written;
  }

  /** It has been read. */
  read(): void {
    for (const told of this.#all()) told.inBase = told.inReading ?? told.inBase;
  }

  *#all(): Generator<Told> {
    for (const ofProcess of this.#byProcess.values()) yield* ofProcess.values();
  }

  /** Those who live. What others had not written is lost with them. */
  live(ids: ReadonlySet<string>): void {
    for (const id of this.#byProcess.keys()) if (!ids.has(id)) this.#byProcess.delete(id);
  }

  /** What others have told of that period. */
  elsewhere(tokenId: string, period: string): Elsewhere {
    let spent = NOTHING;
    let reserved = NOTHING;
    let read = NOTHING;
    let hasNews = false;
    for (const ofProcess of this.#byProcess.values()) {
      const told = ofProcess.get(tokenId);
      if (told?.period !== period) continue;
      spent = plus(spent, told.total, told.inBase);
      reserved = plus(reserved, told.reserved, NOTHING);
      read = plus(read, told.inBase, NOTHING);
      hasNews ||= told.written.some((amount, at) => amount > (told.inBase[at] ?? 0));
    }
    return { spent, reserved, read, hasNews };
  }
}

const EMPTY = { period: '', total: NOTHING, written: NOTHING, reserved: NOTHING };

function plus(sum: Amounts, more: Amounts, less: Amounts): Amounts {
  const at = (index: 0 | 1 | 2): number => sum[index] + Math.max(0, more[index] - less[index]);
  return [at(0), at(1), at(2)];
}

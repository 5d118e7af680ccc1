import { RecentMap } from './recent-map';
import { networkOf, UNKNOWN_ADDRESS, type ClientAddress } from './client-address';

/**
 * Wrong tokens within a minute before a caller is blocked. Wrong client tokens are mostly old ones, so they get more.
 */
export const GUESSES_MAX = { admin: 5, metrics: 5, gateway: 10 };
export type GuessedAt = keyof typeof GUESSES_MAX;

/** The same for a reverse proxy, or for callers without a known address: they stand for many people. */
const SHARED_GUESSES_MAX = 50;

/** How often an address was blocked, and the last time. */
interface Block {
  /** Milliseconds. */
  readonly until: number;
  /** Blocks without an hour of peace between, for the growing wait. */
  readonly blocks: number;
}

interface Counting {
  /** Times of the wrong tokens of the last minute; milliseconds. */
  readonly guesses: readonly number[];
  /** The last one; it is over. */
  readonly block: Block | undefined;
}

/** What one process has counted of one address, in times before now. */
export interface GuessesOf {
  readonly address: string;
  readonly agesMs: readonly number[];
  /** Null: it has not been blocked. Negative: so long ago that ended. */
  readonly blockedForMs: number | null;
  readonly blocks: number;
}

interface Limit {
  readonly id: string;
  readonly guessesMax: number;
}

const WINDOW_MS = 60_000;
const FIRST_BLOCK_MS = 60_000;
const BLOCK_MS_MAX = 3_600_000;
const FORGET_MS = 3_600_000;
const ENTRIES_MAX = 10_000;

/**
 * Slows down whoever guesses tokens, wherever tokens are taken: after so many wrong ones within a minute each further
 * one is refused unread for a minute, doubling each time up to an hour. A right token is never refused: only wrong ones
 * get here, and a right one clears nothing either. Remembers at most 10,000 of those who are blocked, and as many of
 * the others; each call costs the same however many there are. What other processes have counted is added to what is
 * counted here, and a block of theirs holds here too.
 */
export class GuessLimiter {
  readonly #counting = new RecentMap<Counting>(ENTRIES_MAX);
  readonly #blocked = new RecentMap<Block>(ENTRIES_MAX);
  /** Times of the wrong tokens that others have counted. */
  readonly #elsewhere = new RecentMap<readonly number[]>(ENTRIES_MAX);

  /**
   * `now` must not jump; `onBlocked` is told once for each block, `onCounted` of everybody for whom something is
   * counted.
   */
  constructor(
    private readonly now: () => number,
    private readonly onBlocked: (id: string, waitSeconds: number) => void = () => undefined,
    private readonly onCounted: (id: string) => void = () => undefined,
  ) {}

  /** Counts wrong tokens. Returns the seconds in which no further one is looked at; 0 if the next may come at once. */
  wrong(address: ClientAddress, at: GuessedAt, guesses = 1): number {
    const now = this.now();
    const limits = limitsOf(address, at);
    let until = Math.max(...limits.map(({ id }) => this.#blocked.get(id)?.until ?? 0));
    // Tokens of a blocked caller are not counted: they must not use up what other users of the proxy have.
    if (until <= now) until = Math.max(...limits.map((limit) => this.#count(limit, guesses, now)));
    return Math.ceil(Math.max(0, until - now) / 1000);
  }

  /** What has been counted here of an address; undefined if nothing of it counts any more. */
  countOf(id: string): (GuessesOf & { readonly countsForMs: number }) | undefined {
    const now = this.now();
    const block = this.#blockOf(id, now);
    const guesses = recent(this.#counting.get(id)?.guesses ?? [], block, now);
    const counted = Math.max(
      ...guesses.map((madeAt) => madeAt + WINDOW_MS),
      block === undefined ? 0 : block.until + FORGET_MS,
    );
    if (counted <= now) return undefined;
    return {
      address: id,
      agesMs: guesses.map((madeAt) => now - madeAt),
      blockedForMs: block === undefined ? null : block.until - now,
      blocks: block?.blocks ?? 0,
      countsForMs: counted - now,
    };
  }

  /** Takes over what other processes have counted: of each address that is named everything. */
  learn(counts: readonly GuessesOf[]): void {
    const now = this.now();
    const guesses = new Map<string, number[]>();
    for (const { address, agesMs, blockedForMs, blocks } of counts) {
      const known = guesses.get(address) ?? [];
      guesses.set(address, [...known, ...agesMs.map((age) => now - age)]);
      if (blockedForMs !== null) this.#learnBlock(address, { until: now + blockedForMs, blocks }, now);
    }
    for (const [id, times] of guesses) this.#elsewhere.set(id, times);
  }

  #count({ id, guessesMax }: Limit, guesses: number, now: number): number {
    const block = this.#blockOf(id, now);
    const counted = recent(this.#counting.get(id)?.guesses ?? [], block, now);
    for (let i = 0; i < guesses; i++) counted.push(now);
    this.#counting.delete(id);
    this.#blocked.delete(id);
    const elsewhere = recent(this.#elsewhere.get(id) ?? [], block, now);
    if (counted.length + elsewhere.length < guessesMax) {
      this.#counting.set(id, { guesses: counted, block });
      this.onCounted(id);
      return 0;
    }
    const blocks = block?.blocks ?? 0;
    const blockMs = Math.min(FIRST_BLOCK_MS * 2 ** blocks, BLOCK_MS_MAX);
    this.#blocked.set(id, { until: now + blockMs, blocks: blocks + 1 });
    this.onBlocked(id, blockMs / 1000);
    this.onCounted(id);
    return now + blockMs;
  }

  /** Undefined after an hour of peace. */
  #blockOf(id: string, now: number): Block | undefined {
    const block = this.#blocked.get(id) ?? this.#counting.get(id)?.block;
    return block === undefined || now - block.until > FORGET_MS ? undefined : block;
  }

  /** Of two that began at once, at two processes, the later end holds, and they are one. */
  #learnBlock(id: string, theirs: Block, now: number): void {
    const ours = this.#blockOf(id, now);
    const until = Math.max(theirs.until, ours?.until ?? 0);
    const block = { until, blocks: Math.max(theirs.blocks, ours?.blocks ?? 0) };
    const guesses = recent(this.#counting.get(id)?.guesses ?? [], block, now);
    this.#counting.delete(id);
    this.#blocked.delete(id);
    if (guesses.length > 0) this.#counting.set(id, { guesses, block });
    else this.#blocked.set(id, block);
  }
}

/** Those of the last minute; what led to a block, or came during it, counts no more. */
function recent(guesses: readonly number[], block: Block | undefined, now: number): number[] {
  return guesses.filter((madeAt) => now - madeAt < WINDOW_MS && madeAt >= (block?.until ?? 0));
}

function limitsOf(client: ClientAddress, at: GuessedAt): Limit[] {
  const { address, socketAddress } = client;
  if (address === UNKNOWN_ADDRESS.address) return [{ id: address, guessesMax: SHARED_GUESSES_MAX }];
  const own = { id: networkOf(address), guessesMax: GUESSES_MAX[at] };
  if (address === socketAddress) return [own];
  // Otherwise a caller who writes X-Forwarded-For would be a new one each time.
  return [own, { id: `via ${networkOf(socketAddress)}`, guessesMax: SHARED_GUESSES_MAX }];
}

import { RecentMap } from './recent-map';
import { networkOf, UNKNOWN_ADDRESS, type ClientAddress } from './client-address';

/**
 * Wrong tokens within a minute before a caller is blocked. Wrong client tokens are mostly old ones, so they get more.
 */
export const GUESSES_MAX = { admin: 5, metrics: 5, gateway: 10 };
export type GuessedAt = keyof typeof GUESSES_MAX;

/** The same for a reverse proxy, or for callers without a known address: they stand for many people. */
const SHARED_GUESSES_MAX = 50;

interface Counting {
  /** Times of the wrong tokens of the last minute; milliseconds. */
  guesses: number[];
  /** Blocks without an hour of peace between, for the growing wait. */
  readonly blocks: number;
  readonly lastBlockedUntil: number;
}

interface Blocked {
  readonly until: number;
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
 * the others; each call costs the same however many there are.
 */
export class GuessLimiter {
  readonly #counting = new RecentMap<Counting>(ENTRIES_MAX);
  readonly #blocked = new RecentMap<Blocked>(ENTRIES_MAX);

  /** `now` must not jump; `onBlocked` is told once for each block. */
  constructor(
    private readonly now: () => number,
    private readonly onBlocked: (id: string, waitSeconds: number) => void = () => undefined,
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

  #count({ id, guessesMax }: Limit, guesses: number, now: number): number {
    const blocked = this.#blocked.get(id);
    const { lastBlockedUntil, blocks, ...known } = this.#countingOf(id, blocked, now);
    const recent = known.guesses.filter((madeAt) => now - madeAt < WINDOW_MS);
    for (let i = 0; i < guesses; i++) recent.push(now);
    this.#counting.delete(id);
    this.#blocked.delete(id);
    if (recent.length < guessesMax) {
      this.#counting.set(id, { guesses: recent, blocks, lastBlockedUntil });
      return 0;
    }
    const blockMs = Math.min(FIRST_BLOCK_MS * 2 ** blocks, BLOCK_MS_MAX);
    this.#blocked.set(id, { until: now + blockMs, blocks: blocks + 1 });
    this.onBlocked(id, blockMs / 1000);
    return now + blockMs;
  }

  #countingOf(id: string, blocked: Blocked | undefined, now: number): Counting {
    const known = this.#counting.get(id);
    const { until = 0, blocks = 0 } = blocked ?? { until: known?.lastBlockedUntil, blocks: known?.blocks };
    const isForgiven = now - until > FORGET_MS;
    return { guesses: known?.guesses ?? [], blocks: isForgiven ? 0 : blocks, lastBlockedUntil: until };
  }
}

function limitsOf(client: ClientAddress, at: GuessedAt): Limit[] {
  const { address, socketAddress } = client;
  if (address === UNKNOWN_ADDRESS.address) return [{ id: address, guessesMax: SHARED_GUESSES_MAX }];
  const own = { id: networkOf(address), guessesMax: GUESSES_MAX[at] };
  if (address === socketAddress) return [own];
  // Otherwise a caller who writes X-Forwarded-For would be a new one each time.
  return [own, { id: `via ${networkOf(socketAddress)}`, guessesMax: SHARED_GUESSES_MAX }];
}

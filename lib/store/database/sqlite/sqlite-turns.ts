import { setTimeout as sleep } from 'node:timers/promises';
import { driverCode } from '../database-error';
import { createLock, createSharedLock } from '../lock';

/** How long a call waits for another process that is writing. */
const BUSY_TIMEOUT_MS = 5_000;
const BUSY_POLL_MS = 10;

type Work<T> = () => T | Promise<T>;
/**
 * How many calls to the connection some work makes. The connection carries out one after the other, so those of one
 * call need not wait for each other's answers; nobody else's may come between several.
 */
type Calls = 'one' | 'several';

/** Runs `work`, and again while another connection holds the database, for at most 5 s. */
export async function whenFree<T>(work: Work<T>, askedAt = performance.now()): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= askedAt + BUSY_TIMEOUT_MS) throw error;
      await sleep(BUSY_POLL_MS);
    }
  }
}

/**
 * Whose turn it is on the connection to a SQLite file, so that a statement never slips into a transaction that is open
 * there. A write that another process blocks leaves it between two tries: reads go on, and the writes behind it keep
 * their order. A write fails 5 s after it was asked for, not 5 s after the one before it.
 */
export class SqliteTurns {
  readonly #connection = createSharedLock();
  readonly #writes = createLock();
  /** How many are making several calls. */
  #several = 0;
  #blockedAt: number | undefined;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** For what only reads, or may do either. */
  read<T>(calls: Calls, work: Work<T>): Promise<T> {
    return whenFree(() => this.#inTurn(calls, work));
  }

  write<T>(calls: Calls, work: Work<T>): Promise<T> {
    const askedAt = performance.now();
    return this.#writes.exclusively(() =>
      whenFree(async () => {
        const result = await this.#inTurn(calls, work);
        this.#blockedAt = undefined;
        return result;
      }, askedAt),
    );
  }

  /** For the last call: after all others. */
  last<T>(work: Work<T>): Promise<T> {
    return this.#writes.exclusively(() => this.#inTurn('several', work));
  }

  /**
   * Since how many milliseconds another process has blocked all writes. `tryWrite` takes the write lock and gives it
   * back, in one call to the connection; it is not made while several calls of somebody else are on it.
   */
  async blockedMs(tryWrite: () => Promise<void>): Promise<number> {
    const isBlocked = this.#blockedAt !== undefined;
    if (isBlocked || this.#several === 0) {
      try {
        // What was blocked may be free by now: to know it is worth waiting for those who only read.
        await (isBlocked ? this.#connection.shared(tryWrite) : tryWrite());
        this.#blockedAt = undefined;
      } catch (error) {
        if (!isBusy(error)) throw error;
        this.#blockedAt ??= this.now();
      }
    }
    return this.#blockedAt === undefined ? 0 : this.now() - this.#blockedAt;
  }

  #inTurn<T>(calls: Calls, work: Work<T>): Promise<T> {
    const way = calls === 'one' ? 'shared' : 'exclusively';
    return this.#connection[way](async () => {
      if (calls === 'several') this.#several += 1;
      try {
        return await work();
      } catch (error) {
        if (isBusy(error)) this.#blockedAt ??= this.now();
        throw error;
      } finally {
        if (calls === 'several') this.#several -= 1;
      }
    });
  }
}

function isBusy(error: unknown): boolean {
  const code = driverCode(error);
  return code !== undefined && (code.startsWith('SQLITE_BUSY') || code === 'SQLITE_LOCKED');
}

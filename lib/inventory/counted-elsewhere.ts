import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Pool } from '../balancer/pool/pool';
import type { CountsOfKey } from '../store/keys/key-row';
import type { KeyStore } from '../store/keys/keys';
import type { CountsNow } from '../store/write-behind/adopt-counts';
import type { StateWriter } from '../store/write-behind/checkpoint-state';
import type { TokenUsage } from '../store/write-behind/checkpoint-tokens';
import { pastTime, type RestoreTime } from './restored-times';

/** How old counts may be that are shown; the longer it takes to read them, the older. */
const FRESH_MS = 2_000;
const FRESH_PER_READ = 10;
/** So long the others have to write down what they have. */
const ANSWER_MS = 300;
/** So long somebody waits who asks. */
const WAIT_MS = 500;
/** Somebody who has asked looks for so long. */
const LOOKED_AT_MS = 10_000;
/** Keys to read at a time. */
const SLICE = 200;

export interface CountedElsewhereParts {
  /** By provider id. */
  readonly pools: ReadonlyMap<string, Pool>;
  readonly keys: Pick<KeyStore, 'countsOf'>;
  readonly writer: Pick<StateWriter, 'adoptCounts'>;
  readonly tokens: Pick<TokenUsage, 'refresh'>;
  readonly time: RestoreTime;
  /** Names of the others that are heard. */
  readonly others: () => readonly string[];
  /** They are to write down what they have counted, and say so. */
  readonly ask: () => void;
  /** A page is open that shows what changes. */
  readonly isFollowed: () => boolean;
  /** More has been counted of it. */
  readonly onKey: (keyId: string) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Shows of each key and client token what all processes have counted, while somebody looks: the others write it down,
 * and the sums are read from the database every two seconds. Nothing but what is shown depends on it.
 */
export class CountedElsewhere {
  readonly #awaited = new Set<string>();
  #onAllWritten: () => void = () => undefined;
  #round: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #readAt = -Infinity;
  #freshMs = FRESH_MS;
  #askedAt = -Infinity;
  #isFailing = false;
  #isStopped = false;

  constructor(private readonly parts: CountedElsewhereParts) {}

  /** Somebody wants to see it: resolves when it is fresh, or after a moment. Never rejects. */
  async catchUp(): Promise<void> {
    this.#askedAt = performance.now();
    if (this.#isStopped || (this.#round === undefined && performance.now() - this.#readAt < this.#freshMs))
      return;
    await atMost(WAIT_MS, this.#begin());
  }

  /** That one has written what it had. */
  written(from: string): void {
    this.#awaited.delete(from);
    if (this.#awaited.size === 0) this.#onAllWritten();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #begin(): Promise<void> {
    clearTimeout(this.#timer);
    this.#round ??= this.#takeOver().finally(() => {
      this.#round = undefined;
      this.#readAt = performance.now();
      if (this.#isLookedAt) this.#timer = setTimeout(() => void this.#begin(), this.#freshMs).unref();
    });
    return this.#round;
  }

  get #isLookedAt(): boolean {
    if (this.#isStopped) return false;
    return performance.now() - this.#askedAt < LOOKED_AT_MS || this.parts.isFollowed();
  }

  async #takeOver(): Promise<void> {
    try {
      await this.#allWritten();
      const startedAt = performance.now();
      await this.#readKeys();
      await this.parts.tokens.refresh();
      this.#freshMs = Math.max(FRESH_MS, FRESH_PER_READ * (performance.now() - startedAt));
      this.#isFailing = false;
    } catch (error) {
      // A database that is away is told of once, not every two seconds.
      if (!this.#isFailing && !this.#isStopped) this.parts.onError(error);
      this.#isFailing = true;
    }
  }

  async #allWritten(): Promise<void> {
    const others = this.parts.others();
    if (others.length === 0) return;
    this.#awaited.clear();
    for (const one of others) this.#awaited.add(one);
    const written = new Promise<void>((resolve) => (this.#onAllWritten = resolve));
    this.parts.ask();
    await atMost(ANSWER_MS, written);
  }

  async #readKeys(): Promise<void> {
    const { pools, keys, writer, time, onKey } = this.parts;
    const all = [...pools.values()].flatMap((pool) => [...pool.keys]);
    for (let start = 0; start < all.length && !this.#isStopped; start += SLICE) {
      if (start > 0) await nextTurn();
      const changed = await writer.adoptCounts(all.slice(start, start + SLICE), async (keyIds) => {
        const rows = await keys.countsOf(keyIds);
        return rows.map((row) => liveCounts(row, time));
      });
      for (const { config } of changed) onKey(config.keyId);
    }
  }
}

function liveCounts(row: CountsOfKey, time: RestoreTime): CountsNow {
  const past = (at: number | null): number | undefined => (at === null ? undefined : pastTime(at, time));
  return {
    id: row.id,
    requestCount: row.requestCount,
    errorCount: row.errorCount,
    lastUsedAt: past(row.lastUsedAt),
    lastErrorAt: past(row.lastErrorAt),
    lastErrorStatus: row.lastErrorStatus ?? undefined,
  };
}

async function atMost(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms).unref()));
  await Promise.race([work, end]);
  clearTimeout(timer);
}

import { keptText } from '../../openai/json/kept-text';
import { createBoundedQueue } from './bounded-queue';
import type { BoundedQueue } from './bounded-queue';
import { EACH_MAX, SMALL_ROWS_MAX } from '../database/database';
import { cutBodies } from '../logs/error-logs';
import { createLock } from '../database/lock';
import { drain } from './log-drain';
import type { Store } from '../open-store';
import type { ErrorLogRow, RequestLogRow, UsageDelta } from '../rows';
import { isByAttempt } from '../usage/usage-by-attempt';
import { createUsageBuffer } from './usage-buffer';
import { createUsageWriter } from './usage-writer';
import { WriteRounds, type Due, type RoundsClock } from './write-rounds';

export interface LogWriterStats {
  /** Rows and usage buckets that are not on disk yet. */
  readonly queued: number;
  readonly written: number;
  readonly dropped: number;
  /** Message of the last failure; undefined again after the next write that succeeds. */
  readonly lastError: string | undefined;
}

/**
 * Writes behind the requests' back. Nothing here waits for the database, and nothing throws, except where it says so.
 */
export interface LogWriter {
  request(row: RequestLogRow): void;
  error(row: ErrorLogRow): void;
  /** Summed up by bucket until it is written. */
  usage(delta: UsageDelta): void;
  readonly stats: LogWriterStats;
  /**
   * Resolves when everything queued before the call is on disk or was dropped; rejects when the database did not take
   * it.
   */
  flush(): Promise<void>;
  /**
   * Resolves when the rows queued before the call can be read; at once while the database takes none, and after a
   * second however slow it is. Never rejects.
   */
  catchUp(): Promise<void>;
  /**
   * Runs `read` while no usage is written, and then, in one go, `join` with what `read` cannot have found: so each
   * request is in one of the two, and in one only. Rejects when `read` does, and while nobody knows what the last write
   * has done.
   */
  withUnwritten<Read, Joined>(
    read: () => Promise<Read>,
    join: (read: Read, unwritten: Iterable<UsageDelta>) => Joined,
  ): Promise<Joined>;
  /** Flushes for at most five seconds, then stops; what is left counts as dropped. Never rejects. */
  close(): Promise<void>;
}

export interface LogWriterOptions {
  readonly store: Pick<Store, 'requestLogs' | 'errorLogs' | 'rollups'>;
  readonly clock: RoundsClock;
  /** Bound of each of the six queues; when one is full its oldest row is dropped. Default 20,000. */
  readonly maxRows?: number;
  /** Longest wait of a row; a full batch of requests is written at once. Default 500. */
  readonly flushIntervalMs?: number;
  readonly onDrop?: (count: number) => void;
  readonly onError?: (error: unknown) => void;
}

/** Under load usage is written this often at most: the longer it is summed up, the fewer rows it takes. */
const USAGE_INTERVAL_MS = 2_000;
const USAGE_WAIT_MS_MAX = 10_000;
const BACKOFF_FIRST_MS = 500;
const BACKOFF_MAX_MS = 10_000;
const MESSAGE_MAX = 500;
const CLOSE_TIMEOUT_MS = 5_000;
const CATCH_UP_MS_MAX = 1_000;
/** Of each of the two queues of rows, in characters: what is in them comes from outside. */
const CHARACTERS_MAX = 32 * 1024 * 1024;
/** What a row takes beside its texts. */
const ROW_CHARACTERS = 500;

/**
 * What a run is for: everything, what the timer has waited for, or rows at once and usage only if it has waited for
 * long.
 */
type Urgency = 'all' | 'timer' | 'rows';

// oxlint-disable-next-line max-lines-per-function -- short functions over the state of one writer
export function createLogWriter(options: LogWriterOptions): LogWriter {
  const { store, clock, maxRows = 20_000, flushIntervalMs = 500, onDrop, onError } = options;
  const counts = { inFlight: 0, written: 0, dropped: 0 };
  let lastError: string | undefined;
  let backoffMs = 0;
  let usageWrittenAt = clock.now();
  let isClosed = false;

  function drop(count: number): void {
    counts.dropped += count;
    quietly(() => onDrop?.(count));
  }

  const requests = createBoundedQueue<RequestLogRow>({
    maxItems: maxRows,
    maxWeight: CHARACTERS_MAX,
    weigh: (row) =>
      ROW_CHARACTERS +
      row.attempts.length +
      row.endpoint.length +
      (row.model?.length ?? 0) +
      (row.errorMessage?.length ?? 0),
    onDrop: drop,
  });
  const errors = createBoundedQueue<ErrorLogRow>({
    maxItems: maxRows,
    maxWeight: CHARACTERS_MAX,
    weigh: (row) =>
      ROW_CHARACTERS + row.message.length + (row.upstreamBody?.length ?? 0) + (row.requestBody?.length ?? 0),
    onDrop: drop,
  });
  // Apart: thousands of keys, tokens or proxies must not push out what counts for all of them.
  const usage = createUsageBuffer(maxRows, drop);
  const keyUsage = createUsageBuffer(maxRows, drop);
  const tokenUsage = createUsageBuffer(maxRows, drop);
  const proxyUsage = createUsageBuffer(maxRows, drop);
  const usageBuffers = [usage, keyUsage, tokenUsage, proxyUsage];
  const bufferOf = ({ resolution, keyId, token }: UsageDelta) => {
    if (isByAttempt(resolution)) return proxyUsage;
    return keyId === '' ? (token === '' ? usage : tokenUsage) : keyUsage;
  };

  const usageWriter = createUsageWriter(store.rollups, () => clock.now());
  /** Usage is either written or read. */
  const usageTurn = createLock();
  let usageReaders = 0;

  const queued = () =>
    requests.size + errors.size + usageBuffers.reduce((sum, { size }) => sum + size, 0) + usageWriter.kept;

  async function drainOne<T>(
    queue: BoundedQueue<T>,
    batchMax: number,
    write: (rows: readonly T[]) => Promise<unknown>,
    isKept?: (rows: readonly T[]) => boolean,
  ): Promise<void> {
    await drain({
      queue,
      batchMax,
      write,
      ...(isKept !== undefined && { isKept }),
      // A delete that matches nothing needs the same lock and the same connection as a real write.
      takesWrites: () =>
        store.requestLogs.removeMany(['']).then(
          () => true,
          () => false,
        ),
      onInFlight: (count) => {
        counts.inFlight = count;
      },
      onWritten: (count) => {
        counts.written += count;
        lastError = undefined;
      },
      onPoison: (error) => {
        drop(1);
        report(error);
      },
    });
  }

  /** Repeats what may be written already, so that this is known. */
  async function settleUsage(): Promise<void> {
    counts.written += await usageWriter.settle((rows) => {
      for (const row of rows) bufferOf(row).push(row);
    });
  }

  async function writeUsage(): Promise<void> {
    usageWrittenAt = clock.now();
    await settleUsage();
    for (const buffer of usageBuffers) {
      await drainOne(buffer, EACH_MAX, usageWriter.write, usageWriter.isKept);
    }
  }

  function isUsageDue(urgency: Urgency): boolean {
    if (urgency === 'all') return true;
    // Rows must not wait behind a long read of statistics, but usage must not wait for ever behind many.
    if (usageReaders > 0 && clock.now() - usageWrittenAt < USAGE_WAIT_MS_MAX) return false;
    return urgency === 'timer' || clock.now() - usageWrittenAt >= USAGE_INTERVAL_MS;
  }

  async function write(urgency: Urgency): Promise<void> {
    try {
      await drainOne(requests, SMALL_ROWS_MAX, (rows) => store.requestLogs.insertMany(rows));
      await drainOne(errors, EACH_MAX, (rows) => store.errorLogs.insertMany(rows));
      if (isUsageDue(urgency)) await usageTurn.exclusively(writeUsage);
      backoffMs = 0;
    } catch (error) {
      backoffMs = Math.min(BACKOFF_MAX_MS, backoffMs === 0 ? BACKOFF_FIRST_MS : backoffMs * 2);
      throw error;
    }
  }

  function due(): Due<Urgency> | undefined {
    if (queued() === 0) return undefined;
    if (requests.size >= SMALL_ROWS_MAX && backoffMs === 0) return { inMs: 0, scope: 'rows' };
    return { inMs: Math.max(flushIntervalMs, backoffMs), scope: 'timer' };
  }

  const rounds = new WriteRounds<Urgency>({ write, due, onError: report, clock });

  /** Resolves with the work or when the time is over, whichever is first. */
  function withDeadline(work: Promise<void>, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const deadline = clock.setTimer(resolve, ms);
      void work.then(() => {
        deadline.cancel();
        resolve();
      });
    });
  }

  function report(error: unknown): void {
    lastError = keptText(error instanceof Error ? error.message : String(error), MESSAGE_MAX);
    quietly(() => onError?.(error));
  }

  function add<T>(queue: BoundedQueue<T>, item: T): void {
    if (isClosed) return drop(1);
    queue.push(item);
    rounds.noted();
  }

  return {
    request: (row) => add(requests, row),
    error: (row) => add(errors, cutBodies(row)),
    usage: (delta) => add(bufferOf(delta), delta),
    get stats() {
      return {
        queued: queued() + counts.inFlight,
        written: counts.written,
        dropped: counts.dropped,
        lastError,
      };
    },
    flush: () => rounds.next('all'),
    async catchUp() {
      if (requests.size + errors.size + counts.inFlight === 0 || backoffMs > 0) return;
      await withDeadline(
        rounds.next('rows').catch(() => undefined),
        CATCH_UP_MS_MAX,
      );
    },
    async withUnwritten(read, join) {
      usageReaders += 1;
      try {
        return await usageTurn.exclusively(async () => {
          await settleUsage();
          return join(
            await read(),
            usageBuffers.flatMap((buffer) => [...buffer.all()]),
          );
        });
      } finally {
        usageReaders -= 1;
      }
    },
    async close() {
      if (isClosed) return;
      await withDeadline(
        rounds.next('all').catch(() => undefined),
        CLOSE_TIMEOUT_MS,
      );
      isClosed = true;
      rounds.close();
      if (queued() > 0) drop(queued());
    },
  };
}

/** A throwing callback must not stop the writing. */
function quietly(callback: () => void): void {
  try {
    callback();
  } catch {
    // Nothing to do: it is their report that failed, not ours.
  }
}

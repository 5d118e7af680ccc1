import { schedule, type ScheduledTask } from 'node-cron';

/** A piece of regular work. `run` returns what it did, in words. */
export type Job = {
  readonly name: string;
  run(): Promise<string>;
} & (
  | {
      /** Cron expression, in the configured time zone. */
      readonly cron: string;
    }
  | {
      /** From the start of a run to that of the next. Read again each time; at least 3.6 s; undefined is off. */
      intervalMs(): number | undefined;
    }
);

export interface JobStatus {
  readonly name: string;
  readonly isRunning: boolean;
  /** Milliseconds since the epoch. */
  readonly lastRunAt: number | undefined;
  readonly lastDurationMs: number | undefined;
  readonly lastResult: { readonly ok: boolean; readonly text: string } | undefined;
  /** When the next scheduled run begins; undefined while the job is off, or runs at an interval and is running. */
  readonly nextRunAt: number | undefined;
}

interface Entry {
  readonly job: Job;
  /** Of a job with a cron expression. */
  readonly task: ScheduledTask | undefined;
  running: Promise<void> | undefined;
  last: Pick<JobStatus, 'lastRunAt' | 'lastDurationMs' | 'lastResult'>;
  /** When it was due last, and left to another process. */
  leftAt: number;
}

/** Whether the regular work of all processes on the database is this one's. */
export interface WorkTurn {
  readonly isHeld: boolean;
  close(): Promise<void>;
}

const INTERVAL_MS_MIN = 3_600;
const TICK_MS = 1_000;
const NEVER_RUN = { lastRunAt: undefined, lastDurationMs: undefined, lastResult: undefined };

/**
 * Runs each job at its times while it is this process's turn, never twice at once, and remembers how the last run went.
 */
export class Jobs {
  readonly #entries = new Map<string, Entry>();
  readonly #startedAt: number;
  readonly #ticker: NodeJS.Timeout;
  /** How far the wall clock was ahead of the steady time when it was last looked at. */
  #aheadMs = 0;
  #isClosed = false;

  constructor(
    jobs: readonly Job[],
    private readonly options: {
      readonly timezone: string;
      /** Steady: a jump of the wall clock must not put a run off. */
      readonly now: () => number;
      /** What the wall clock says at such a time; the same by default. */
      readonly wallOf?: (at: number) => number;
      /** Without it, this process does all the work. What a person asks for it does in any case. */
      readonly turn?: WorkTurn | undefined;
      readonly onFinished: (status: JobStatus) => void;
    },
  ) {
    this.#startedAt = options.now();
    const { timezone } = options;
    for (const job of jobs) {
      const task =
        'cron' in job ? schedule(job.cron, () => this.#runScheduled(job.name), { timezone }) : undefined;
      this.#entries.set(job.name, { job, task, running: undefined, last: NEVER_RUN, leftAt: -Infinity });
    }
    this.#ticker = setInterval(() => this.#runDue(), TICK_MS);
    this.#ticker.unref();
  }

  /** Whether the regular work of all processes on the database is this one's now. */
  get hasTurn(): boolean {
    return this.options.turn?.isHeld !== false;
  }

  get statuses(): readonly JobStatus[] {
    return [...this.#entries.values()].map((entry) => this.#statusOf(entry));
  }

  /** Resolves when the run, or the one already under way, is over; never rejects. */
  async run(name: string): Promise<void> {
    const entry = this.#entries.get(name);
    if (entry === undefined || this.#isClosed) return;
    entry.running ??= this.#run(entry).finally(() => {
      entry.running = undefined;
      this.options.onFinished(this.#statusOf(entry));
    });
    await entry.running;
  }

  async #runScheduled(name: string): Promise<void> {
    const entry = this.#entries.get(name);
    if (this.hasTurn) await this.run(name);
    else if (entry !== undefined) entry.leftAt = this.options.now();
  }

  /** No run begins any more; resolves when those under way are over, and the turn is left to others. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#ticker);
    for (const { task } of this.#entries.values()) await task?.destroy();
    for (const { running } of this.#entries.values()) await running;
    await this.options.turn?.close();
  }

  async #run(entry: Entry): Promise<void> {
    const startedAt = this.options.now();
    let lastResult: JobStatus['lastResult'];
    try {
      lastResult = { ok: true, text: await entry.job.run() };
    } catch (error) {
      lastResult = {
        ok: false,
        text: error instanceof Object ? String((error as Error).message) : String(error),
      };
    }
    entry.last = { lastRunAt: startedAt, lastDurationMs: this.options.now() - startedAt, lastResult };
  }

  #runDue(): void {
    const now = this.options.now();
    this.#followWallClock(now);
    for (const entry of this.#entries.values()) {
      if ('cron' in entry.job) continue;
      if ((this.#nextRunAt(entry) ?? Infinity) <= now) void this.#runScheduled(entry.job.name);
    }
  }

  /** A cron task waits for the time that it has found; after a jump of the wall clock that may be days away. */
  #followWallClock(now: number): void {
    const aheadMs = (this.options.wallOf?.(now) ?? now) - now;
    if (aheadMs === this.#aheadMs) return;
    this.#aheadMs = aheadMs;
    for (const { task } of this.#entries.values()) {
      void task?.stop();
      void task?.start();
    }
  }

  #nextRunAt({ job, task, running, last, leftAt }: Entry): number | undefined {
    if ('cron' in job) return task?.getNextRun()?.getTime();
    const intervalMs = job.intervalMs();
    if (intervalMs === undefined || running !== undefined) return undefined;
    const { lastRunAt = this.#startedAt, lastDurationMs = 0 } = last;
    // A run that takes longer than its interval is not followed by the next at once.
    return Math.max(lastRunAt, leftAt) + Math.max(intervalMs, lastDurationMs + INTERVAL_MS_MIN);
  }

  #statusOf(entry: Entry): JobStatus {
    const { lastRunAt } = entry.last;
    const nextRunAt = this.#nextRunAt(entry);
    const { wallOf = (at: number) => at } = this.options;
    return {
      name: entry.job.name,
      isRunning: entry.running !== undefined,
      ...entry.last,
      lastRunAt: lastRunAt === undefined ? undefined : wallOf(lastRunAt),
      nextRunAt: nextRunAt === undefined || 'cron' in entry.job ? nextRunAt : wallOf(nextRunAt),
    };
  }
}

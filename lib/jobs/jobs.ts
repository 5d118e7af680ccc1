import { schedule, type ScheduledTask } from 'node-cron';

/** A piece of regular work. `run` returns what it did, in words. */
export interface Job {
  readonly name: string;
  /** Cron expression, in the configured time zone. */
  readonly cron: string;
  run(): Promise<string>;
}

export interface JobStatus {
  readonly name: string;
  readonly isRunning: boolean;
  /** Milliseconds since the epoch. */
  readonly lastRunAt: number | undefined;
  readonly lastDurationMs: number | undefined;
  readonly lastResult: { readonly ok: boolean; readonly text: string } | undefined;
}

interface Entry {
  readonly job: Job;
  readonly task: ScheduledTask;
  running: Promise<void> | undefined;
  status: JobStatus;
}

/** Runs each job at its times, never twice at once, and remembers how the last run went. */
export class Jobs {
  readonly #entries = new Map<string, Entry>();

  constructor(
    jobs: readonly Job[],
    private readonly options: {
      readonly timezone: string;
      readonly now: () => number;
      readonly onFinished: (status: JobStatus) => void;
    },
  ) {
    for (const job of jobs) {
      const task = schedule(job.cron, () => this.run(job.name), { timezone: options.timezone });
      const status = {
        name: job.name,
        isRunning: false,
        lastRunAt: undefined,
        lastDurationMs: undefined,
        lastResult: undefined,
      };
      this.#entries.set(job.name, { job, task, running: undefined, status });
    }
  }

  get statuses(): readonly JobStatus[] {
    return [...this.#entries.values()].map((entry) => entry.status);
  }

  /** Resolves when the run, or the one already under way, is over; never rejects. */
  async run(name: string): Promise<void> {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    entry.running ??= this.#run(entry).finally(() => {
      entry.running = undefined;
    });
    await entry.running;
  }

  /** No run begins any more; resolves when those under way are over. */
  async close(): Promise<void> {
    for (const { task } of this.#entries.values()) await task.destroy();
    for (const { running } of this.#entries.values()) await running;
  }

  async #run(entry: Entry): Promise<void> {
    const startedAt = this.options.now();
    entry.status = { ...entry.status, isRunning: true };
    let lastResult: JobStatus['lastResult'];
    try {
      lastResult = { ok: true, text: await entry.job.run() };
    } catch (error) {
      lastResult = {
        ok: false,
        text: error instanceof Object ? String((error as Error).message) : String(error),
      };
    }
    entry.status = {
      name: entry.job.name,
      isRunning: false,
      lastRunAt: startedAt,
      lastDurationMs: this.options.now() - startedAt,
      lastResult,
    };
    this.options.onFinished(entry.status);
  }
}

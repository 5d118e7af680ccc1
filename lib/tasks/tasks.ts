import { setMaxListeners } from 'node:events';

export type TaskState = 'running' | 'cancelling' | 'succeeded' | 'failed' | 'cancelled';

/** A task as others see it: a copy that never changes, all of it JSON. */
export interface TaskStatus {
  readonly id: string;
  /** What sort of work it is, such as `probe-keys`. */
  readonly kind: string;
  /** What it does, in words. */
  readonly label: string;
  readonly state: TaskState;
  readonly done: number;
  /** Undefined if it is not known beforehand. */
  readonly total: number | undefined;
  /** What it is at, in words. */
  readonly detail: string | undefined;
  readonly counts: Readonly<Record<string, number>>;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly finishedAt: number | undefined;
  /** What `run` returned; of a cancelled task, what it had by then. */
  readonly result: unknown;
  /** Why it failed. */
  readonly error: string | undefined;
}

/** A task as its work sees it. */
export interface Task {
  /** Fires when the task is cancelled: return soon, with what there is so far. */
  readonly signal: AbortSignal;
  /** So much of the total is done. Without a `detail` the last one stays. */
  progress(done: number, detail?: string): void;
  /** Adds to one of the task's counts. */
  count(name: string, by?: number): void;
}

export interface TaskPlan {
  readonly kind: string;
  readonly label: string;
  readonly total?: number;
  /** Resolves with a result that JSON can hold. */
  run(task: Task): Promise<unknown>;
}

export type TaskListener = (status: TaskStatus) => void;

interface Entry {
  status: TaskStatus;
  readonly abort: AbortController;
  finished: Promise<void>;
}

const KEPT_MS = 3_600_000;
const KEPT_MAX = 100;

/**
 * Long work that somebody watches and may cancel. Whatever happens in a task ends as its status: nothing is thrown at
 * whoever started it. Finished tasks are kept for an hour, at most 100 of them.
 */
export class Tasks {
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<TaskListener>();
  #started = 0;
  #isClosed = false;

  constructor(
    private readonly ports: {
      readonly now: () => number;
      /** A listener threw; the task goes on. */
      readonly onListenerError: (error: unknown) => void;
    },
  ) {}

  /** Begins at once and returns the task's id. After `close` the task is cancelled before it begins. */
  start(plan: TaskPlan): string {
    this.#started += 1;
    const startedAt = this.ports.now();
    // The time keeps ids of before a restart from naming other tasks.
    const id = `${startedAt.toString(36)}-${this.#started}`;
    const entry: Entry = {
      status: {
        id,
        kind: plan.kind,
        label: plan.label,
        state: 'running',
        done: 0,
        total: plan.total,
        detail: undefined,
        counts: {},
        startedAt,
        finishedAt: undefined,
        result: undefined,
        error: undefined,
      },
      abort: new AbortController(),
      finished: Promise.resolve(),
    };
    // Each piece of the work that is under way may listen.
    setMaxListeners(0, entry.abort.signal);
    this.#entries.set(id, entry);
    if (this.#isClosed) {
      this.#finish(entry, { state: 'cancelled' });
      return id;
    }
    this.#change(entry, {});
    entry.finished = this.#run(entry, plan);
    return id;
  }

  /** The newest first. */
  list(): TaskStatus[] {
    this.#forgetOld();
    return [...this.#entries.values()].map((entry) => entry.status).reverse();
  }

  get(id: string): TaskStatus | undefined {
    this.#forgetOld();
    return this.#entries.get(id)?.status;
  }

  /** Resolves when the task is over, with its last status; undefined if there is no such task. */
  async finished(id: string): Promise<TaskStatus | undefined> {
    const entry = this.#entries.get(id);
    await entry?.finished;
    return entry?.status;
  }

  /** False if there is no such task, or it is over. */
  cancel(id: string): boolean {
    const entry = this.#entries.get(id);
    if (entry === undefined || isOver(entry.status)) return false;
    if (entry.status.state === 'running') this.#change(entry, { state: 'cancelling' });
    entry.abort.abort();
    return true;
  }

  /**
   * Calls the listener at each change of each task until the returned function is called. Listeners only take notes.
   */
  subscribe(listener: TaskListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Cancels everything; resolves when all of it is over. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const id of this.#entries.keys()) this.cancel(id);
    await Promise.all([...this.#entries.values()].map((entry) => entry.finished));
  }

  async #run(entry: Entry, plan: TaskPlan): Promise<void> {
    const { signal } = entry.abort;
    const ifRunning = (change: () => Partial<TaskStatus>): void => {
      if (!isOver(entry.status)) this.#change(entry, change());
    };
    try {
      const result = await plan.run({
        signal,
        progress: (done, detail) => ifRunning(() => ({ done, detail: detail ?? entry.status.detail })),
        count: (name, by = 1) =>
          ifRunning(() => {
            const { counts } = entry.status;
            return { counts: { ...counts, [name]: (counts[name] ?? 0) + by } };
          }),
      });
      this.#finish(entry, { state: signal.aborted ? 'cancelled' : 'succeeded', result: asJson(result) });
    } catch (error) {
      const isAbort = signal.aborted && (error === signal.reason || nameOf(error) === 'AbortError');
      this.#finish(entry, isAbort ? { state: 'cancelled' } : { state: 'failed', error: messageOf(error) });
    }
  }

  #finish(entry: Entry, change: Partial<TaskStatus>): void {
    this.#change(entry, { ...change, finishedAt: this.ports.now() });
    this.#forgetOld();
  }

  #change(entry: Entry, change: Partial<TaskStatus>): void {
    entry.status = { ...entry.status, ...change };
    for (const listener of this.#listeners) {
      try {
        listener(entry.status);
      } catch (error) {
        this.ports.onListenerError(error);
      }
    }
  }

  #forgetOld(): void {
    const now = this.ports.now();
    const over = [...this.#entries.values()]
      .map((entry) => entry.status)
      .filter(isOver)
      .sort((a, b) => b.finishedAt - a.finishedAt);
    for (const [rank, { id, finishedAt }] of over.entries()) {
      if (rank >= KEPT_MAX || now - finishedAt >= KEPT_MS) this.#entries.delete(id);
    }
  }
}

function isOver(status: TaskStatus): status is TaskStatus & { readonly finishedAt: number } {
  return status.finishedAt !== undefined;
}

/** A copy, so that what `run` keeps of it cannot change it later. Throws where JSON cannot hold it. */
function asJson(result: unknown): unknown {
  return result === undefined ? undefined : (JSON.parse(JSON.stringify(result)) as unknown);
}

function nameOf(error: unknown): unknown {
  return error instanceof Object ? (error as { name?: unknown }).name : undefined;
}

function messageOf(error: unknown): string {
  const message = error instanceof Object ? (error as { message?: unknown }).message : error;
  return typeof message === 'string' && message !== '' ? message : 'failed without saying why';
}

import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { SqlRow, SqlValue } from '../database';
import { SQLITE_THREAD } from './sqlite-thread-source';

const CACHED_STATEMENTS_MAX = 100;
/** Checkpoints run on a thread of their own; this one, for when that has failed, keeps the log below 200 MB. */
const AUTO_CHECKPOINT_PAGES = 50_000;
/** Far more than the rows of any one statement take. */
const MEMORY_MAX_MB = 256;

/** Rows, one array each, and which of their columns hold bytes. */
interface Rows {
  readonly names: readonly string[];
  readonly rows: readonly unknown[][];
  readonly binary: readonly number[];
}

type Params = readonly SqlValue[];

interface Calls {
  query: (sql: string, params: Params) => Rows;
  execute: (sql: string, params: Params) => number;
  /** Inside a transaction that is open. */
  each: (sql: string, lists: readonly Params[]) => number;
  /** In a transaction of its own. */
  eachAlone: (sql: string, lists: readonly Params[]) => number;
  /** A script of several statements. */
  run: (script: string) => void;
  /** Nothing if no transaction is open. */
  rollBack: () => void;
  close: () => void;
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: { readonly message: string; readonly code?: string | undefined };
}

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One connection to a SQLite file, on a thread of its own: SQLite works synchronously, and would hold all traffic here
 * while it does. Calls are carried out one after the other, in their order. They reject with the driver's message and
 * code. When the thread dies, what was under way rejects with `fatal`, and the next call starts another one.
 */
export class SqliteThread {
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  /** Which thread has a transaction open. */
  #begunOn: Worker | undefined;
  #lastId = 0;
  #isClosed = false;

  constructor(private readonly file: string) {}

  async query(sql: string, params: Params = []): Promise<SqlRow[]> {
    return objectsOf(await this.#call('query', sql, params));
  }

  execute(sql: string, params: Params = []): Promise<number> {
    return this.#call('execute', sql, params);
  }

  executeEach(sql: string, lists: readonly Params[], isAlone: boolean): Promise<number> {
    return this.#call(isAlone ? 'eachAlone' : 'each', sql, lists);
  }

  run(script: string): Promise<void> {
    return this.#call('run', script);
  }

  /** All or nothing. Whoever calls sees to it that all calls until its end belong to it. */
  async transaction<T>(begin: 'BEGIN' | 'BEGIN IMMEDIATE', work: () => Promise<T>): Promise<T> {
    await this.run(begin);
    this.#begunOn = this.#worker;
    try {
      const result = await work();
      await this.run('COMMIT');
      return result;
    } catch (error) {
      await this.#call('rollBack').catch(() => undefined);
      throw error;
    } finally {
      this.#begunOn = undefined;
    }
  }

  /** Resolves when the thread has let go of the file; calls reject from then on. */
  async close(): Promise<void> {
    const worker = this.#worker;
    const closed = worker && this.#call('close').catch(() => undefined);
    this.#isClosed = true;
    if (worker === undefined) return;
    await new Promise<void>((resolve) => {
      worker.once('exit', () => resolve());
    });
    await closed;
  }

  #call<Name extends keyof Calls>(
    call: Name,
    ...args: Parameters<Calls[Name]>
  ): Promise<ReturnType<Calls[Name]>> {
    if (this.#isClosed) return Promise.reject(new Error('The database is closed'));
    if (this.#begunOn !== undefined && this.#begunOn !== this.#worker) return Promise.reject(ended());
    const worker = (this.#worker ??= this.#start());
    const id = (this.#lastId += 1);
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      // Whoever waits for an answer keeps the process alive, and nobody else does.
      worker.ref();
      worker.postMessage({ id, call, args });
    });
  }

  #start(): Worker {
    const worker = new Worker(SQLITE_THREAD, {
      eval: true,
      execArgv: [],
      workerData: {
        file: this.file,
        // What the program needs lies beside it, wherever it was started from.
        folders: [dirname(process.argv[1] ?? ''), process.cwd()],
        autoCheckpointPages: AUTO_CHECKPOINT_PAGES,
        statementsMax: CACHED_STATEMENTS_MAX,
      },
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MAX_MB, maxYoungGenerationSizeMb: 8 },
    });
    let cause: unknown;
    worker.on('message', (answer: Answer) => this.#settle(worker, answer));
    worker.on('error', (error) => (cause = error));
    worker.once('exit', () => {
      if (this.#worker === worker) this.#worker = undefined;
      this.#failAll(cause);
    });
    worker.unref();
    return worker;
  }

  #settle(worker: Worker, { id, value, error }: Answer): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    // Whoever closes waits for the end of the thread.
    if (this.#pending.size === 0 && !this.#isClosed) worker.unref();
    if (error === undefined) pending?.resolve(value as never);
    else pending?.reject(Object.assign(new Error(error.message), { code: error.code }));
  }

  #failAll(cause: unknown): void {
    const lost = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of lost) reject(ended(cause));
  }
}

/** Whether what was under way has been done is not known, as with a connection that is lost. */
function ended(cause?: unknown): Error {
  return Object.assign(new Error('The thread of the database has ended', { cause }), { fatal: true });
}

function objectsOf({ names, rows, binary }: Rows): SqlRow[] {
  for (const row of rows) for (const column of binary) row[column] = asBuffer(row[column]);
  return rows.map((row) => {
    const object: Record<string, unknown> = {};
    names.forEach((name, column) => {
      object[name] = row[column];
    });
    return object;
  });
}

/** A buffer arrives as a plain array of bytes. */
function asBuffer(value: unknown): unknown {
  if (!(value instanceof Uint8Array)) return value;
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

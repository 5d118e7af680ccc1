import { Worker } from 'node:worker_threads';

const EVERY_MS = 500;
/** A thread takes some megabytes: it ends when nothing has been written for so long. */
const QUIET_MS = 10_000;

/**
 * A plain string, because a bundler would look for a file. The first checkpoint moves what it can while others write;
 * the second, for what has come meanwhile, makes writers wait a moment so that the log can start from its beginning
 * again.
 */
const SOURCE = `
  const { parentPort, workerData } = require('node:worker_threads');
  const Sqlite = require('better-sqlite3');
  const database = new Sqlite(workerData.file, { timeout: 250 });
  database.pragma('synchronous = NORMAL');
  const checkpoint = () => {
    try {
      const [{ log }] = database.pragma('wal_checkpoint(PASSIVE)');
      if (log > workerData.restartPages) database.pragma('wal_checkpoint(RESTART)');
    } catch {
      // Busy, or the disk is full: the next one does it.
    }
  };
  const timer = setInterval(checkpoint, workerData.everyMs);
  parentPort.once('message', () => {
    clearInterval(timer);
    database.close();
    parentPort.close();
  });
`;
/** About 16 MB; a smaller log starts again by itself as soon as there is a pause. */
const RESTART_PAGES = 4_000;

interface CheckpointThread {
  /** Resolves when it has let go of the file. */
  close(): Promise<void>;
}

/**
 * Moves SQLite's write-ahead log into the database file regularly, on a thread of its own: it waits for the disk, and
 * statements would wait behind it. Where the thread fails, SQLite does it by itself, later and in their way. The thread
 * starts when a checkpoint is due, so a command that is done sooner needs none, and ends when it has been quiet.
 */
export class Checkpoints {
  #thread: CheckpointThread | undefined;
  #closing: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #wasWritten = false;
  #isClosed = false;

  constructor(
    private readonly file: string,
    private readonly quietMs = QUIET_MS,
  ) {
    // Of what the log holds already.
    this.written();
  }

  get isRunning(): boolean {
    return this.#thread !== undefined;
  }

  /** Something has been written here. */
  written(): void {
    this.#wasWritten = true;
    if (this.#thread === undefined && !this.#isClosed) {
      this.#timer ??= setTimeout(() => this.#begin(), EVERY_MS).unref();
    }
  }

  /** Resolves when the thread has let go of the file. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#end();
    await this.#closing;
  }

  #begin(): void {
    this.#thread = startThread(this.file);
    this.#timer = setInterval(() => {
      if (!this.#wasWritten) this.#end();
      this.#wasWritten = false;
    }, this.quietMs).unref();
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const closed = this.#thread?.close();
    this.#thread = undefined;
    this.#closing = Promise.all([this.#closing, closed]);
  }
}

function startThread(file: string): CheckpointThread {
  const worker = new Worker(SOURCE, {
    eval: true,
    workerData: { file, everyMs: EVERY_MS, restartPages: RESTART_PAGES },
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
  });
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => resolve());
  });
  worker.on('error', () => undefined);
  worker.unref();
  return {
    close() {
      worker.ref();
      worker.postMessage('close');
      return ended;
    },
  };
}

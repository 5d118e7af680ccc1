import { Worker } from 'node:worker_threads';

const EVERY_MS = 500;

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

export interface Checkpoints {
  /** Resolves when the thread has let go of the file. */
  close(): Promise<void>;
}

/**
 * Moves SQLite's write-ahead log into the database file regularly, on a thread of its own: it waits for the disk, and
 * statements would wait behind it. Where the thread fails, SQLite does it by itself, later and in their way. The thread
 * starts when the first checkpoint is due, so a command that is done sooner needs none.
 */
export function startCheckpoints(file: string): Checkpoints {
  let running: Checkpoints | undefined;
  const timer = setTimeout(() => (running = startThread(file)), EVERY_MS).unref();
  return {
    async close() {
      clearTimeout(timer);
      await running?.close();
    },
  };
}

function startThread(file: string): Checkpoints {
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

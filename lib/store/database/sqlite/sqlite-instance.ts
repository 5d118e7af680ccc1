import { hostname } from 'node:os';
import type Sqlite from 'better-sqlite3';
import { openSqliteFile } from './sqlite-database';

/** A server that runs on a SQLite file. */
export interface RunningServer {
  readonly pid: number;
  readonly host: string;
  readonly startedAt: number;
}

export interface InstanceMark {
  /** The server that has been running on the file already; undefined for the only one. */
  readonly other: RunningServer | undefined;
  /** Releases the mark for the next process. */
  readonly release: () => void;
}

const SCHEMA = `CREATE TABLE IF NOT EXISTS Server (
  one INTEGER PRIMARY KEY CHECK (one = 1), pid INTEGER NOT NULL, host TEXT NOT NULL, startedAt INTEGER NOT NULL)`;

/**
 * Marks a SQLite file as one that a server runs on. The mark is a lock of the operating system on a file beside it, so
 * it goes with the process however that ends, and no clock or process number can lie about it. Never throws: without a
 * mark the server runs as well.
 */
export function markInstance(file: string, now: () => number): InstanceMark {
  const none = { other: undefined, release: () => undefined };
  const mark = openMark(file);
  if (mark === undefined) return none;
  try {
    mark.exec(SCHEMA);
    mark
      .prepare('INSERT OR REPLACE INTO Server (one, pid, host, startedAt) VALUES (1, ?, ?, ?)')
      .run(process.pid, hostname(), now());
    // Held as long as this process lives; other processes may read its id.
    mark.exec('BEGIN IMMEDIATE');
    return { other: undefined, release: () => close(mark) };
  } catch (error) {
    const other = isLocked(error) ? readServer(mark) : undefined;
    close(mark);
    return { ...none, other };
  }
}

function openMark(file: string): Sqlite.Database | undefined {
  try {
    return openSqliteFile(`${file}-server`);
  } catch {
    return undefined;
  }
}

function isLocked(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    String(error.code).startsWith('SQLITE_BUSY')
  );
}

function readServer(mark: Sqlite.Database): RunningServer | undefined {
  try {
    return mark.prepare<[], RunningServer>('SELECT pid, host, startedAt FROM Server').get();
  } catch {
    return undefined;
  }
}

function close(mark: Sqlite.Database): void {
  try {
    mark.close();
  } catch {
    // The operating system does it with the end of the process.
  }
}

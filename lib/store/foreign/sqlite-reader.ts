import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { SqlRow } from '../database/database';
import { StoreError } from '../store-error';
import type { ForeignReader } from './foreign-reader';

const WAIT_MS = 5_000;
/** Where SQLite has what is not in the file itself yet. */
const BESIDE = ['-wal', '-journal'];
const WAL_AT = 18;
const WAL = 2;
const TRIES = 3;

/**
 * Reads a file without leaving anything beside it. One with a log of its own is read from a copy, as SQLite would write
 * there even to read.
 */
export async function withSqliteReader<T>(
  file: string,
  work: (reader: ForeignReader) => Promise<T>,
): Promise<T> {
  if (!(await needsCopy(file))) return readFrom(file, work);
  const folder = await mkdtemp(join(tmpdir(), 'openai-balance-'));
  try {
    const copy = join(folder, 'source');
    await copyStill(file, copy);
    return await readFrom(copy, work);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function needsCopy(file: string): Promise<boolean> {
  if (BESIDE.some((end) => existsSync(file + end))) return true;
  const handle = await open(file, 'r');
  try {
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, WAL_AT);
    return buffer[0] === WAL;
  } finally {
    await handle.close();
  }
}

async function copyStill(file: string, copy: string): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const before = await stampOf(file);
    for (const end of ['', ...BESIDE]) {
      if (existsSync(file + end)) await copyFile(file + end, copy + end);
      else await rm(copy + end, { force: true });
    }
    if ((await stampOf(file)) === before) return;
  }
  throw new StoreError(
    'database_failed',
    'The database to move in from is being written: stop its program first',
  );
}

async function stampOf(file: string): Promise<string> {
  const stamps = ['', ...BESIDE].map(async (end) => {
    if (!existsSync(file + end)) return '';
    const { size, mtimeMs } = await stat(file + end);
    return `${size}/${mtimeMs}`;
  });
  return (await Promise.all(stamps)).join(' ');
}

async function readFrom<T>(file: string, work: (reader: ForeignReader) => Promise<T>): Promise<T> {
  const connection = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: WAIT_MS });
  try {
    connection.exec('BEGIN');
    return await work(readerOf(connection));
  } finally {
    connection.close();
  }
}

function readerOf(connection: Sqlite.Database): ForeignReader {
  return {
    columnsOf: (table) => {
      const columns = connection.prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?)');
      return Promise.resolve(columns.all(table).map(({ name }) => name));
    },
    rowsOf: (table, columns) => {
      const list = columns.map((column) => `"${column}"`).join(', ');
      return Promise.resolve(connection.prepare<[], SqlRow>(`SELECT ${list} FROM "${table}"`).all());
    },
  };
}

import type { DatabaseOptions, SqlRow } from '../database/database';
import { driverCode } from '../database/database-error';
import { StoreError } from '../store-error';
import type { ForeignReader } from './foreign-reader';

export interface WantedTable {
  readonly name: string;
  readonly columns: readonly string[];
}

/** So long a table may be locked by somebody else. Servers of databases would wait without end. */
const LOCK_TIMEOUT_MS = 10_000;

/**
 * Reads tables of another program's database, as they were at one moment, and changes nothing. Of each table those of
 * the wanted columns that are there; a table that is not there is absent. Throws `database_failed`, in words for people
 * and without a secret, also if a server has a table locked for longer than `lockTimeoutMs`.
 */
export async function readForeignTables(
  options: DatabaseOptions,
  wanted: readonly WantedTable[],
  lockTimeoutMs = LOCK_TIMEOUT_MS,
): Promise<Map<string, SqlRow[]>> {
  return inWords(() => withReader(options, lockTimeoutMs, (reader) => readAll(reader, wanted)));
}

/**
 * The same of the bytes of a SQLite file that somebody has sent. Nothing of them is written anywhere, and what they
 * hold may be made to harm: no view and nothing else that computes is read, and no more than so many rows. Other work
 * goes on meanwhile. `bytes` are changed.
 */
export async function readForeignBytes(
  bytes: Buffer,
  wanted: readonly WantedTable[],
): Promise<Map<string, SqlRow[]>> {
  const { withBytesReader } = await import('./bytes-reader');
  return inWords(() => withBytesReader(bytes, (reader) => readAll(reader, wanted)));
}

async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreError) throw error;
    const code = driverCode(error);
    const what = code === undefined ? 'it is no such database' : wordsOf(code);
    throw new StoreError('database_failed', `The database to move in from cannot be read: ${what}`, error);
  }
}

async function readAll(
  reader: ForeignReader,
  wanted: readonly WantedTable[],
): Promise<Map<string, SqlRow[]>> {
  const tables = new Map<string, SqlRow[]>();
  for (const { name, columns } of wanted) {
    const present = new Set(await reader.columnsOf(name));
    const read = [...new Set(columns)].filter((column) => present.has(column));
    if (present.size === 0) continue;
    const rows = read.length === 0 ? [] : await reader.rowsOf(name, read);
    tables.set(name, rows.map(plainRow));
  }
  return tables;
}

async function withReader<T>(
  options: DatabaseOptions,
  lockTimeoutMs: number,
  work: (reader: ForeignReader) => Promise<T>,
): Promise<T> {
  // What speaks to a database that is not in use is not loaded.
  if (options.type === 'mysql') {
    const { withMysqlReader } = await import('./mysql-reader');
    return withMysqlReader(options, lockTimeoutMs, work);
  }
  if (options.type === 'postgres') {
    const { withPostgresReader } = await import('./postgres-reader');
    return withPostgresReader(options, lockTimeoutMs, work);
  }
  const { withSqliteReader } = await import('./sqlite-reader');
  return withSqliteReader(options.file, work);
}

function plainRow(row: SqlRow): SqlRow {
  return Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, plainCell(cell)]));
}

/** Drivers differ in what they make of the same cell. Bytes that are no UTF-8 become a character that no key has. */
function plainCell(cell: unknown): unknown {
  if (typeof cell === 'bigint') return Number(cell);
  if (cell instanceof Uint8Array) return new TextDecoder().decode(cell);
  return cell instanceof Date ? cell.getTime() : cell;
}

const WORDS: readonly (readonly [codes: RegExp, words: string])[] = [
  [/^SQLITE_(NOTADB|CORRUPT)/, 'it is no SQLite database, or a damaged one'],
  [/^SQLITE_(CANTOPEN|PERM|AUTH)|^E(ACCES|PERM|ISDIR)$/, 'it may not be opened'],
  [/^ENOENT$/, 'it is not there'],
  [/^SQLITE_(BUSY|LOCKED)|^55P03$|^ER_LOCK_WAIT/, 'it is locked by another program'],
  [/^ER_ACCESS_DENIED|^28/, 'user or password are wrong'],
  [/^ER_BAD_DB|^3D000$/, 'there is no database of that name'],
  [
    /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ER_SOCKET|ER_CONNECTION|ER_GET_CONN)/,
    'nothing answers there',
  ],
];

function wordsOf(code: string): string {
  const words = WORDS.find(([codes]) => codes.test(code))?.[1] ?? 'the database does not answer as it should';
  return `${words} (${code})`;
}

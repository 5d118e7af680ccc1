import type { Cipher } from './secrets/cipher';
import { textColumn } from './database/columns';
import { EACH_MAX, type Database, type SqlRow, type SqlSession, type SqlValue } from './database/database';
import { SEALED_TABLES, type SealedTable } from './secrets/sealed-tables';
import { StoreError } from './store-error';

/** All rows of a database but its logs, with secrets in the clear; the same for all databases. */
export interface Dump {
  /** The last migration of the database that it was made of. */
  readonly migration: string;
  readonly tables: readonly DumpedTable[];
}

export interface DumpedTable {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly DumpedValue[])[];
}

type DumpedValue = string | number | null;

/** A table to dump: those without secrets by their primary key. */
interface TableShape extends Omit<SealedTable, 'id'> {
  readonly keys: readonly string[];
  /** More of the primary key, which older dumps lack. */
  readonly laterKeys?: readonly string[];
  /** The migration that has made it: older dumps have no such table. */
  readonly since?: string;
}

const SHAPES: readonly TableShape[] = [
  ...SEALED_TABLES.map(({ id, ...shape }) => ({ ...shape, keys: [id] })),
  {
    table: 'UsageRollup',
    keys: ['resolution', 'bucketStart', 'provider', 'keyId', 'model', 'statusClass'],
    laterKeys: ['token'],
    sealed: [],
  },
  {
    table: 'ObjectOwner',
    keys: ['objectId', 'provider'],
    sealed: [],
    since: '20261129000000_object_owners',
  },
  { table: 'SavedView', keys: ['id'], sealed: [], since: '20261206000001_saved_views' },
  { table: 'AuditLog', keys: ['id'], sealed: [] },
];

const PAGE = 5_000;
const IDENTIFIER = /^[A-Za-z][A-Za-z0-9]{0,63}$/;

/**
 * Reads everything as it was at one moment. Throws `decrypt_failed` for a secret that no known key opens: a backup that
 * silently lacks one would be found out too late.
 */
export function dump(database: Database, cipher: Cipher): Promise<Dump> {
  return database.snapshot(async (session) => {
    const tables: DumpedTable[] = [];
    for (const shape of SHAPES) tables.push(await dumpTable(session, cipher, shape));
    return { migration: await lastMigration(session), tables };
  });
}

/** True of an unused database: no keys, proxies, client tokens or logs, and no provider of the dashboard. */
export async function isEmpty(database: Database): Promise<boolean> {
  const questions = [
    'SELECT id FROM ApiKey LIMIT 1',
    'SELECT id FROM EgressProxy LIMIT 1',
    'SELECT id FROM ClientToken LIMIT 1',
    'SELECT id FROM RequestLog LIMIT 1',
    `SELECT id FROM Provider WHERE source = 'dashboard' LIMIT 1`,
  ];
  for (const question of questions) if ((await database.query(question)).length > 0) return false;
  return true;
}

/**
 * Puts the rows of a dump in the place of those that are there, as part of a transaction; logs stay. Throws
 * `migration_failed` for a dump of a newer version, and `database_failed` for one that is not whole or of another
 * program.
 */
export async function load(session: SqlSession, cipher: Cipher, content: Dump): Promise<void> {
  const byName = new Map(content.tables.map((table) => [table.table, table]));
  const plan = SHAPES.map((shape) => {
    const isOlder = content.migration < (shape.since ?? '');
    const none = isOlder ? { table: shape.table, columns: [], rows: [] } : undefined;
    return [shape, checked(shape, byName.get(shape.table) ?? none)] as const;
  });
  if (timeOf(content.migration) > timeOf(await lastMigration(session))) {
    throw new StoreError(
      'migration_failed',
      'The backup was made by a newer version of the program; install that one',
    );
  }
  for (const { table } of [...SHAPES].reverse()) await session.execute(`DELETE FROM ${table}`);
  for (const [shape, table] of plan) await loadTable(session, cipher, shape, table);
}

/** The migrations of the databases go by the same times; their names differ where one database came later. */
function timeOf(migration: string): string {
  return migration.slice(0, 14);
}

async function lastMigration(session: SqlSession): Promise<string> {
  const [row] = await session.query(
    'SELECT MAX(migration_name) AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL',
  );
  return row ? textColumn(row, 'name') : '';
}

async function dumpTable(session: SqlSession, cipher: Cipher, shape: TableShape): Promise<DumpedTable> {
  const { where = '1 = 1' } = shape;
  const order = [...shape.keys, ...(shape.laterKeys ?? [])].join(', ');
  const rows: DumpedValue[][] = [];
  let columns: string[] = [];
  for (;;) {
    const page = await session.query(
      `SELECT * FROM ${shape.table} WHERE ${where} ORDER BY ${order} LIMIT ${PAGE} OFFSET ${rows.length}`,
    );
    for (const row of page) {
      columns = Object.keys(row).filter((column) => column !== 'lookup' || shape.lookupOf === undefined);
      const id = String(row[shape.keys[0] ?? '']);
      rows.push(columns.map((column) => dumpValue(row, column, id, shape, cipher)));
    }
    if (page.length < PAGE) return { table: shape.table, columns, rows };
  }
}

function dumpValue(row: SqlRow, column: string, id: string, shape: TableShape, cipher: Cipher): DumpedValue {
  const value = row[column];
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  const sealed = shape.sealed.find(({ name }) => name === column);
  if (sealed === undefined || !Buffer.isBuffer(value)) {
    throw new StoreError('database_failed', `Column ${column} of ${shape.table} holds an unexpected type`);
  }
  return cipher.open(value, sealed.context(id));
}

function checked(shape: TableShape, table: DumpedTable | undefined): DumpedTable {
  const damaged = new StoreError('database_failed', `The backup is damaged: table ${shape.table}`);
  if (table === undefined) throw damaged;
  const { columns, rows } = table;
  if (rows.length > 0 && shape.keys.some((key) => !columns.includes(key))) throw damaged;
  if (!columns.every((column) => IDENTIFIER.test(column))) throw damaged;
  if (!rows.every((row) => row.length === columns.length)) throw damaged;
  return table;
}

async function loadTable(
  session: SqlSession,
  cipher: Cipher,
  shape: TableShape,
  { table, columns, rows }: DumpedTable,
): Promise<void> {
  if (rows.length === 0) return;
  const all = shape.lookupOf === undefined ? columns : [...columns, 'lookup'];
  const sql = `INSERT INTO ${table} (${all.join(', ')}) VALUES (${all.map(() => '?').join(', ')})`;
  const idAt = columns.indexOf(shape.keys[0] ?? '');
  const sealedAt = new Map(shape.sealed.map(({ name, context }) => [columns.indexOf(name), context]));
  const lookupAt = columns.indexOf(shape.lookupOf ?? '');
  for (let start = 0; start < rows.length; start += EACH_MAX) {
    const lists = rows.slice(start, start + EACH_MAX).map((row) => {
      const id = String(row[idAt]);
      const values = row.map((value, index): SqlValue => {
        const context = sealedAt.get(index);
        return context === undefined || value === null ? value : cipher.seal(String(value), context(id));
      });
      return shape.lookupOf === undefined ? values : [...values, cipher.lookup(String(row[lookupAt]))];
    });
    await session.executeEach(sql, lists);
  }
}

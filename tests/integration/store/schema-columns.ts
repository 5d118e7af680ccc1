import { readFile } from 'node:fs/promises';
import type { DatabaseOptions } from '../../../lib/store/database/database';
import { rawSql as raw } from '../../support/raw-sql';

/** Sorted lines such as `Table.column TEXT NOT NULL`, `Table index a,b`, `Table unique a`, `Table primary a`. */
export type SchemaFacts = string[];

const SQLITE_TYPES: Readonly<Record<string, string>> = {
  String: 'text',
  Bytes: 'blob',
  Boolean: 'boolean',
  Int: 'integer',
  BigInt: 'bigint',
  Float: 'real',
};
const MYSQL_TYPES: Readonly<Record<string, string>> = {
  Boolean: 'tinyint(1)',
  Int: 'int(11)',
  BigInt: 'bigint(20)',
  Float: 'double',
};

const POSTGRES_TYPES: Readonly<Record<string, string>> = {
  String: 'text collate C',
  Bytes: 'bytea',
  Boolean: 'boolean',
  Int: 'integer',
  BigInt: 'bigint',
  Float: 'double precision',
};

const nullability = (isRequired: boolean) => (isRequired ? 'not null' : 'null');
const names = (list: string) => list.split(',').map((name) => name.trim());

/** What the Prisma schema asks for. */
export async function expectedColumns(type: DatabaseOptions['type']): Promise<SchemaFacts> {
  const schema = await readFile(new URL(`../../../prisma/${type}/schema.prisma`, import.meta.url), 'utf8');
  const facts: SchemaFacts = [];
  for (const [, model = '', body = ''] of schema.matchAll(/^model (\w+) \{\n(.*?)^\}/gms)) {
    for (const line of body.split('\n'))
      facts.push(...lineFacts(type, model, line.replace(/\/\/.*$/, '').trim()));
  }
  return facts.sort();
}

function lineFacts(type: DatabaseOptions['type'], model: string, line: string): string[] {
  const block = /^@@(\w+)\(\[([^\]]*)\]\)$/.exec(line);
  if (block) {
    const word = { id: 'primary', unique: 'unique', index: 'index' }[block[1] ?? ''];
    return [`${model} ${word} ${names(block[2] ?? '').join(',')}`];
  }
  const field = /^(\w+)\s+(\w+)(\??)(?:\s+(.*))?$/.exec(line);
  if (!field) return [];
  const [, column = '', scalar = '', optional = '', attributes = ''] = field;
  if (!(scalar in SQLITE_TYPES)) return [];
  const native = /@db\.(\w+(?:\(\d+\))?)/.exec(attributes)?.[1]?.toLowerCase();
  const types = { sqlite: SQLITE_TYPES, mysql: MYSQL_TYPES, postgres: POSTGRES_TYPES }[type];
  const stored = native ?? types[scalar];
  return [
    `${model}.${column} ${stored} ${nullability(optional === '')}${defaultOf(attributes)}`,
    ...(/@id\b/.test(attributes) ? [`${model} primary ${column}`] : []),
    ...(/@unique\b/.test(attributes) ? [`${model} unique ${column}`] : []),
  ];
}

function defaultOf(attributes: string): string {
  const value = /@default\((.*?)\)/.exec(attributes)?.[1];
  return value === undefined ? '' : ` default ${plainDefault(value)}`;
}

/** The databases and Prisma write false, 0 and '' in their own ways. */
function plainDefault(value: unknown): string {
  // PostgreSQL says `''::text`.
  const text = String(value)
    .replace(/::\w+$/, '')
    .replaceAll(/['"]/g, '');
  if (text === 'true') return '1';
  return text === 'false' ? '0' : text;
}

/** What the migrations have made. */
export async function storedColumns(database: DatabaseOptions): Promise<SchemaFacts> {
  const factsOf = { sqlite: sqliteFacts, mysql: mysqlFacts, postgres: postgresFacts }[database.type];
  return (await factsOf(database)).sort();
}

async function sqliteFacts(database: DatabaseOptions): Promise<string[]> {
  const facts: string[] = [];
  const tables = await raw(
    database,
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> '_prisma_migrations'",
  );
  for (const { name } of tables) {
    const table = String(name);
    const columns = await raw(
      database,
      'SELECT name, type, "notnull" AS required, dflt_value FROM pragma_table_info(?)',
      [table],
    );
    for (const column of columns) {
      const value = column.dflt_value === null ? '' : ` default ${plainDefault(column.dflt_value)}`;
      facts.push(
        `${table}.${String(column.name)} ${String(column.type).toLowerCase()} ${nullability(column.required === 1)}${value}`,
      );
    }
    const keys = await raw(database, 'SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk', [
      table,
    ]);
    facts.push(`${table} primary ${keys.map((key) => String(key.name)).join(',')}`);
    const indexes = await raw(
      database,
      'SELECT name, "unique" AS isUnique FROM pragma_index_list(?) WHERE origin = \'c\'',
      [table],
    );
    for (const index of indexes) {
      const parts = await raw(database, 'SELECT name FROM pragma_index_info(?) ORDER BY seqno', [index.name]);
      const word = index.isUnique === 1 ? 'unique' : 'index';
      facts.push(`${table} ${word} ${parts.map((part) => String(part.name)).join(',')}`);
    }
  }
  return facts;
}

async function mysqlFacts(database: DatabaseOptions): Promise<string[]> {
  const columns = await raw(
    database,
    `SELECT TABLE_NAME AS tab, COLUMN_NAME AS col, COLUMN_TYPE AS kind, IS_NULLABLE AS nullable, COLUMN_DEFAULT AS value
     FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME <> '_prisma_migrations'`,
  );
  const facts = columns.map(({ tab, col, kind, nullable, value }) => {
    const hasDefault = value !== null && value !== 'NULL';
    const tail = hasDefault ? ` default ${plainDefault(value)}` : '';
    return `${String(tab)}.${String(col)} ${String(kind)} ${nullability(nullable === 'NO')}${tail}`;
  });
  const indexes = await raw(
    database,
    `SELECT TABLE_NAME AS tab, INDEX_NAME AS name, MIN(NON_UNIQUE) AS many,
            GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX) AS columns
     FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME <> '_prisma_migrations'
     GROUP BY TABLE_NAME, INDEX_NAME`,
  );
  for (const { tab, name, many, columns: list } of indexes) {
    const word = name === 'PRIMARY' ? 'primary' : many === 1 ? 'index' : 'unique';
    facts.push(`${String(tab)} ${word} ${String(list)}`);
  }
  return facts;
}

async function postgresFacts(database: DatabaseOptions): Promise<string[]> {
  const tables = `FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'`;
  const columns = await raw(
    database,
    `SELECT t.relname AS tab, a.attname AS col, format_type(a.atttypid, a.atttypmod) AS kind, c.collname AS collation,
            a.attnotnull AS required, pg_get_expr(d.adbin, d.adrelid) AS value
     ${tables} JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0
     LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum LEFT JOIN pg_collation c ON c.oid = a.attcollation
     WHERE t.relkind = 'r' AND t.relname <> '_prisma_migrations'`,
  );
  const facts = columns.map(({ tab, col, kind, collation, required, value }) => {
    const type = `${String(kind)}${typeof collation === 'string' ? ` collate ${collation}` : ''}`;
    const tail = value === null ? '' : ` default ${plainDefault(value)}`;
    return `${String(tab)}.${String(col)} ${type} ${nullability(required === true)}${tail}`;
  });
  const indexes = await raw(
    database,
    `SELECT t.relname AS tab, i.indisprimary AS first, i.indisunique AS one,
            (SELECT string_agg(pg_get_indexdef(i.indexrelid, k, true), ',' ORDER BY k)
             FROM generate_series(1, i.indnkeyatts) AS k) AS columns
     ${tables} JOIN pg_index i ON i.indrelid = t.oid WHERE t.relname <> '_prisma_migrations'`,
  );
  for (const { tab, first, one, columns: list } of indexes) {
    const word = first === true ? 'primary' : one === true ? 'unique' : 'index';
    facts.push(`${String(tab)} ${word} ${String(list).replaceAll('"', '')}`);
  }
  return facts;
}

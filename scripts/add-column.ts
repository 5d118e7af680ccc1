// Writes the migrations for a field that prisma/sqlite/schema.prisma has just got, one for each database:
//   npx tsx scripts/add-column.ts 20270101000000_limits ApiKey limits
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../prisma/', import.meta.url);
interface Types {
  readonly sqlite: string;
  readonly mysql?: string;
  readonly postgres: string;
}

const TYPES: Readonly<Record<string, Types>> = {
  // The schema names the type of MySQL for these two.
  String: { sqlite: 'TEXT', postgres: 'TEXT COLLATE "C"' },
  Bytes: { sqlite: 'BLOB', postgres: 'BYTEA' },
  Boolean: { sqlite: 'BOOLEAN', mysql: 'BOOLEAN', postgres: 'BOOLEAN' },
  Int: { sqlite: 'INTEGER', mysql: 'INTEGER', postgres: 'INTEGER' },
  BigInt: { sqlite: 'BIGINT', mysql: 'BIGINT', postgres: 'BIGINT' },
  Float: { sqlite: 'REAL', mysql: 'DOUBLE', postgres: 'DOUBLE PRECISION' },
};

export interface ColumnMigrations {
  readonly sqlite: string;
  readonly mysql: string;
  readonly postgres: string;
}

/** Throws for a field that is not in the schema, and for one that rows which are there already could not have. */
export function columnMigrations(schema: string, model: string, field: string): ColumnMigrations {
  const { type, isOptional, rest } = fieldIn(schema, model, field);
  const types = TYPES[type];
  if (types === undefined) throw new Error(`prisma/sqlite/schema.prisma has no column ${field} in ${model}`);
  const mysqlType = types.mysql ?? nativeType(rest);
  if (mysqlType === undefined) throw new Error(`${model}.${field} names no type for MySQL`);
  const byDefault = defaultIn(rest);
  if (!isOptional && byDefault === undefined) {
    throw new Error(
      `${model}.${field} needs a default, or has to be optional: the rows that are there have no value`,
    );
  }
  const given = byDefault === undefined ? '' : ` DEFAULT ${byDefault}`;
  const tail = `${isOptional ? '' : ' NOT NULL'}${given}`;
  return {
    sqlite: plainMigration(model, field, types.sqlite + tail),
    postgres: plainMigration(model, field, types.postgres + tail),
    mysql: mysqlMigration(model, field, `${mysqlType} ${isOptional ? 'NULL' : 'NOT NULL'}${given}`),
  };
}

/** The type is empty if the model has no such field. */
function fieldIn(schema: string, model: string, field: string) {
  const body = new RegExp(`^model ${model} \\{\\n([\\s\\S]*?)^\\}`, 'm').exec(schema)?.[1] ?? '';
  const line = new RegExp(`^\\s+${field}\\s+(\\w+)(\\??)([^\\n]*)$`, 'm').exec(body);
  const [, type = '', optional, rest = ''] = line ?? [];
  return { type, isOptional: optional === '?', rest };
}

const nativeType = (rest: string) => /@db\.(\w+(?:\(\d+\))?)/.exec(rest)?.[1]?.toUpperCase();

const defaultIn = (rest: string) => /@default\(("[^"]*"|[\w.]+)\)/.exec(rest)?.[1]?.replaceAll('"', "'");

/** SQLite and PostgreSQL migrate in one transaction. */
const plainMigration = (model: string, field: string, definition: string) => `-- AlterTable
ALTER TABLE "${model}" ADD COLUMN "${field}" ${definition};
`;

const mysqlMigration = (
  model: string,
  field: string,
  definition: string,
) => `-- MySQL cannot add a column only if it is missing, and this has to be able to run twice.
SET @statement = IF(
    (SELECT COUNT(*) FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '${model}' AND COLUMN_NAME = '${field}') = 0,
    'ALTER TABLE \`${model}\` ADD COLUMN \`${field}\` ${definition.replaceAll("'", "''")}', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [name = '', model = '', field = ''] = process.argv.slice(2);
  if (!/^\d{14}_\w+$/.test(name) || field === '') {
    console.error('Usage: npx tsx scripts/add-column.ts <YYYYMMDDhhmmss>_<name> <Model> <field>');
    process.exitCode = 1;
  } else {
    const migrations = columnMigrations(
      readFileSync(new URL('sqlite/schema.prisma', ROOT), 'utf8'),
      model,
      field,
    );
    for (const database of ['sqlite', 'mysql', 'postgres'] as const) {
      const folder = new URL(`migrations/${database}/${name}/`, ROOT);
      mkdirSync(folder, { recursive: true });
      writeFileSync(new URL('migration.sql', folder), migrations[database], { flag: 'wx' });
      console.log(fileURLToPath(folder));
    }
  }
}

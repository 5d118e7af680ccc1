import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { parse } from 'yaml';
import type { JsonObject, SourceTables } from '../../lib/moving-in/rows';
import type { Source, SourceProgram } from '../../lib/moving-in/source';

const FIXTURES = join(import.meta.dirname, '../fixtures/moving-in');

export const fixtureText = (name: string): string => readFileSync(join(FIXTURES, name), 'utf8');
export const fixturePath = (name: string): string => join(FIXTURES, name);

/** Makes the database of a fixture as a file. `also` is more SQL. */
export function makeSource(fixture: string, file: string, also = ''): string {
  const database = new Sqlite(file);
  database.exec(fixtureText(fixture) + also);
  database.close();
  return file;
}

/** What a reader is given of a fixture. */
export function sourceOf(
  program: SourceProgram,
  fixture: string | undefined,
  { also = '', ...more }: Partial<Omit<Source, 'tables'>> & { readonly also?: string } = {},
): Source {
  return {
    tables: fixture === undefined ? new Map() : tablesOf(program, fixtureText(fixture) + also),
    environment: {},
    encryptionKey: '',
    ...more,
  };
}

export const yamlOf = (text: string): JsonObject => parse(text, { version: '1.1' }) as JsonObject;

function tablesOf(program: SourceProgram, sql: string): SourceTables {
  const database = new Sqlite(':memory:');
  database.exec(sql);
  const tables = new Map<string, Record<string, unknown>[]>();
  for (const { name } of program.tables) {
    const columns = database.prepare('SELECT name FROM pragma_table_info(?)').all(name);
    if (columns.length > 0)
      tables.set(name, database.prepare<[], Record<string, unknown>>(`SELECT * FROM "${name}"`).all());
  }
  database.close();
  return tables;
}

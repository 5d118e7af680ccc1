import { readFile, readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { SEALED_TABLES } from '../../../lib/store/secrets/sealed-tables';
import { columnMigrations } from '../../../scripts/add-column';
import { DERIVED_DATABASES, deriveSchema } from '../../../scripts/derive-schemas';

const schema = (kind: string) =>
  readFile(new URL(`../../../prisma/${kind}/schema.prisma`, import.meta.url), 'utf8');

describe.each(DERIVED_DATABASES)('the schema of %s', (database) => {
  it('is what the script derives from the SQLite schema', async () => {
    expect(await schema(database)).toBe(deriveSchema(database, await schema('sqlite')));
  });

  it('is not derived from a text field without a MySQL type', () => {
    expect(() => deriveSchema(database, 'datasource db {}\nmodel A {\n  id String @id\n}\n')).toThrow(
      /id String/,
    );
  });
});

it('the last migrations of all databases have one time: a backup of one goes into the others by it', async () => {
  const last = async (database: string) => {
    const folder = new URL(`../../../prisma/migrations/${database}/`, import.meta.url);
    const names = (await readdir(folder)).filter((name) => /^\d{14}_/.test(name));
    return names.sort().at(-1)?.slice(0, 14);
  };
  const [sqlite, ...others] = await Promise.all(['sqlite', ...DERIVED_DATABASES].map(last));
  expect(sqlite).toBeDefined();
  expect(others).toEqual(others.map(() => sqlite));
});

describe('the migrations for a new column', () => {
  const written = (database: string, name: string) =>
    readFile(
      new URL(`../../../prisma/migrations/${database}/${name}/migration.sql`, import.meta.url),
      'utf8',
    );

  it('are those that an earlier version has, for a field that it added', async () => {
    const { sqlite, mysql } = columnMigrations(
      await schema('sqlite'),
      'Provider',
      'firstTokenTimeoutSeconds',
    );
    expect(sqlite).toBe(await written('sqlite', '20261127000000_first_token'));
    expect(mysql).toBe(await written('mysql', '20261127000000_first_token'));
  });

  it('give the default to the rows that are there, in quotes where it is a text', async () => {
    const model = 'model A {\n  kind String @default("none") // mysql: @db.VarChar(16)\n}\n';
    expect(columnMigrations(await schema('sqlite'), 'ApiKey', 'version').sqlite).toContain(
      'INTEGER NOT NULL DEFAULT 1;',
    );
    expect(columnMigrations(model, 'A', 'kind').sqlite).toContain(`"kind" TEXT NOT NULL DEFAULT 'none';`);
    expect(columnMigrations(model, 'A', 'kind').postgres).toContain(
      `"kind" TEXT COLLATE "C" NOT NULL DEFAULT 'none';`,
    );
    expect(columnMigrations(model, 'A', 'kind').mysql).toContain(
      "VARCHAR(16) NOT NULL DEFAULT ''none''', 'DO 0');",
    );
  });

  it.each([
    ['is not in the schema', 'model A {\n  b Int?\n}\n'],
    ['could have no value in the rows that are there', 'model A {\n  a Int\n}\n'],
    ['names no type for MySQL', 'model A {\n  a String?\n}\n'],
  ])('are refused for a field that %s', (_, model) => {
    expect(() => columnMigrations(model, 'A', 'a')).toThrow();
  });
});

it('every column of bytes is known to be sealed, so that backups and new encryption keys leave none out', async () => {
  const found: string[] = [];
  let model = '';
  for (const line of (await schema('sqlite')).split('\n')) {
    model = /^model (\w+)/.exec(line)?.[1] ?? model;
    const column = /^\s+(\w+)\s+Bytes\b/.exec(line)?.[1];
    if (column !== undefined) found.push(`${model}.${column}`);
  }
  const known = SEALED_TABLES.flatMap(({ table, sealed, lookupOf }) => [
    ...sealed.map(({ name }) => `${table}.${name}`),
    ...(lookupOf === undefined ? [] : [`${table}.lookup`]),
  ]);
  expect(found.sort()).toEqual([...known, 'StoreMeta.value'].sort());
});

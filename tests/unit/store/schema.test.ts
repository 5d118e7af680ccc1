import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { SEALED_TABLES } from '../../../lib/store/secrets/sealed-tables';
import { deriveMysqlSchema } from '../../../scripts/derive-mysql-schema';

const schema = (kind: string) =>
  readFile(new URL(`../../../prisma/${kind}/schema.prisma`, import.meta.url), 'utf8');

describe('the MySQL schema', () => {
  it('is what the script derives from the SQLite schema', async () => {
    expect(await schema('mysql')).toBe(deriveMysqlSchema(await schema('sqlite')));
  });

  it('is not derived from a text field without a MySQL type', () => {
    expect(() => deriveMysqlSchema('generator client {}\nmodel A {\n  id String @id\n}\n')).toThrow(
      /id String/,
    );
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

import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
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

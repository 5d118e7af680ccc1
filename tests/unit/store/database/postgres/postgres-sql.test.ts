import { expect, it } from 'vitest';
import { postgresSql, postgresValue } from '../../../../../lib/store/database/postgres/postgres-sql';

it.each([
  [
    'SELECT id FROM RequestLog WHERE keyId = ? AND at > ?',
    'SELECT id FROM "RequestLog" WHERE "keyId" = $1 AND at > $2',
  ],
  ['SELECT COUNT(*) AS rowCount FROM ApiKey', 'SELECT COUNT(*) AS "rowCount" FROM "ApiKey"'],
  ['UPDATE ApiKey SET n = ApiKey.n + excluded.n', 'UPDATE "ApiKey" SET n = "ApiKey".n + excluded.n'],
  ["SELECT 'Who? isDisabled' AS a, ?", "SELECT 'Who? isDisabled' AS a, $1"],
  ["SELECT 'it''s ?', ?", "SELECT 'it''s ?', $1"],
  ['SELECT "isDisabled" FROM _prisma_migrations', 'SELECT "isDisabled" FROM _prisma_migrations'],
  ['SELECT latency10, latencyMore FROM t2', 'SELECT latency10, "latencyMore" FROM t2'],
])('%s', (sql, expected) => {
  expect(postgresSql(sql)).toBe(expected);
  expect(postgresSql(sql)).toBe(expected);
});

it('text keeps all but the character NUL, and bytes keep all', () => {
  expect(postgresValue('a\0b\0')).toBe('a\uFFFDb\uFFFD');
  const bytes = Buffer.from([0, 1]);
  expect(postgresValue(bytes)).toBe(bytes);
  expect([postgresValue(null), postgresValue(-1.5), postgresValue(5_000_000_000)]).toEqual([
    null,
    '-1.5',
    '5000000000',
  ]);
});

import Sqlite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { testedConditions } from '../../../../lib/store/logs/log-filter';
import { mysqlDialect } from '../../../../lib/store/database/mysql/mysql-dialect';
import { postgresDialect } from '../../../../lib/store/database/postgres/postgres-dialect';
import { sqliteDialect } from '../../../../lib/store/database/sqlite/sqlite-dialect';

const SHAPE = { outcomeColumn: 'outcome', modelColumns: ['model'], searched: ['message'] };

it.each([
  ['ÄRGER mit Größe', 'ÄRGER MIT GRÖßE', false],
  ['ÄRGER mit Größe', 'ÄRGER MIT', true],
  ['Ünïcode Model', 'Ünïcode', true],
  ['МОДЕЛЬ gpt', 'МОДЕЛЬ GPT', true],
  ['100% I! _x', '100% i! _X', true],
  ['ascii', 'ASCII', true],
])('SQLite finds in %j the text %j: %s', (message, text, isFound) => {
  const database = new Sqlite(':memory:');
  const [condition] = testedConditions(sqliteDialect, SHAPE, { text });
  const found = database
    .prepare(`SELECT 1 FROM (SELECT ? AS message) WHERE ${condition?.sql}`)
    .all(message, ...(condition?.params ?? []));
  database.close();
  expect(found).toHaveLength(isFound ? 1 : 0);
});

it.each([
  [mysqlDialect, '%ärger%'],
  [postgresDialect, '%Ärger%'],
])('$name is asked in lower case, as it makes the column', (dialect, pattern) => {
  expect(testedConditions(dialect, SHAPE, { text: 'ÄRGER' })[0]?.params).toEqual([pattern]);
});

it.each([
  [{ durationMsMin: 500 }, [500, 501]],
  [{ durationMsMax: 500 }, [499, 500]],
  [{ durationMsMin: 500, durationMsMax: 500 }, [500]],
])('how long a request took is asked with both ends: %j', (filters, expected) => {
  const database = new Sqlite(':memory:');
  database.exec('CREATE TABLE log (durationMs INTEGER); INSERT INTO log VALUES (499), (500), (501)');
  const conditions = testedConditions(sqliteDialect, SHAPE, filters);
  const found = database
    .prepare(`SELECT durationMs FROM log WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`)
    .pluck()
    .all(...conditions.flatMap(({ params }) => params));
  database.close();
  expect(found).toEqual(expected);
});

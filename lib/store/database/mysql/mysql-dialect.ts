import type { Dialect } from '../database';

const assignAll = (columns: readonly string[], right: (column: string) => string) =>
  columns.map((column) => `${column} = ${right(column)}`).join(', ');

// VALUES(column) and not a row alias: MariaDB knows only the former, MySQL knows both.
export const mysqlDialect: Dialect = {
  name: 'mysql',
  isLocal: false,
  // Not INSERT IGNORE, which would also swallow values that are too long.
  ignoreDuplicate: (key) => `ON DUPLICATE KEY UPDATE ${key} = ${key}`,
  mergeOnDuplicate: (_table, _keys, { sum, least, most }) =>
    `ON DUPLICATE KEY UPDATE ${[
      assignAll(sum, (column) => `${column} + VALUES(${column})`),
      assignAll(least, (column) => `LEAST(${column}, VALUES(${column}))`),
      assignAll(most, (column) => `GREATEST(${column}, VALUES(${column}))`),
    ].join(', ')}`,
  replaceOnDuplicate: (_keys, columns) =>
    `ON DUPLICATE KEY UPDATE ${assignAll(columns, (column) => `VALUES(${column})`)}`,
  nowMs: 'CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)',
  lockRows: 'FOR UPDATE',
  byKey: 'FORCE INDEX (PRIMARY)',
  byIndex: (name) => `FORCE INDEX (${name})`,
  deleteOldest: (table) => `DELETE FROM ${table} WHERE at < ? ORDER BY at LIMIT ?`,
  deleteOldestBuckets:
    'DELETE FROM UsageRollup WHERE resolution = ? AND bucketStart < ? ORDER BY bucketStart LIMIT ?',
  contains: (column) => `LOWER(${column}) LIKE ? ESCAPE '!'`,
  foldCase: (text) => text.toLowerCase(),
};

import type { Dialect } from '../database';

const assignAll = (columns: readonly string[], right: (column: string) => string) =>
  columns.map((column) => `${column} = ${right(column)}`).join(', ');

/** Of NULL and a value LEAST and GREATEST would take the value. */
const extreme = (pick: 'LEAST' | 'GREATEST', table: string) => (column: string) =>
  `CASE WHEN ${table}.${column} IS NULL OR excluded.${column} IS NULL THEN NULL
    ELSE ${pick}(${table}.${column}, excluded.${column}) END`;

export const postgresDialect: Dialect = {
  name: 'postgres',
  isLocal: false,
  // No conflict target: it stands for every unique key of the table.
  ignoreDuplicate: () => 'ON CONFLICT DO NOTHING',
  mergeOnDuplicate: (table, keys, { sum, least, most }) =>
    `ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${[
      assignAll(sum, (column) => `${table}.${column} + excluded.${column}`),
      assignAll(least, extreme('LEAST', table)),
      assignAll(most, extreme('GREATEST', table)),
    ].join(', ')}`,
  replaceOnDuplicate: (keys, columns) =>
    `ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${assignAll(columns, (column) => `excluded.${column}`)}`,
  nowMs: 'CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)',
  lockRows: 'FOR UPDATE',
  // The planner takes no orders; it knows how rare each value is.
  byKey: '',
  byIndex: () => '',
  deleteOldest: (table) =>
    `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE at < ? ORDER BY at LIMIT ?)`,
  deleteOldestBuckets: `DELETE FROM UsageRollup
    WHERE (resolution, bucketStart, provider, keyId, model, statusClass, token) IN (
      SELECT resolution, bucketStart, provider, keyId, model, statusClass, token FROM UsageRollup
      WHERE resolution = ? AND bucketStart < ? ORDER BY bucketStart LIMIT ?)`,
  contains: (column) => `LOWER(${column}) LIKE ? ESCAPE '!'`,
  // Which letters LOWER knows depends on the locale of the column, and "C" knows A to Z.
  foldCase: (text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
};

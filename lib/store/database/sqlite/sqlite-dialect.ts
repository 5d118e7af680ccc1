import type { Dialect } from '../database';

const assignAll = (columns: readonly string[], right: (column: string) => string) =>
  columns.map((column) => `${column} = ${right(column)}`).join(', ');

export const sqliteDialect: Dialect = {
  name: 'sqlite',
  isLocal: true,
  // No conflict target: it stands for every unique key of the table.
  ignoreDuplicate: () => 'ON CONFLICT DO NOTHING',
  mergeOnDuplicate: (_table, keys, { sum, least, most }) =>
    `ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${[
      assignAll(sum, (column) => `${column} + excluded.${column}`),
      assignAll(least, (column) => `MIN(${column}, excluded.${column})`),
      assignAll(most, (column) => `MAX(${column}, excluded.${column})`),
    ].join(', ')}`,
  replaceOnDuplicate: (keys, columns) =>
    `ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${assignAll(columns, (column) => `excluded.${column}`)}`,
  nowMs: "CAST(ROUND(unixepoch('subsec') * 1000) AS INTEGER)",
  // BEGIN IMMEDIATE has locked the whole database already.
  lockRows: '',
  byKey: 'NOT INDEXED',
  byIndex: (name) => `INDEXED BY ${name}`,
  deleteOldest: (table) =>
    `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE at < ? ORDER BY at LIMIT ?)`,
  deleteOldestBuckets: `DELETE FROM UsageRollup
    WHERE (resolution, bucketStart, provider, keyId, model, statusClass, token) IN (
      SELECT resolution, bucketStart, provider, keyId, model, statusClass, token FROM UsageRollup
      WHERE resolution = ? AND bucketStart < ? ORDER BY bucketStart LIMIT ?)`,
  contains: (column) => `${column} LIKE ? ESCAPE '!'`,
  // LIKE takes A for a, but not Ä for ä: an Ä in the pattern has to stay one.
  foldCase: (text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
};

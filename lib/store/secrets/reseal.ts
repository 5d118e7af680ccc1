import type { Cipher } from './cipher';
import { textColumn } from '../database/columns';
import type { Database, SqlRow, SqlValue } from '../database/database';
import { beginReplacing, endReplacing } from './encryption-key-proof';
import { SEALED_TABLES, type SealedTable } from './sealed-tables';
import { StoreError } from '../store-error';

export interface Resealed {
  /** Rows that were sealed with an old key and are now sealed with the present one. */
  readonly resealed: number;
  /** Rows that were removed because their secret has been added again meanwhile. */
  readonly duplicates: number;
  /** Rows that no known key opens. They stay as they are. */
  readonly unreadable: number;
}

const PAGE = 100;

/**
 * Seals everything with the present key that is sealed with an old one. Whoever knows both keys may read and write
 * meanwhile. May be broken off at any time and begun again.
 */
export async function resealAll(
  database: Database,
  cipher: Cipher,
  onProgress: (rows: number) => void = () => undefined,
): Promise<Resealed> {
  await beginReplacing(database, cipher);
  const counts = { current: 0, resealed: 0, duplicates: 0, unreadable: 0 };
  for (const table of SEALED_TABLES) {
    const columns = [table.id, ...table.sealed.map(({ name }) => name)].join(', ');
    const { where = '1 = 1' } = table;
    const select = `SELECT ${columns} FROM ${table.table} WHERE ${table.id} > ? AND ${where}
      ORDER BY ${table.id} LIMIT ${PAGE}`;
    let after = '';
    for (;;) {
      const page = await database.query(select, [after]);
      for (const row of page) {
        after = textColumn(row, table.id);
        counts[await reseal(database, cipher, table, row)] += 1;
      }
      onProgress(counts.resealed);
      if (page.length < PAGE) break;
    }
  }
  await endReplacing(database);
  return { resealed: counts.resealed, duplicates: counts.duplicates, unreadable: counts.unreadable };
}

async function reseal(
  database: Database,
  cipher: Cipher,
  table: SealedTable,
  row: SqlRow,
): Promise<'current' | 'resealed' | 'duplicates' | 'unreadable'> {
  const id = textColumn(row, table.id);
  const former: [column: string, value: Buffer][] = [];
  const present: [column: string, value: SqlValue][] = [];
  try {
    for (const { name, context } of table.sealed) {
      const bytes = row[name];
      if (!Buffer.isBuffer(bytes) || cipher.isCurrent(bytes)) continue;
      const text = cipher.open(bytes, context(id));
      former.push([name, bytes]);
      present.push([name, cipher.seal(text, context(id))]);
      if (table.lookupOf === name) present.push(['lookup', cipher.lookup(text)]);
    }
  } catch {
    return 'unreadable';
  }
  if (former.length === 0) return 'current';
  // Only if it has not been written again meanwhile.
  const sql = `UPDATE ${table.table} SET ${present.map(([column]) => `${column} = ?`).join(', ')}
    WHERE ${[table.id, ...former.map(([column]) => column)].map((column) => `${column} = ?`).join(' AND ')}`;
  try {
    await database.execute(sql, [
      ...present.map(([, value]) => value),
      id,
      ...former.map(([, value]) => value),
    ]);
    return 'resealed';
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'duplicate') throw error;
    await database.execute(`DELETE FROM ${table.table} WHERE ${table.id} = ?`, [id]);
    return 'duplicates';
  }
}

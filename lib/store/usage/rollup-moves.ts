import { randomBytes } from 'node:crypto';
import { bytesColumn } from '../database/columns';
import type { Dialect, Reader, SqlSession } from '../database/database';

/** In StoreMeta: changes with each move of rows, whichever process makes it. */
const NAME = 'usage_moves';

/** To be called at the end of the transaction that moves rows. */
export async function noteMove(session: SqlSession, dialect: Dialect): Promise<void> {
  const move = randomBytes(16);
  const noted = await session.execute('UPDATE StoreMeta SET value = ? WHERE name = ?', [move, NAME]);
  if (noted > 0) return;
  const insert = `INSERT INTO StoreMeta (name, value) VALUES (?, ?) ${dialect.ignoreDuplicate('name')}`;
  await session.execute(insert, [NAME, move]);
}

/** Whoever reads rows in several statements has read them at one moment if this was the same before and after. */
export async function readMoves(reader: Reader): Promise<string> {
  const [row] = await reader.query('SELECT value FROM StoreMeta WHERE name = ?', [NAME]);
  return row === undefined ? '' : bytesColumn(row, 'value').toString('hex');
}

import { rename, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isOutage } from '../../../lib/store/database/database-error';
import { openSqliteFile, sqliteDatabase } from '../../../lib/store/database/sqlite/sqlite-database';
import type { Database, SqlSession } from '../../../lib/store/database/database';
import { tempDir } from '../../support/temp-dir';

/** More than a thread may hold. */
const FLOOD = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1500)
  SELECT i, hex(zeroblob(200000)) AS text FROM n`;

let folder: Awaited<ReturnType<typeof tempDir>>;
let file: string;
let database: Database;

beforeEach(async () => {
  folder = await tempDir('thread');
  file = `${folder.path}/db`;
  const connection = openSqliteFile(file);
  connection.exec('CREATE TABLE Played (id INTEGER PRIMARY KEY, word TEXT, bytes BLOB, part REAL)');
  connection.close();
  database = sqliteDatabase(file);
});

afterEach(async () => {
  await database.close();
  await folder.remove();
});

const insert = 'INSERT INTO Played (id, word, bytes, part) VALUES (?, ?, ?, ?)';
const words = async () =>
  (await database.query('SELECT word FROM Played ORDER BY id')).map(({ word }) => word);

describe('the thread of SQLite', () => {
  it('gives values back as they were, bytes as buffers of their own', async () => {
    const bytes = Buffer.from('0123456789').subarray(3, 6);
    await database.executeEach(insert, [
      [1, 'größer 😀', bytes, 0.5],
      [2, null, null, null],
      [3, '', Buffer.alloc(0), -1e300],
    ]);
    const rows = await database.query('SELECT * FROM Played ORDER BY id');
    expect(rows).toEqual([
      { id: 1, word: 'größer 😀', bytes: Buffer.from('345'), part: 0.5 },
      { id: 2, word: null, bytes: null, part: null },
      { id: 3, word: '', bytes: Buffer.alloc(0), part: -1e300 },
    ]);
    expect(Buffer.isBuffer(rows[0]?.bytes)).toBe(true);
    expect(await database.query('SELECT * FROM Played WHERE id = ?', [4])).toEqual([]);
  });

  it('long reads are answered while a transaction is open, with what was committed before', async () => {
    await database.execute(insert, [1, 'before', null, null]);
    const read = async () => (await database.reader.query('SELECT word FROM Played ORDER BY id')).length;
    const within = await database.transaction(async (session) => {
      await session.execute(insert, [2, 'within', null, null]);
      return read();
    });
    expect([within, await read()]).toEqual([1, 2]);
  });

  it('tells of errors by the code of the driver, and goes on', async () => {
    await database.execute(insert, [1, 'first', null, null]);
    const twice = database.execute(insert, [1, 'second', null, null]);
    await expect(twice).rejects.toMatchObject({ code: 'duplicate' });
    await expect(database.query('SELECT nothing FROM nowhere')).rejects.toMatchObject({
      code: 'database_failed',
      message: expect.stringContaining('SQLITE_ERROR') as unknown,
    });
    expect(await words()).toEqual(['first']);
  });

  it('writes all lists or none', async () => {
    const lists = [1, 2, 1].map((id) => [id, `word ${id}`, null, null]);
    await expect(database.executeEach(insert, lists)).rejects.toMatchObject({ code: 'duplicate' });
    expect(await words()).toEqual([]);
    await database.transaction((session) => session.executeEach(insert, lists.slice(0, 2)));
    expect(await words()).toEqual(['word 1', 'word 2']);
  });

  it('undoes a transaction whose work fails, and keeps others out of it until then', async () => {
    const undone = database.transaction(async (session) => {
      await session.execute(insert, [1, 'undone', null, null]);
      throw new Error('changed my mind');
    });
    const seen = words();
    await expect(undone).rejects.toThrow();
    expect(await seen).toEqual([]);
  });

  it('dies of what is too large without taking anything along, and the next call has another one', async () => {
    await database.execute(insert, [1, 'before', null, null]);
    const error: unknown = await database.query(FLOOD).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'database_failed' });
    expect(isOutage(error)).toBe(true);
    await database.execute(insert, [2, 'after', null, null]);
    expect(await words()).toEqual(['before', 'after']);
  });

  it('does not go on with a transaction on another thread than the one that has begun it', async () => {
    const work = async (session: SqlSession) => {
      await session.execute(insert, [1, 'lost', null, null]);
      await session.query(FLOOD).catch(() => undefined);
      await session.execute(insert, [2, 'without the first', null, null]);
    };
    await expect(database.transaction(work)).rejects.toMatchObject({ code: 'database_failed' });
    expect(await words()).toEqual([]);
  });

  it('is failing once its file is gone, or another one is in its place', async () => {
    await database.ping();
    const aside = `${folder.path}/aside`;
    await rename(file, aside);
    await expect(database.ping()).rejects.toMatchObject({ code: 'database_failed' });
    await writeFile(file, '');
    await expect(database.ping()).rejects.toMatchObject({ code: 'database_failed' });
    await rename(aside, file);
    await database.ping();
  });

  it('takes no call once it is closed', async () => {
    await database.query('SELECT 1');
    await database.close();
    await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'database_failed' });
    await database.close();
  });
});

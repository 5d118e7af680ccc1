import { setImmediate as nextTurn } from 'node:timers/promises';
import { inBatches } from '../database/batches';
import type { Cipher } from '../secrets/cipher';
import { textColumn } from '../database/columns';
import { EACH_MAX } from '../database/database';
import type { Database, SqlRow } from '../database/database';
import { leaveNotes, type NotesLeft } from '../change-notes';
import { joinFound } from './found-states';
import {
  COUNT_COLUMNS,
  FOUND_COLUMNS,
  KEY_COLUMNS,
  readCounts,
  readFound,
  readKey,
  readSaid,
  SAID_COLUMNS,
  type ApiKeyRow,
  type CountsOfKey,
  type FoundOfKey,
  type SaidOfKey,
} from './key-row';
import { writeKeyStates } from './key-state-writes';
import { createReceipts } from '../database/receipts';
import type { Receipt, Receipts } from '../database/receipts';
import type { KeyStateChange } from '../rows';

export interface KeyStore {
  /**
   * All keys of all providers in the order they were added, read in pages so that nobody is held up for more than a
   * few milliseconds. A key that cannot be decrypted is left out and reported.
   */
  loadAll(onUnreadable?: (id: string) => void): Promise<ApiKeyRow[]>;
  /** These keys, but for those that are gone or cannot be decrypted; those are reported. In batches. */
  load(keyIds: readonly string[], onUnreadable?: (id: string) => void): Promise<ApiKeyRow[]>;
  /** What people have last said of these keys; those that are gone are left out. In batches. */
  saidOf(keyIds: readonly string[]): Promise<SaidOfKey[]>;
  /** What the program has found out about these keys; those that are gone are left out. In batches. */
  foundOf(keyIds: readonly string[]): Promise<FoundOfKey[]>;
  /** What has been counted of these keys and is written; those that are gone are left out. In batches. */
  countsOf(keyIds: readonly string[]): Promise<CountsOfKey[]>;
  /**
   * Writes what each change speaks of, with a note for other processes where they have to know. A key that is gone
   * stays gone. In batches of 200, each all or nothing; with a receipt at most 200 changes, which are written once
   * however often they are given.
   */
  saveStates(changes: readonly KeyStateChange[], receipt?: Receipt): Promise<void>;
}

/** Keys to decrypt at a time: about two milliseconds. */
const SLICE = 200;
/** Keys to read with one statement. */
const PAGE = { local: SLICE, remote: 5 * SLICE };

export function createKeyStore(
  database: Database,
  cipher: Cipher,
  now: () => number,
  onLeft: NotesLeft,
): KeyStore {
  const pageSize = database.dialect.isLocal ? PAGE.local : PAGE.remote;
  const selectPage = `SELECT ${KEY_COLUMNS.join(', ')} FROM ApiKey WHERE id > ? AND deletedAt + 0 IS NULL ORDER BY id LIMIT ${pageSize}`;
  const receipts = createReceipts(database, now);

  return {
    async loadAll(onUnreadable) {
      const keys: ApiKeyRow[] = [];
      let after = '';
      for (;;) {
        const page = await database.query(selectPage, [after]);
        await inBatches(page, SLICE, (slice) => {
          for (const row of slice) {
            after = textColumn(row, 'id');
            try {
              keys.push(readKey(row, cipher));
            } catch {
              onUnreadable?.(after);
            }
          }
        });
        if (page.length < pageSize) break;
        await nextTurn();
      }
      // All the pages of the table, of which many keys fill megabytes.
      await database.forgetRead();
      return keys;
    },

    load: (keyIds, onUnreadable) => loadSome(database, cipher, keyIds, onUnreadable),

    saidOf: (keyIds) => readSome(byIds(database, SAID_COLUMNS, keyIds), readSaid),
    foundOf: (keyIds) => readSome(byIds(database, FOUND_COLUMNS, keyIds), readFound),
    countsOf: (keyIds) => readSome(byIds(database, COUNT_COLUMNS, keyIds), readCounts),

    saveStates: (changes, receipt) =>
      inBatches(changes, EACH_MAX, async (batch) => {
        onLeft(await saveBatch(database, receipts, batch, receipt, now()));
      }),
  };
}

/** Returns the names of the notes that it has left. */
async function saveBatch(
  { dialect }: Database,
  receipts: Receipts,
  changes: readonly KeyStateChange[],
  receipt: Receipt | undefined,
  at: number,
): Promise<readonly string[]> {
  let left: readonly string[] = [];
  await receipts.once(receipt, async (session) => {
    const joined = await joinFound(session, dialect, changes, at);
    await writeKeyStates(session, joined.changes, at);
    left = await leaveNotes(session, joined.notes, at);
  });
  return left;
}

async function loadSome(
  database: Database,
  cipher: Cipher,
  keyIds: readonly string[],
  onUnreadable: ((id: string) => void) | undefined,
): Promise<ApiKeyRow[]> {
  const keys: ApiKeyRow[] = [];
  for await (const rows of byIds(database, KEY_COLUMNS, keyIds)) {
    for (const row of rows) {
      try {
        keys.push(readKey(row, cipher));
      } catch {
        onUnreadable?.(textColumn(row, 'id'));
      }
    }
  }
  return keys;
}

async function readSome<T>(slices: AsyncIterable<SqlRow[]>, read: (row: SqlRow) => T): Promise<T[]> {
  const all: T[] = [];
  for await (const rows of slices) for (const row of rows) all.push(read(row));
  return all;
}

/** The rows of the keys that are not deleted, in slices between which everything else has its turn. */
async function* byIds(
  database: Database,
  columns: readonly string[],
  keyIds: readonly string[],
): AsyncGenerator<SqlRow[]> {
  for (let start = 0; start < keyIds.length; start += SLICE) {
    if (start > 0) await nextTurn();
    const slice = keyIds.slice(start, start + SLICE);
    const places = slice.map(() => '?').join(', ');
    const select = `SELECT ${columns.join(', ')} FROM ApiKey WHERE id IN (${places}) AND deletedAt IS NULL`;
    yield await database.query(select, slice);
  }
}

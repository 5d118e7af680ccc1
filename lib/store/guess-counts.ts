import { randomBytes } from 'node:crypto';
import { leaveNotes, type NotesLeft } from './change-notes';
import { inBatches } from './database/batches';
import { numberColumn, numberOrNull, textColumn, whole, wholeOrNull } from './database/columns';
import type { Database, SqlRow, SqlSession } from './database/database';

/**
 * What one process has counted of the wrong tokens of one address, in times before now: so no two clocks have to agree.
 */
export interface GuessCount {
  /** Whom they are counted for; at most 64 characters. */
  readonly address: string;
  /** How long ago each wrong token of the last minute came; milliseconds. */
  readonly agesMs: readonly number[];
  /** How long the address is blocked; negative once that is over. Null: it has not been. */
  readonly blockedForMs: number | null;
  /** Blocks without an hour of peace between. */
  readonly blocks: number;
}

/** So that guessing is counted once for all instances on the database, and over restarts. */
export interface GuessCountStore {
  /**
   * Puts these counts in the place of what this process has written of the same addresses, so repeating it changes
   * nothing. Tells other processes of them. `countsForMs`: how long a count is of use.
   */
  save(counts: readonly (GuessCount & { readonly countsForMs: number })[]): Promise<void>;
  /** Those of other processes that still count, the ones that do so for longest first; at most 20,000. */
  list(): Promise<GuessCount[]>;
  /** Those of other processes for these addresses. */
  find(addresses: readonly string[]): Promise<GuessCount[]>;
  /** Deletes what counts no more, and what is beyond 20,000; returns how many. `save` does so by itself at times. */
  prune(): Promise<number>;
}

const COLUMNS = ['address', 'process', 'guesses', 'blockedUntil', 'blocks', 'expiresAt'] as const;
/** For all processes. An attacker with very many addresses makes room for others, those first that count longest. */
const ROWS_MAX = 20_000;
const ADDRESS_MAX = 64;
const FIND_MAX = 200;
const DELETE_MAX = 1_000;
const PRUNE_MS = 10_000;

export function createGuessCountStore(
  database: Database,
  now: () => number,
  onLeft: NotesLeft,
): GuessCountStore {
  // Another one after each start: what a process has counted before it was restarted counts as somebody else's.
  const own = randomBytes(8).toString('hex');
  const write = counting(database, own, now);
  let prunedAt = -Infinity;
  return {
    ...reads(database, own),
    async save(counts) {
      if (counts.length === 0) return;
      onLeft(await write(counts));
      if (now() - prunedAt < PRUNE_MS) return;
      prunedAt = now();
      await prune(database);
    },
    prune: () => prune(database),
  };
}

/** Returns the names of the notes that it leaves. */
function counting(database: Database, own: string, now: () => number) {
  const [, , ...replaced] = COLUMNS;
  const insert = `INSERT INTO GuessCount (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})
    ${database.dialect.replaceOnDuplicate(['address', 'process'], replaced)}`;
  return (counts: Parameters<GuessCountStore['save']>[0]): Promise<string[]> =>
    database.transaction(async (session) => {
      const at = await timeOf(session, database);
      const addresses = counts.map(({ address }) => address.slice(0, ADDRESS_MAX));
      const rows = counts.map((count, i) => [
        addresses[i] ?? '',
        own,
        JSON.stringify(count.agesMs.map((age) => whole(at - age))),
        wholeOrNull(count.blockedForMs === null ? null : at + count.blockedForMs),
        count.blocks,
        whole(at + count.countsForMs),
      ]);
      await session.executeEach(insert, rows);
      return leaveNotes(session, [{ kind: 'guesses', addresses }], now());
    });
}

function reads(database: Database, own: string): Pick<GuessCountStore, 'list' | 'find'> {
  const { nowMs } = database.dialect;
  const select = `SELECT address, guesses, blockedUntil, blocks, ${nowMs} AS nowMs FROM GuessCount
    WHERE process <> ? AND expiresAt > ${nowMs}`;
  return {
    async list() {
      const rows = await database.query(`${select} ORDER BY expiresAt DESC LIMIT ${ROWS_MAX}`, [own]);
      return rows.map(readCount);
    },
    async find(addresses) {
      const counts: GuessCount[] = [];
      await inBatches(addresses, FIND_MAX, async (batch) => {
        const places = batch.map(() => '?').join(', ');
        const rows = await database.query(`${select} AND address IN (${places})`, [own, ...batch]);
        counts.push(...rows.map(readCount));
      });
      return counts;
    },
  };
}

async function prune(database: Database): Promise<number> {
  const at = await timeOf(database, database);
  const over = await deleteFirst(database, 'WHERE expiresAt <= ?', [at], ROWS_MAX);
  const [row = {}] = await database.query('SELECT COUNT(*) AS present FROM GuessCount');
  return over + (await deleteFirst(database, '', [], numberColumn(row, 'present') - ROWS_MAX));
}

async function timeOf(session: SqlSession, { dialect }: Pick<Database, 'dialect'>): Promise<number> {
  const [row = {}] = await session.query(`SELECT ${dialect.nowMs} AS nowMs`);
  return numberColumn(row, 'nowMs');
}

/** Deletes at most so many, those first that expire first. */
async function deleteFirst(
  database: Database,
  where: string,
  params: readonly number[],
  rowsMax: number,
): Promise<number> {
  let deleted = 0;
  while (deleted < rowsMax) {
    const limit = Math.min(DELETE_MAX, rowsMax - deleted);
    const rows = await database.query(
      `SELECT address, process, expiresAt FROM GuessCount ${where} ORDER BY expiresAt LIMIT ${limit}`,
      params,
    );
    if (rows.length === 0) break;
    // Only if it has not been written again meanwhile.
    await database.executeEach(
      'DELETE FROM GuessCount WHERE address = ? AND process = ? AND expiresAt = ?',
      rows.map((row) => [
        textColumn(row, 'address'),
        textColumn(row, 'process'),
        numberColumn(row, 'expiresAt'),
      ]),
    );
    deleted += rows.length;
  }
  return deleted;
}

function readCount(row: SqlRow): GuessCount {
  const at = numberColumn(row, 'nowMs');
  const blockedUntil = numberOrNull(row, 'blockedUntil');
  const guesses = JSON.parse(textColumn(row, 'guesses')) as readonly number[];
  return {
    address: textColumn(row, 'address'),
    agesMs: guesses.map((guess) => at - guess),
    blockedForMs: blockedUntil === null ? null : blockedUntil - at,
    blocks: numberColumn(row, 'blocks'),
  };
}

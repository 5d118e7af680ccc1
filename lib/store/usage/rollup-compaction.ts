import { setImmediate as nextTurn } from 'node:timers/promises';
import { EACH_MAX } from '../database/database';
import type { Database, SqlSession, SqlValue } from '../database/database';
import type { Slices } from '../database/slices';
import { isRecounting } from './recount';
import { noteMove } from './rollup-moves';
import { BUCKET_COLUMNS, ROLLUP_COLUMNS, bucketValues, readRollup, rollupValues } from './rollup-row';
import type { Resolution, UsageDelta } from '../rows';
import { CHAINS, sumsEndAt, sumsOfRow, type Step } from './usage-chains';
import { mergeUsage } from './usage-delta';

const DELETED_EACH = 50;

export interface CompactionPorts {
  readonly database: Database;
  readonly slices: Slices;
  /** Adds a row to the one that is there. */
  readonly insert: string;
  readonly now: number;
}

/**
 * Adds rows to the sums, makes old ones coarser, and deletes sums that are too fine for their age. Nothing while the
 * rows of an earlier version are still being put right, which finds them by their first names. Returns how many rows
 * have become coarser.
 */
export async function compactRollups(ports: CompactionPorts): Promise<number> {
  if (await isRecounting(ports.database)) return 0;
  let moved = 0;
  for (const chain of Object.values(CHAINS)) {
    for (const step of chain.summing) {
      await move(ports, step, (row) => sumsOfRow(row, chain, step.lengthMs, ports.now));
    }
    for (const step of chain.coarser) moved += await move(ports, step, () => []);
    for (const level of chain.sums) await deleteBefore(ports, level.resolution, sumsEndAt(level, ports.now));
  }
  return moved;
}

/**
 * One transaction for each 200 buckets: read and lock them, add them where they go, delete them. Either all of that
 * happened or nothing did.
 */
async function move(
  { database, slices, insert, now }: CompactionPorts,
  { from, to, keptMs, lengthMs }: Step,
  sumsOf: (row: UsageDelta) => UsageDelta[],
): Promise<number> {
  const cutoff = Math.floor((now - keptMs) / lengthMs) * lengthMs;
  const select = `SELECT ${ROLLUP_COLUMNS.join(', ')} FROM UsageRollup
    WHERE resolution = '${from}' AND bucketStart < ? ORDER BY bucketStart LIMIT ${EACH_MAX} ${database.dialect.lockRows}`;
  const remove = `DELETE FROM UsageRollup WHERE ${BUCKET_COLUMNS.map((column) => `${column} = ?`).join(' AND ')}`;

  let moved = 0;
  for (;;) {
    const count = await slices.run(() =>
      database.transaction(async (session) => {
        const rows = (await session.query(select, [cutoff])).map(readRollup);
        if (rows.length === 0) return 0;
        const added = rows.flatMap((row) => [longer(row, to, lengthMs), ...sumsOf(row)]);
        await executeAll(session, insert, mergeUsage(added).map(rollupValues));
        await session.executeEach(remove, rows.map(bucketValues));
        await noteMove(session, database.dialect);
        return rows.length;
      }),
    );
    moved += count;
    if (count < EACH_MAX) return moved;
    await nextTurn();
  }
}

async function executeAll(session: SqlSession, sql: string, lists: readonly SqlValue[][]): Promise<void> {
  for (let start = 0; start < lists.length; start += EACH_MAX) {
    await session.executeEach(sql, lists.slice(start, start + EACH_MAX));
  }
}

function longer(delta: UsageDelta, resolution: Resolution, lengthMs: number): UsageDelta {
  return { ...delta, resolution, bucketStart: Math.floor(delta.bucketStart / lengthMs) * lengthMs };
}

async function deleteBefore(
  { database, slices }: CompactionPorts,
  resolution: Resolution,
  at: number,
): Promise<void> {
  if (at === -Infinity) return;
  for (;;) {
    const count = await slices.run(() =>
      database.execute(database.dialect.deleteOldestBuckets, [resolution, at, DELETED_EACH]),
    );
    if (count < DELETED_EACH) return;
  }
}

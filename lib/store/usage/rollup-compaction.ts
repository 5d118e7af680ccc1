import { setImmediate as nextTurn } from 'node:timers/promises';
import { EACH_MAX } from '../database/database';
import type { Database } from '../database/database';
import { BUCKET_COLUMNS, ROLLUP_COLUMNS, bucketValues, readRollup, rollupValues } from './rollup-row';
import type { Resolution, UsageDelta } from '../rows';
import { mergeUsage } from './usage-delta';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

interface Step {
  readonly from: Resolution;
  readonly to: Resolution;
  readonly keptMs: number;
  /** Of a bucket of `to`. Only whole ones are moved, so that no time lies half in each resolution. */
  readonly lengthMs: number;
}

/**
 * With thousands of keys or tokens nearly every request has a minute of its own: those are not kept for long. Those of
 * tokens go as coarse as the statistics are shown, and no coarser: so they add up to those of all tokens together. The
 * same holds for those by proxy and verdict.
 */
const STEPS: readonly Step[] = [
  { from: 'key_min', to: 'key_hour', keptMs: 2 * HOUR_MS, lengthMs: HOUR_MS },
  { from: 'tok_min', to: 'tok_quar', keptMs: 2 * HOUR_MS, lengthMs: 15 * MINUTE_MS },
  { from: 'tok_quar', to: 'tok_hour', keptMs: 48 * HOUR_MS, lengthMs: HOUR_MS },
  { from: 'tok_hour', to: 'tok_6h', keptMs: 8 * 24 * HOUR_MS, lengthMs: 6 * HOUR_MS },
  { from: 'att_min', to: 'att_quar', keptMs: 2 * HOUR_MS, lengthMs: 15 * MINUTE_MS },
  { from: 'att_quar', to: 'att_hour', keptMs: 48 * HOUR_MS, lengthMs: HOUR_MS },
  { from: 'att_hour', to: 'att_6h', keptMs: 8 * 24 * HOUR_MS, lengthMs: 6 * HOUR_MS },
  { from: 'minute', to: 'hour', keptMs: 48 * HOUR_MS, lengthMs: HOUR_MS },
];

/** Calls `onMove` after each transaction that has moved something. */
export async function compactRollups(
  database: Database,
  insert: string,
  now: number,
  onMove: () => void,
): Promise<number> {
  let moved = 0;
  for (const step of STEPS) moved += await compact(database, insert, now, step, onMove);
  return moved;
}

/**
 * One transaction for each 200 buckets: read and lock them, add them to the longer ones, delete them. Either all of
 * that happened or nothing did.
 */
async function compact(
  database: Database,
  insert: string,
  now: number,
  { from, to, keptMs, lengthMs }: Step,
  onMove: () => void,
): Promise<number> {
  const cutoff = Math.floor((now - keptMs) / lengthMs) * lengthMs;
  const select = `SELECT ${ROLLUP_COLUMNS.join(', ')} FROM UsageRollup
    WHERE resolution = '${from}' AND bucketStart < ? ORDER BY bucketStart LIMIT ${EACH_MAX} ${database.dialect.lockRows}`;
  const remove = `DELETE FROM UsageRollup WHERE ${BUCKET_COLUMNS.map((column) => `${column} = ?`).join(' AND ')}`;

  let moved = 0;
  for (;;) {
    const count = await database.transaction(async (session) => {
      const minutes = (await session.query(select, [cutoff])).map(readRollup);
      if (minutes.length === 0) return 0;
      await session.executeEach(
        insert,
        mergeUsage(minutes.map((minute) => longer(minute, to, lengthMs))).map(rollupValues),
      );
      await session.executeEach(remove, minutes.map(bucketValues));
      return minutes.length;
    });
    moved += count;
    if (count > 0) onMove();
    if (count < EACH_MAX) return moved;
    await nextTurn();
  }
}

function longer(delta: UsageDelta, resolution: Resolution, lengthMs: number): UsageDelta {
  return { ...delta, resolution, bucketStart: Math.floor(delta.bucketStart / lengthMs) * lengthMs };
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import { EACH_MAX } from '../database/database';
import type { Database } from '../database/database';
import { BUCKET_COLUMNS, ROLLUP_COLUMNS, bucketValues, readRollup, rollupValues } from './rollup-row';
import type { Resolution, UsageDelta } from '../rows';
import { mergeUsage } from './usage-delta';

const HOUR_MS = 3_600_000;

interface Step {
  readonly from: Resolution;
  readonly to: Resolution;
  readonly keptMs: number;
}

/** With thousands of keys nearly every request has a minute of its own: those of keys are not kept for long. */
const STEPS: readonly Step[] = [
  { from: 'key_min', to: 'key_hour', keptMs: 2 * HOUR_MS },
  { from: 'minute', to: 'hour', keptMs: 48 * HOUR_MS },
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
 * One transaction for each 200 minutes: read and lock them, add them to their hours, delete them. Either all of that
 * happened or nothing did. Only whole hours are moved, so that a series never has an hour that lies half in each
 * resolution.
 */
async function compact(
  database: Database,
  insert: string,
  now: number,
  { from, to, keptMs }: Step,
  onMove: () => void,
): Promise<number> {
  const cutoff = Math.floor((now - keptMs) / HOUR_MS) * HOUR_MS;
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
        mergeUsage(minutes.map((minute) => toHour(minute, to))).map(rollupValues),
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

function toHour(minute: UsageDelta, resolution: Resolution): UsageDelta {
  return { ...minute, resolution, bucketStart: Math.floor(minute.bucketStart / HOUR_MS) * HOUR_MS };
}

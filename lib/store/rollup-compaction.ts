import { setImmediate as nextTurn } from 'node:timers/promises';
import { EACH_MAX } from './database';
import type { Database } from './database';
import { BUCKET_COLUMNS, COUNT_COLUMNS, bucketValues, readRollup, rollupValues } from './rollup-row';
import type { UsageDelta } from './rows';
import { mergeUsage } from './usage-delta';

const HOUR_MS = 3_600_000;
const MINUTES_KEPT_MS = 48 * HOUR_MS;

/**
 * One transaction for each 200 minutes: read and lock them, add them to their hours, delete them. Either all of that happened or
 * nothing did. Only whole hours are moved, so that a series never has an hour that lies half in each resolution.
 */
export async function compactRollups(database: Database, insert: string, now: number): Promise<number> {
  const cutoff = Math.floor((now - MINUTES_KEPT_MS) / HOUR_MS) * HOUR_MS;
  const select = `SELECT ${[...BUCKET_COLUMNS, ...COUNT_COLUMNS].join(', ')} FROM UsageRollup
    WHERE resolution = 'minute' AND bucketStart < ? ORDER BY bucketStart LIMIT ${EACH_MAX} ${database.dialect.lockRows}`;
  const remove = `DELETE FROM UsageRollup WHERE ${BUCKET_COLUMNS.map((column) => `${column} = ?`).join(' AND ')}`;

  let moved = 0;
  for (;;) {
    const count = await database.transaction(async (session) => {
      const minutes = (await session.query(select, [cutoff])).map(readRollup);
      if (minutes.length === 0) return 0;
      await session.executeEach(insert, mergeUsage(minutes.map(toHour)).map(rollupValues));
      await session.executeEach(remove, minutes.map(bucketValues));
      return minutes.length;
    });
    moved += count;
    if (count < EACH_MAX) return moved;
    await nextTurn();
  }
}

function toHour(minute: UsageDelta): UsageDelta {
  return { ...minute, resolution: 'hour', bucketStart: Math.floor(minute.bucketStart / HOUR_MS) * HOUR_MS };
}

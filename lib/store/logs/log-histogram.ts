import { numberColumn } from '../database/columns';
import type { Reader } from '../database/database';
import type { Slices } from '../database/slices';
import { all, type LogFilters } from './log-filter';
import { timeOfLogId } from './log-id';
import { createSliceSizes, idRange, logWalkOf, sliceEnd, type LogWalk, type LogWalkShape } from './log-walk';

export interface LogHistogramShape extends LogWalkShape {
  /** Conditions over the columns of a row, of which at most one holds. */
  readonly succeeded: string;
  readonly failed: string;
}

export interface LogHistogramQuery {
  /** The time that is counted, first and last millisecond, and what else a row has to be. */
  readonly filters: LogFilters & { readonly from: number };
  /** Whole milliseconds. Bars begin at multiples of it since the epoch. */
  readonly barMs: number;
  /** `nextBefore` of the count before, to go on with it; without it from the newest row. */
  readonly before?: string;
  /** How long to count at most, with the rests between slices; the slice under way is finished. */
  readonly countMs: number;
  /** The reader has left: the count ends with the slice under way. */
  readonly signal?: AbortSignal;
}

export interface LogBar {
  /** Its first millisecond. */
  readonly at: number;
  succeeded: number;
  failed: number;
  /** Rows that are neither. */
  other: number;
}

export interface LogHistogram {
  /** Bars that have rows, by when they begin. */
  readonly bars: ReadonlyMap<number, LogBar>;
  /** Set when the time was up: no row from this moment on is missing, and earlier ones may be. */
  readonly countedTo: number | undefined;
  /** Where to go on then. */
  readonly nextBefore: string | undefined;
  /** Milliseconds, with the rests between slices. */
  readonly tookMs: number;
}

export interface LogCounter {
  /** Counts, the newest rows first, what pages with the same filters list, in slices as those are read. */
  count(query: LogHistogramQuery): Promise<LogHistogram>;
}

/** Counts rows by time by walking down the log, slice by slice. */
export function createLogCounter(database: Reader, slices: Slices, shape: LogHistogramShape): LogCounter {
  const sizeFor = createSliceSizes(database.dialect.isLocal);

  /** Adds up one slice, and says where the next one starts; undefined at the end. */
  async function addSlice(walk: LogWalk, before: string, rows: number, into: Bars) {
    const end = await sliceEnd(database, walk, before, rows);
    const { sql, params } = all([...walk.where, idRange(end ?? walk.floor, before), ...walk.tested]);
    const found = await database.query(
      `SELECT at - at % ${into.barMs} AS bar, COUNT(*) AS rowCount,
        COUNT(CASE WHEN ${shape.succeeded} THEN 1 END) AS succeeded,
        COUNT(CASE WHEN ${shape.failed} THEN 1 END) AS failed
        FROM ${walk.from} WHERE ${sql} GROUP BY bar`,
      params,
    );
    for (const row of found) {
      const [succeeded, failed] = [numberColumn(row, 'succeeded'), numberColumn(row, 'failed')];
      const other = numberColumn(row, 'rowCount') - succeeded - failed;
      into.add(numberColumn(row, 'bar'), { succeeded, failed, other });
    }
    return end;
  }

  return {
    async count({ before: start, filters, barMs, countMs, signal }) {
      const startedAt = slices.now();
      const size = sizeFor(filters);
      const walk = logWalkOf(database.dialect, shape, filters);
      const bars = new Bars(Math.max(1, Math.floor(barMs)));
      let before = start === undefined || start > walk.ceiling ? walk.ceiling : start;
      for (;;) {
        const next = await slices.run(async () => {
          const sliceAt = slices.now();
          const end = await addSlice(walk, before, size.rows, bars);
          size.learn(slices.now() - sliceAt, end !== undefined);
          return end;
        });
        const tookMs = slices.now() - startedAt;
        if (next === undefined)
          return { bars: bars.byStart, countedTo: undefined, nextBefore: undefined, tookMs };
        before = next;
        if (tookMs < countMs && signal?.aborted !== true) continue;
        // A row is sorted by an id that may be that much earlier than the row.
        const countedTo = timeOfLogId(before) + shape.idLagMs;
        return { bars: bars.byStart, countedTo, nextBefore: before, tookMs };
      }
    },
  };
}

class Bars {
  readonly byStart = new Map<number, LogBar>();

  constructor(readonly barMs: number) {}

  add(at: number, counts: Omit<LogBar, 'at'>): void {
    const known = this.byStart.get(at);
    if (known === undefined) {
      this.byStart.set(at, { at, ...counts });
      return;
    }
    known.succeeded += counts.succeeded;
    known.failed += counts.failed;
    known.other += counts.other;
  }
}

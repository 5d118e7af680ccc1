import { textColumn } from '../database/columns';
import { EACH_MAX, type Database, type SqlSession, type SqlValue } from '../database/database';
import { ModelNames, OTHER_MODELS } from '../logs/model-names';
import { readRequestLog, REQUEST_LOG_COLUMNS } from '../logs/request-logs';
import { requestClass } from '../logs/request-class';
import { BUCKET_COLUMNS, ROLLUP_COLUMNS, bucketValues, readRollup, rollupValues } from './rollup-row';
import { NO_USAGE } from './no-usage';
import type { RequestLogRow, Resolution, UsageDelta, UsageRollup } from '../rows';
import { createSliceSize } from '../database/slice-size';
import type { Slices } from '../database/slices';
import { isByAttempt } from './usage-by-attempt';
import { mergeUsage, usageOf, usageOfRequest, type FinishedAttempt } from './usage-delta';

const HOUR_MS = 3_600_000;
const MARK = 'recount';
const HAS_BUCKET = `SELECT requests FROM UsageRollup
  WHERE resolution = ? AND bucketStart = ? AND provider = ? AND keyId = ? AND model = ? LIMIT 1`;
/** Where a bucket may be by now. */
const COARSER: Partial<Record<Resolution, Resolution>> = { minute: 'hour', key_min: 'key_hour' };

/**
 * Puts right what an earlier version has counted otherwise, as far as the request log reaches: answers that broke off
 * were counted as successes, and attempts not at all. The migration has left a mark in the database; from there it goes
 * back, the newest first. Each slice moves the mark in the transaction in which it is counted: so each row is counted
 * once, whoever stops or starts in between, and with several processes at once. Returns when all is done or `signal`
 * fires.
 */
export async function recount(
  database: Database,
  slices: Slices,
  insert: string,
  signal: AbortSignal,
): Promise<void> {
  const names = new ModelNames();
  const isLocal = database.dialect.isLocal;
  const size = createSliceSize({
    first: 20,
    least: 5,
    most: isLocal ? 100 : 1_000,
    aimMs: isLocal ? 4 : 100,
  });
  for (let isDone = false; !isDone && !signal.aborted;) {
    isDone = await slices.run(async () => {
      const startedAt = slices.now();
      const rowsMax = size.rows;
      const count = await database.transaction((session) => slice(session, database, insert, rowsMax, names));
      size.learn(slices.now() - startedAt, count === rowsMax);
      return count < rowsMax;
    });
  }
}

/** Whether there is something left to put right. */
export async function isRecounting(database: Pick<Database, 'query'>): Promise<boolean> {
  return (await database.query('SELECT name FROM StoreMeta WHERE name = ?', [MARK])).length > 0;
}

/** Number of rows that were looked at. */
async function slice(
  session: SqlSession,
  database: Database,
  insert: string,
  rowsMax: number,
  names: ModelNames,
): Promise<number> {
  const { lockRows } = database.dialect;
  const [mark] = await session.query(`SELECT value FROM StoreMeta WHERE name = ? ${lockRows}`, [MARK]);
  if (mark === undefined) return 0;
  const before = Buffer.from(mark.value as Uint8Array).toString('latin1');
  const rows = await session.query(
    `SELECT ${REQUEST_LOG_COLUMNS.join(', ')} FROM RequestLog WHERE id < ? ORDER BY id DESC LIMIT ${rowsMax}`,
    [before],
  );
  const requests = await underCountedNames(session, rows.map(readRequestLog), names);
  const deltas = requests.flatMap((row) => usageThen(row, attemptsOf(row)));
  const added = [...(await moved(session, requests, lockRows)), ...attemptsOnly(deltas)];
  await executeAll(session, insert, mergeUsage(added).map(rollupValues));
  const last = rows.at(-1);
  if (rows.length < rowsMax || last === undefined) {
    await session.execute('DELETE FROM StoreMeta WHERE name = ?', [MARK]);
  } else {
    const value = Buffer.from(textColumn(last, 'id'), 'latin1');
    await session.execute('UPDATE StoreMeta SET value = ? WHERE name = ?', [value, MARK]);
  }
  return rows.length;
}

/**
 * The requests with the models under whose names they were counted: beyond a number of names that is `other`, and the
 * log has their own. One that is in no statistics gets its own while there is room for it.
 */
async function underCountedNames(
  session: SqlSession,
  requests: readonly RequestLogRow[],
  names: ModelNames,
): Promise<RequestLogRow[]> {
  const known = new Map<string, boolean>();
  const isThere = async (row: RequestLogRow): Promise<boolean> => {
    for (const { resolution, bucketStart, provider, keyId, model } of placesOf(usageOf(row))) {
      const values = [resolution, bucketStart, provider, keyId, model];
      const name = values.join(' ');
      const is = known.get(name) ?? (await session.query(HAS_BUCKET, values)).length > 0;
      known.set(name, is);
      if (is) return true;
    }
    return false;
  };
  const named: RequestLogRow[] = [];
  for (const row of requests) {
    const other = { ...row, model: OTHER_MODELS };
    if (row.model === null || (await isThere(row))) named.push(row);
    else if (await isThere(other)) named.push(other);
    else named.push({ ...row, model: names.of(row.model, row.status, row.at) });
  }
  return named;
}

async function executeAll(session: SqlSession, sql: string, lists: readonly SqlValue[][]): Promise<void> {
  for (let start = 0; start < lists.length; start += EACH_MAX) {
    await session.executeEach(sql, lists.slice(start, start + EACH_MAX));
  }
}

/** What that version counted: nothing by proxy and verdict. */
function usageThen(row: RequestLogRow, attempts: readonly FinishedAttempt[]): UsageDelta[] {
  return usageOfRequest(row, row.keyId, { attempts }).filter(({ resolution }) => !isByAttempt(resolution));
}

/** The requests themselves have been counted. */
function attemptsOnly(deltas: readonly UsageDelta[]): UsageDelta[] {
  return deltas
    .filter(({ attempts }) => attempts > 0)
    .map((delta) => ({
      ...delta,
      ...NO_USAGE,
      attempts: delta.attempts,
      failedAttempts: delta.failedAttempts,
      statusClass: '',
      latencyMinMs: 0,
      latencyMaxMs: 0,
    }));
}

/** Takes broken answers out of the successes that they were counted as, and returns them as what to add instead. */
async function moved(
  session: SqlSession,
  requests: readonly RequestLogRow[],
  lockRows: string,
): Promise<UsageDelta[]> {
  const deltas: UsageDelta[] = [];
  for (const row of requests) {
    const is = requestClass(row.status, row.outcome);
    const was = requestClass(row.status, 'success');
    if (is === was) continue;
    for (const delta of usageThen(row, [])) {
      const place = await takeOut(session, { ...delta, statusClass: was }, lockRows);
      if (place === undefined) continue;
      const { resolution, bucketStart } = place;
      deltas.push({ ...delta, resolution, bucketStart, latencyMinMs: null, latencyMaxMs: null });
    }
  }
  return deltas;
}

/** Takes a request out of the bucket that has it, and tells which that was; undefined if it is in none. */
async function takeOut(
  session: SqlSession,
  delta: UsageDelta,
  lockRows: string,
): Promise<Pick<UsageDelta, 'resolution' | 'bucketStart'> | undefined> {
  const where = BUCKET_COLUMNS.map((column) => `${column} = ?`).join(' AND ');
  for (const place of placesOf(delta)) {
    const values = bucketValues(place);
    const [row] = await session.query(
      `SELECT ${ROLLUP_COLUMNS.join(', ')} FROM UsageRollup WHERE ${where} ${lockRows}`,
      values,
    );
    if (row === undefined) continue;
    const left = without(readRollup(row), delta);
    if (left === undefined) continue;
    await session.execute(`DELETE FROM UsageRollup WHERE ${where}`, values);
    if (left.requests > 0 || left.attempts > 0) {
      const marks = ROLLUP_COLUMNS.map(() => '?').join(', ');
      await session.execute(
        `INSERT INTO UsageRollup (${ROLLUP_COLUMNS.join(', ')}) VALUES (${marks})`,
        rollupValues(left),
      );
    }
    return place;
  }
  return undefined;
}

function placesOf(delta: UsageDelta): UsageDelta[] {
  const resolution = COARSER[delta.resolution];
  if (resolution === undefined) return [delta];
  return [delta, { ...delta, resolution, bucketStart: Math.floor(delta.bucketStart / HOUR_MS) * HOUR_MS }];
}

/** Sums were rounded as they were written, so the last may be a little less than it ought to be. */
function without(row: UsageRollup, taken: UsageDelta): UsageRollup | undefined {
  if (row.requests < taken.requests) return undefined;
  const less = (a: number, b: number): number => Math.max(0, a - b);
  return {
    ...row,
    requests: row.requests - taken.requests,
    promptTokens: less(row.promptTokens, taken.promptTokens),
    cachedTokens: less(row.cachedTokens, taken.cachedTokens),
    completionTokens: less(row.completionTokens, taken.completionTokens),
    costNano: less(row.costNano, taken.costNano),
    unpriced: less(row.unpriced, taken.unpriced),
    durationMsSum: less(row.durationMsSum, taken.durationMsSum),
    ttfbMsSum: less(row.ttfbMsSum, taken.ttfbMsSum),
    ttfbCount: less(row.ttfbCount, taken.ttfbCount),
    latency: row.latency.map((count, index) => less(count, taken.latency[index] ?? 0)),
  };
}

/**
 * As the attempts of the time before were told: the verdict of one whose answer broke off was that of its beginning.
 */
function attemptsOf({ attempts, attemptCount, status, outcome }: RequestLogRow): FinishedAttempt[] {
  if (attemptCount === 0) return [];
  try {
    const all = (JSON.parse(attempts) as { readonly attempts?: readonly FinishedAttempt[] }).attempts ?? [];
    const isBroken = requestClass(status, outcome) === 'broken';
    return all.map((attempt, index) =>
      isBroken && index === all.length - 1 ? { ...attempt, verdict: outcome } : attempt,
    );
  } catch {
    return [];
  }
}

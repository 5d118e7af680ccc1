import { afterEach, describe, expect, it } from 'vitest';
import type { Database, SqlRow, SqlValue } from '../../../lib/store/database/database';
import { createErrorLogStore } from '../../../lib/store/logs/error-logs';
import type { DatabaseOptions } from '../../../lib/store/database/database';
import type { LogFilters, LogPage } from '../../../lib/store/logs/log-table';
import { mysqlDatabase } from '../../../lib/store/database/mysql/mysql-database';
import { postgresDatabase } from '../../../lib/store/database/postgres/postgres-database';
import { createRequestLogStore } from '../../../lib/store/logs/request-logs';
import { createSlices } from '../../../lib/store/database/slices';
import { sqliteDatabase } from '../../../lib/store/database/sqlite/sqlite-database';
import { createDice, type Dice } from '../../support/dice';
import { errorRow, requestRow } from './rows';
import { onEachBackend } from './on-each-backend';
import { rawSql as raw } from '../../support/raw-sql';

const START = 1_795_000_000_000;
const ROWS = 3_000;
const WORDS = ['timed out', 'No CREDIT left', '100% full_', 'Ä is no ä', ''];

const requests = Array.from({ length: ROWS }, (_, n) =>
  requestRow(n, {
    // Several rows of one moment, and moments without any.
    at: START + Math.floor(n / 3) * 1_000,
    requestId: `long-enough-req-${n}`,
    provider: n % 2 === 0 ? 'even' : n % 3 === 0 ? null : 'odd',
    keyId: n % 7 === 0 ? null : `key-${n % 40}`,
    model: n % 11 === 0 ? null : `model-${n % 4}`,
    status: n % 97 === 0 ? 503 : n % 10 === 0 ? 429 : 200,
    outcome: n % 97 === 0 ? 'upstream_error' : n % 10 === 0 ? 'rate_limited' : 'success',
    token: `sk-...${n % 5}`,
    errorMessage: n % 50 === 0 ? `${WORDS[n % WORDS.length]} ${n}` : null,
  }),
);
const errors = requests.map((row, n) =>
  errorRow(n, {
    id: row.id,
    // An error comes up to an hour after the start of its request, by which it is sorted.
    at: row.at + ((n * 7_919) % 3_600_000),
    requestId: row.requestId,
    provider: row.provider,
    keyId: row.keyId,
    model: row.model,
    status: n % 13 === 0 ? null : row.status,
    verdict: row.outcome,
    message: row.errorMessage ?? 'It broke',
    upstreamBody: n % 60 === 0 ? `{"error":"body ${n}"}` : null,
  }),
);

type Searched = Record<string, string | number | boolean | null> & {
  readonly at: number;
  readonly status: number | null;
};

/** The filter, in memory. */
function passes(row: Searched, filters: LogFilters, outcome: string, searched: readonly string[]): boolean {
  const { from = -Infinity, to = Infinity, status, isFailure, text } = filters;
  if (row.at < from || row.at > to) return false;
  for (const name of ['provider', 'keyId', 'model', 'token'] as const) {
    if (filters[name] !== undefined && row[name] !== filters[name]) return false;
  }
  if (filters.outcome !== undefined && row[outcome] !== filters.outcome) return false;
  if (isFailure === true && row[outcome] === 'success') return false;
  if (typeof status === 'number' && row.status !== status) return false;
  if (Array.isArray(status) && !(row.status !== null && row.status >= status[0] && row.status <= status[1]))
    return false;
  return (
    text === undefined ||
    searched.some((name) =>
      String(row[name] ?? '')
        .toLowerCase()
        .includes(text.toLowerCase()),
    )
  );
}

const SEARCHED = {
  requests: ['requestId', 'model', 'endpoint', 'keyHint', 'token', 'outcome', 'errorCode', 'errorMessage'],
  errors: ['requestId', 'model', 'endpoint', 'keyHint', 'verdict', 'message', 'upstreamBody'],
};

function randomFilters(dice: Dice, hasToken: boolean): LogFilters {
  const maybe = <T>(share: number, value: () => T): T | undefined =>
    dice.below(100) < share * 100 ? value() : undefined;
  const filters = {
    from: maybe(0.3, () => START + dice.below(1_100_000) - 50_000),
    to: maybe(0.3, () => START + dice.below(1_100_000) - 50_000),
    provider: maybe(0.3, () => dice.oneOf(['even', 'odd', 'none'])),
    keyId: maybe(0.2, () => `key-${dice.below(42)}`),
    model: maybe(0.2, () => `model-${dice.below(5)}`),
    status: maybe(0.3, () =>
      dice.oneOf<number | readonly [number, number]>([200, 429, 503, [400, 499], [500, 599]]),
    ),
    outcome: maybe(0.1, () => dice.oneOf(['success', 'rate_limited', 'nothing'])),
    isFailure: maybe(0.1, () => true),
    token: hasToken ? maybe(0.2, () => `sk-...${dice.below(6)}`) : undefined,
    text: maybe(0.3, () =>
      dice.oneOf(['timed', 'CREDIT', '100%', 'full_', 'req-29', 'body', 'zzz', 'model-1']),
    ),
  };
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
}

interface Statement {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

/** The same database, which tells what it is asked. */
function recorded(database: Database, statements: Statement[]): Database {
  const query: Database['query'] = (sql, params = []) => {
    statements.push({ sql, params });
    return database.query(sql, params);
  };
  return { ...database, query, reader: { ...database.reader, query } };
}

const opened: Database[] = [];
afterEach(async () => {
  for (const database of opened.splice(0)) await database.close();
});

function openDatabase(options: DatabaseOptions): Database {
  const database = openKind(options);
  opened.push(database);
  return database;
}

function openKind(options: DatabaseOptions): Database {
  if (options.type === 'mysql') return mysqlDatabase(options);
  if (options.type === 'postgres') return postgresDatabase(options);
  return sqliteDatabase(options.file);
}

/** The planner of PostgreSQL goes by what it knows of the rows, and reads all of a table that is as small as ours. */
async function settle(options: Extract<DatabaseOptions, { type: 'postgres' }>): Promise<void> {
  await raw(options, 'VACUUM ANALYZE');
  for (const way of ['enable_seqscan', 'enable_bitmapscan']) {
    await raw(options, `ALTER DATABASE ${options.database} SET ${way} = off`);
  }
}

const POSTGRES_INDEXES = {
  id: 'pkey',
  provider: '(pkey|provider_id_idx)',
  keyId: 'keyId_id_idx',
  requestId: 'requestId_id_idx',
};

/** What the database says about how it carries a statement out, in one line. */
async function planFor(database: Database, { sql, params }: Statement): Promise<string> {
  const explain = database.dialect.name === 'sqlite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN';
  const steps = await database.query(`${explain} ${sql}`, params);
  if (database.dialect.name !== 'postgres') expect(steps).toHaveLength(1);
  return steps.map(planOf).join(' ');
}

onEachBackend('searching logs', (bench) => {
  const isRemote = () => bench.backend.server !== undefined;

  /** Both logs, filled, over a database that is watched, with a clock that moves a millisecond with each look at it. */
  async function filled(tickMs = 0) {
    const { store, database: options } = await bench.fresh();
    await store.requestLogs.insertMany(requests);
    await store.errorLogs.insertMany(errors);
    if (options.type === 'postgres') await settle(options);
    const plain = openDatabase(options);
    const statements: Statement[] = [];
    let time = 0;
    const slices = { count: 0 };
    const lane = createSlices(true, {
      now: () => (time += tickMs),
      rest: async () => void (slices.count += 1),
    });
    const database = recorded(plain, statements);
    return {
      plain,
      statements,
      slices,
      requestLogs: createRequestLogStore(database, lane),
      errorLogs: createErrorLogStore(database, lane),
    };
  }

  async function walk<Row>(
    table: {
      page(query: {
        limit: number;
        filters: LogFilters;
        before?: string;
        searchMs?: number;
      }): Promise<LogPage<Row>>;
    },
    filters: LogFilters,
    limit: number,
    searchMs?: number,
  ) {
    const pages: LogPage<Row>[] = [];
    let before: string | undefined;
    do {
      const page = await table.page({
        limit,
        filters,
        ...(before !== undefined && { before }),
        ...(searchMs !== undefined && { searchMs }),
      });
      pages.push(page);
      before = page.nextBefore;
    } while (before !== undefined);
    return pages;
  }

  const ids = (pages: readonly LogPage<{ readonly id: string }>[]) =>
    pages.flatMap(({ rows }) => rows.map(({ id }) => id));

  it('finds what a filter in memory finds, each row once, the newest first', async () => {
    const { requestLogs, errorLogs } = await filled();
    const dice = createDice(2_026);
    for (let round = 0; round < 60; round += 1) {
      const limit = dice.oneOf([1, 7, 100, 500]);
      const forRequests = randomFilters(dice, true);
      const found = await walk(requestLogs, forRequests, limit);
      const expected = requests.filter((row) =>
        passes({ ...row }, forRequests, 'outcome', SEARCHED.requests),
      );
      expect([forRequests, ids(found)]).toEqual([forRequests, expected.map(({ id }) => id).reverse()]);
      const forErrors = randomFilters(dice, false);
      const failed = await walk(errorLogs, forErrors, limit);
      const expectedErrors = errors.filter((row) =>
        passes({ ...row }, forErrors, 'verdict', SEARCHED.errors),
      );
      expect([forErrors, ids(failed)]).toEqual([forErrors, expectedErrors.map(({ id }) => id).reverse()]);
    }
  }, 240_000);

  it('stops when the time is up, says how far it looked, and goes on from there without a gap', async () => {
    const { requestLogs } = await filled(2);
    const filters = { text: 'timed out' };
    const pages = await walk(requestLogs, filters, 1_000, 6);
    const expected = requests.filter((row) => passes({ ...row }, filters, 'outcome', SEARCHED.requests));
    // A remote database looks at more rows at a time than there are here.
    expect(pages.length).toBeGreaterThan(isRemote() ? 0 : 3);
    expect(ids(pages)).toEqual(expected.map(({ id }) => id).reverse());
    const looked = pages.slice(0, -1).map(({ searchedTo }) => searchedTo ?? NaN);
    expect(looked).toEqual([...looked].sort((a, b) => b - a));
    expect(looked.every((at) => at >= START && at < START + ROWS * 1_000)).toBe(true);
    expect(pages.at(-1)).toMatchObject({ searchedTo: undefined, nextBefore: undefined });
  });

  it('stops with the slice under way when nobody waits any more', async () => {
    const { requestLogs, slices } = await filled();
    const page = await requestLogs.page({ limit: 10, filters: { text: 'zzz' }, signal: AbortSignal.abort() });
    expect([page.rows, slices.count]).toEqual([[], 1]);
    expect(page.nextBefore).toBeDefined();
  });

  describe('the shape of its statements', () => {
    const cases: readonly (readonly [string, LogFilters, keyof typeof POSTGRES_INDEXES])[] = [
      ['nothing', {}, 'id'],
      ['a text', { text: 'zzz' }, 'id'],
      ['a status', { status: 418 }, 'id'],
      ['a class and a model', { status: [500, 599], model: 'x' }, 'id'],
      ['a time', { from: START + 10, to: START + 500_000 }, 'id'],
      ['failures of a token', { isFailure: true, token: 'x' }, 'id'],
      ['an outcome', { outcome: 'x' }, 'id'],
      ['a provider', { provider: 'even', text: 'zzz' }, 'provider'],
      ['a key', { keyId: 'key-3', text: 'zzz' }, 'keyId'],
      ['a key of a provider', { keyId: 'key-3', provider: 'odd' }, 'keyId'],
      ['a request of a key', { requestId: 'long-enough-req-29', keyId: 'key-29' }, 'requestId'],
    ];
    const patterns = (column: keyof typeof POSTGRES_INDEXES) => ({
      sqlite:
        column === 'id'
          ? /PRIMARY KEY \(id>\? AND id<\?\)/
          : new RegExp(`${column}_id_idx \\(${column}=\\? AND id>\\? AND id<\\?\\)`),
      mysql: column === 'id' ? /PRIMARY/ : new RegExp(`${column}_id_idx`),
      // It may take the ids for a provider that has as many of the rows as this one.
      postgres: new RegExp(
        `^Limit .*Index (Only )?Scan Backward using "RequestLog_${POSTGRES_INDEXES[column]}".*` +
          `Index Cond: .*\\(id < '.*\\(id >= '`,
      ),
    });

    it.each(cases)(
      'each is one range of one index, bounded at both ends: for %s',
      async (_name, filters, column) => {
        const { requestLogs, statements, plain } = await filled();
        await walk(requestLogs, filters, 200);
        expect(statements.length).toBeGreaterThan(0);
        const pattern = patterns(column)[plain.dialect.name];
        for (const statement of statements) expect(await planFor(plain, statement)).toMatch(pattern);
      },
    );

    it('the whole id of a request is found by its index, in few statements that read no other row', async () => {
      const { requestLogs, errorLogs, statements, plain } = await filled();
      const [row] = requests.slice(50);
      const text = row?.requestId ?? '';
      const found = await requestLogs.page({ limit: 100, filters: { text } });
      expect(found).toEqual({
        rows: [expect.objectContaining({ id: row?.id })],
        nextBefore: undefined,
        searchedTo: undefined,
      });
      const counted = await requestLogs.histogram({
        filters: { text, from: 0 },
        barMs: 60_000,
        countMs: 1_000,
      });
      expect([...counted.bars.values()]).toHaveLength(1);
      expect((await errorLogs.page({ limit: 100, filters: { text } })).rows).toHaveLength(1);
      expect(statements.length).toBeLessThanOrEqual(9);
      for (const statement of statements.filter(({ sql }) => !sql.includes('GROUP BY')))
        expect(await planFor(plain, statement)).toMatch(/requestId_id_idx/);
    });

    it('what is no whole id is looked for in each row', async () => {
      const { requestLogs } = await filled();
      const text = requests[50]?.requestId.slice(1) ?? '';
      const expected = requests.filter(({ requestId }) => requestId.includes(text));
      expect(expected.length).toBeGreaterThan(1);
      expect(ids(await walk(requestLogs, { text }, 100))).toEqual(expected.map(({ id }) => id).reverse());
    });

    it('a count reads an index and no rows, slice by slice up to where it ends', async () => {
      const { requestLogs, statements, plain } = await filled();
      expect([await requestLogs.count(), await requestLogs.count(1_500)]).toEqual([ROWS, 1_500]);
      expect(statements.length).toBeGreaterThanOrEqual(5);
      for (const statement of statements) {
        expect(await planFor(plain, statement)).toMatch(
          /COVERING INDEX RequestLog_at_idx|at_idx.*Using index|Index Only Scan using "RequestLog_at_idx"/,
        );
      }
    });

    it('no row is looked at twice: the ranges of a walk follow one another', async () => {
      const { requestLogs, statements, slices } = await filled();
      await walk(requestLogs, { text: 'zzz' }, 100);
      const ranges = statements
        .filter(({ sql }) => !sql.includes('OFFSET'))
        .map(({ params }) => ({ before: String(params[0]), from: String(params[1]) }));
      expect(ranges.length).toBeGreaterThan(isRemote() ? 0 : 3);
      for (const [index, { before }] of ranges.entries()) {
        if (index > 0) expect(before).toBe(ranges[index - 1]?.from);
      }
      expect(slices.count).toBe(ranges.length);
    });

    it('each reads a bounded number of rows, however many pass', async () => {
      const { requestLogs, statements } = await filled();
      await requestLogs.page({ limit: 100_000 });
      const limits = statements.map(({ sql }) => Number(/LIMIT (\d+)/.exec(sql)?.[1]));
      const most = isRemote() ? 1_000 : 200;
      expect(limits.every((limit) => limit >= 1 && limit <= most)).toBe(true);
    });
  });
});

function planOf(row: SqlRow): string {
  const plan = row.detail ?? row['QUERY PLAN'];
  return typeof plan === 'string' ? plan.trim() : `${String(row.key)} ${String(row.Extra)}`;
}

import Sqlite from 'better-sqlite3';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { keysApi } from '../../../lib/admin/contract/keys';
import { logsApi } from '../../../lib/admin/contract/logs';
import { statsApi } from '../../../lib/admin/contract/stats';
import { ROLLUP_COLUMNS } from '../../../lib/store/usage/rollup-row';
import { waitFor } from '../../support/wait-for';
import { ask, CLIENT, useServer } from './support';

const DAY = 86_400_000;
const HOUR = DAY / 24;
const ZONE_MS = 2 * HOUR;

/** A zone two hours ahead of UTC, without summer time. */
const parts = useServer({ TIMEZONE: 'Africa/Johannesburg' });
const { call } = parts;

/** So many days ago, there. */
const day = (ago: number) => new Date(Date.now() + ZONE_MS - ago * DAY).toISOString().slice(0, 10);
const midnight = (ago: number) => Date.parse(`${day(ago)}T00:00Z`) - ZONE_MS;

function withDatabase<T>(work: (database: Sqlite.Database) => T): T {
  const database = new Sqlite(join(parts.server.dataDir, 'default_db.sqlite'));
  try {
    return work(database);
  } finally {
    database.close();
  }
}

/** Writes what was counted just now as if it had been at that time. */
function copyTo(database: Sqlite.Database, from: string, to: string, at: number): void {
  const columns = ROLLUP_COLUMNS.map((name) =>
    name === 'bucketStart' ? String(at) : name === 'resolution' ? `'${to}'` : name,
  );
  database.exec(
    `INSERT INTO UsageRollup (${ROLLUP_COLUMNS.join()}) SELECT ${columns.join()} FROM UsageRollup WHERE resolution = '${from}'`,
  );
}

const KINDS = [
  ['minute', 'hour'],
  ['key_min', 'key_hour'],
  ['tok_min', 'tok_hour'],
  ['att_min', 'att_hour'],
] as const;

beforeAll(async () => {
  await parts.chat(CLIENT, '/v1', 'gpt-4o-mini');
  const written = () =>
    withDatabase((database) =>
      KINDS.map(
        ([from]) =>
          database
            .prepare<[string], { readonly sum: number | null }>(
              'SELECT SUM(requests) AS sum FROM UsageRollup WHERE resolution = ?',
            )
            .get(from)?.sum,
      ),
    );
  await waitFor(() => written().every((sum) => sum === 1), { what: 'all that was counted to be written' });
  withDatabase((database) => {
    // Four, five and five days ago; the first of all is eleven days old.
    const times = [midnight(4) + 14 * HOUR, midnight(5) + 9 * HOUR, midnight(5) + 23 * HOUR];
    for (const [from, to] of KINDS) for (const at of times) copyTo(database, from, to, at);
    copyTo(database, 'minute', 'hour', midnight(11));
  });
});

describe('a free range', () => {
  it('has the same sums everywhere: tiles, series, groups, their file, and those of a key', async () => {
    const query = { from: day(5), to: day(4) };
    const overview = await call(statsApi.overview, query);
    expect([overview.range, overview.from, overview.to]).toEqual([null, midnight(5), midnight(3)]);
    expect(overview.totals.requests).toBe(3);
    const series = await call(statsApi.timeseries, query);
    expect(series.points.reduce((sum, { requests }) => sum + requests, 0)).toBe(3);
    for (const groupBy of [
      ...(['model', 'provider', 'token', 'key', 'status', 'proxy', 'verdict', 'none'] as const),
    ]) {
      const explored = await call(statsApi.explore, { ...query, groupBy });
      expect([groupBy, explored.totals.requests, explored.from, explored.to]).toEqual([
        groupBy,
        3,
        overview.from,
        overview.to,
      ]);
      expect(explored.values.reduce<number>((sum, value) => sum + (value ?? 0), 0)).toBe(3);
      expect(explored.groups.reduce((sum, { totals }) => sum + totals.requests, 0)).toBe(
        groupBy === 'none' ? 0 : 3,
      );
    }
    const { text, headers } = await ask(
      parts.server.url,
      'GET',
      `stats/explore/export?groupBy=model&from=${query.from}&to=${query.to}`,
    );
    expect(text).toMatch(/\r\ntotal,,,,,3,/);
    expect(headers.get('content-disposition')).toContain(`traffic-by-model-${day(5)}-to-${day(4)}.csv`);
    const { items } = await call(keysApi.list, {});
    const usages = await Promise.all(items.map(({ id }) => call(keysApi.usage, { id, ...query })));
    expect(usages.reduce((sum, { totals }) => sum + totals.requests, 0)).toBe(3);
    for (const list of [statsApi.models, statsApi.providers, statsApi.keys, statsApi.tokens]) {
      const found = await call(list, query);
      expect(found.items.reduce((sum, { totals }) => sum + totals.requests, 0)).toBe(3);
    }
  });

  it('of hours is as exact as they are kept, and the answer says what is in it', async () => {
    const query = { from: `${day(5)}T09:20`, to: `${day(5)}T09:40` };
    const overview = await call(statsApi.overview, query);
    expect([overview.from, overview.to]).toEqual([midnight(5) + 9 * HOUR, midnight(5) + 10 * HOUR]);
    expect(overview.totals.requests).toBe(1);
    const file = await ask(parts.server.url, 'GET', `stats/explore/export?from=${query.from}&to=${query.to}`);
    expect(file.headers.get('content-disposition')).toContain(
      `traffic-total-${day(5)}T0900-to-${day(5)}T1000.csv`,
    );
    expect(file.text).toMatch(/\r\ntotal,,,,,1,/);
    const none = await call(statsApi.overview, { from: `${day(5)}T10:00`, to: `${day(5)}T23:00` });
    expect(none.totals.requests).toBe(0);
  });

  it('of months is by days, live or over', async () => {
    const over = await call(statsApi.explore, { from: day(90), to: day(1), groupBy: 'model' });
    expect([over.starts?.length, over.starts?.at(-1)]).toEqual([90, midnight(1)]);
    const at = (ago: number) => over.values[over.starts?.indexOf(midnight(ago)) ?? -1];
    expect([at(4), at(5), at(6), at(11), over.value]).toEqual([1, 2, 0, 1, 4]);
    const before = await call(statsApi.timeseries, { from: day(90) });
    expect(before.points.at(-1)?.requests).toBe(1);
    await parts.chat(CLIENT, '/v1', 'gpt-4o-mini');
    await expect
      .poll(async () => (await call(statsApi.timeseries, { from: day(90) })).points.at(-1)?.requests)
      .toBe(2);
    expect(before.points).toHaveLength(91);
  });

  it('that reaches now has what the log has of that time', async () => {
    const since = Math.floor((Date.now() - 20 * 60_000) / 60_000) * 60_000;
    const overview = await call(statsApi.overview, { from: String(since) });
    expect(overview.totals.requests).toBe(2);
    const { items } = await call(logsApi.requests, { from: overview.from, to: overview.to - 1 });
    expect(items).toHaveLength(overview.totals.requests);
  });

  it('is refused in plain words where it is none', async () => {
    const wrong = [
      ['from=tomorrow', 'from: must be a day or a time such as 2026-11-03 or 2026-11-03T14:00'],
      [`from=${day(-1)}`, 'from: must not be in the future'],
      [`from=${day(2)}&to=${day(-1)}`, 'to: must not be in the future'],
      [`from=${day(2)}&to=${day(3)}`, 'to: must be after the beginning'],
      [`from=${day(500)}`, 'from: must be at most 400 days ago: older figures are not kept'],
      [`to=${day(2)}`, 'from: is missing'],
    ] as const;
    const addresses = ['stats/overview', 'stats/timeseries', 'stats/models', 'stats/explore/export'];
    for (const [query, message] of wrong) {
      for (const address of addresses) {
        const { status, error } = await ask(parts.server.url, 'GET', `${address}?${query}`);
        expect([status, error?.code, error?.message]).toEqual([400, 'invalid_input', message]);
      }
    }
  });
});

describe('what a range is compared with', () => {
  it('is as many days before, the same a week before, or nothing', async () => {
    const query = { from: day(4), to: day(4) };
    const before = await call(statsApi.overview, query);
    expect(before.compared).toEqual({ from: midnight(5), to: midnight(4), isCut: false });
    expect([before.totals.requests, before.before.requests]).toEqual([1, 2]);
    const week = await call(statsApi.overview, { ...query, compare: 'week' });
    expect(week.compared).toEqual({ from: midnight(11), to: midnight(10), isCut: false });
    expect(week.before.requests).toBe(1);
    const none = await call(statsApi.overview, { ...query, compare: 'none' });
    expect([none.compared, none.before.requests]).toEqual([null, 0]);
  });

  it('comes as a series of its own, and as the figure of the whole', async () => {
    const query = { from: day(4), to: day(4) };
    const { former } = await call(statsApi.timeseries, query);
    expect(
      former?.points.map(({ at, requests }) => [at, requests]).filter(([, count]) => count !== 0),
    ).toEqual([
      [midnight(5) + 9 * HOUR, 1],
      [midnight(5) + 23 * HOUR, 1],
    ]);
    const explored = await call(statsApi.explore, query);
    expect([explored.former?.from, explored.former?.to, explored.former?.value]).toEqual([
      midnight(5),
      midnight(4),
      2,
    ]);
    expect(explored.former?.values.filter((value) => value !== 0)).toEqual([1, 1]);
    expect((await call(statsApi.explore, { ...query, compare: 'none' })).former).toBeNull();
  });

  it('is nothing from before the first record', async () => {
    const query = { from: day(8), to: day(5) };
    const overview = await call(statsApi.overview, query);
    expect(overview.compared).toEqual({ from: midnight(12), to: midnight(8), isCut: true });
    expect((await call(statsApi.timeseries, query)).former).toBeNull();
    expect((await call(statsApi.explore, query)).former).toBeNull();
  });
});

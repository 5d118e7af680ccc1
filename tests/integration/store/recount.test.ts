import { cp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openStore } from '../../../lib/store/open-store';
import type { DatabaseOptions } from '../../../lib/store/database/database';
import type { RequestLogRow } from '../../../lib/store/rows';
import { tempDir } from '../../support/temp-dir';
import { KEY, MIGRATIONS } from './backends';
import { onEachBackend } from './on-each-backend';
import { rawSql as raw } from '../../support/raw-sql';
import { requestRow } from './rows';

const NEW = '20261128000000_true_counts';
/** Rows are written with these today. */
const LATER_COLUMNS = /_(upstream_id|request_cost|model_asked|model_route)$/;
const AT = 1_700_000_000_000;
const MINUTE = Math.floor(AT / 60_000) * 60_000;
const HOUR = Math.floor(AT / 3_600_000) * 3_600_000;

const open = (database: DatabaseOptions, migrationsDir: string) =>
  openStore({ database, encryptionKey: KEY, migrationsDir, now: () => AT });

/** The migrations as the former version had them, and those for the columns that rows are written with today. */
async function formerMigrations() {
  const folder = await tempDir('former');
  await cp(MIGRATIONS, folder.path, { recursive: true });
  // PostgreSQL came later: its first migration has it all.
  for (const kind of ['sqlite', 'mysql']) {
    for (const name of await readdir(path.join(folder.path, kind))) {
      if (name >= NEW && name !== 'migration_lock.toml' && !LATER_COLUMNS.test(name)) {
        await rm(path.join(folder.path, kind, name), { recursive: true });
      }
    }
  }
  return folder;
}

/** What the migration does on the others. */
async function leaveMark(old: DatabaseOptions): Promise<void> {
  if (old.type !== 'postgres') return;
  const last = (await raw(old, 'SELECT MAX(id) AS id FROM RequestLog'))[0]?.id;
  const mark = Buffer.from(`${String(last)}~`);
  await raw(old, "INSERT INTO StoreMeta (name, value) VALUES ('recount', ?)", [mark]);
}

const story = (...verdicts: readonly [provider: string, keyId: string, verdict: string][]) =>
  JSON.stringify({
    attempts: verdicts.map(([provider, keyId, verdict]) => ({ provider, keyId, verdict })),
    skippedProviders: [],
  });

const log = (n: number, outcome: string, attempts: string, rest: Partial<RequestLogRow> = {}) =>
  requestRow(n, { at: MINUTE + n, provider: 'p', keyId: 'k', model: 'm', outcome, attempts, ...rest });

onEachBackend('the past', (bench) => {
  it('is counted anew once, from what the log has of it, on a database of the former version', async () => {
    const former = await formerMigrations();
    const old = await bench.backend.fresh();
    const before = await open(old, former.path);
    const rows = [
      ...Array.from({ length: 70 }, (_, n) => log(n, 'success', story(['p', 'k', 'success']))),
      ...Array.from({ length: 30 }, (_, n) =>
        log(100 + n, 'cut', story(['q', 'j', 'timed_out'], ['p', 'k', 'success'])),
      ),
      log(200, 'client_closed', story(['p', 'k', 'success']), { status: 499 }),
    ];
    await before.requestLogs.insertMany(rows);
    await before.close();
    // The minute of all keys is there still; that of the key has gone into its hour.
    for (const [resolution, start, keyId] of [
      ['minute', MINUTE, ''],
      ['key_hour', HOUR, 'k'],
    ]) {
      for (const [statusClass, count] of [
        ['2xx', 100],
        ['499', 1],
      ] as const) {
        await raw(
          old,
          `INSERT INTO UsageRollup (resolution, bucketStart, provider, keyId, model, statusClass, requests, completionTokens,
            promptTokens, durationMsSum, ttfbMsSum, ttfbCount, latency500) VALUES (?, ?, 'p', ?, 'm', ?, ?, ?, ?, ?, ?, ?, ?)`,
          [
            resolution,
            start,
            keyId,
            statusClass,
            count,
            3 * count,
            count,
            345 * count,
            12 * count,
            count,
            count,
          ],
        );
      }
    }
    await leaveMark(old);
    const first = await open(old, MIGRATIONS);
    const second = await open(old, MIGRATIONS);
    const { signal } = new AbortController();
    // It looks for rows by the names that they had.
    expect(await first.rollups.compact(AT + 72 * 3_600_000)).toBe(0);
    expect(await first.rollups.firstAt(['key_s24', 'key_hs'])).toBeNull();
    await Promise.all([first.rollups.recount(signal), second.rollups.recount(signal)]);
    await first.rollups.recount(signal);
    const counts = async (resolution: 'minute' | 'key_hour' | 'key_min') =>
      (
        await first.rollups.series({
          resolution,
          from: 0,
          to: 1e15,
          isTotal: true,
          groupBy: ['provider', 'keyId'],
        })
      )
        .map((row) =>
          [
            row.provider,
            row.keyId,
            row.statusClass,
            row.requests,
            row.attempts,
            row.failedAttempts,
            row.durationMsSum,
          ].join(' '),
        )
        .sort();
    expect(await counts('minute')).toEqual(
      [
        'p   0 101 30 0',
        'p  2xx 70 0 0 24150',
        'p  499 1 0 0 345',
        'p  broken 30 0 0 10350',
        'q   0 30 30 0',
      ].sort(),
    );
    expect(await counts('key_hour')).toEqual([
      'p k 2xx 70 0 0 24150',
      'p k 499 1 0 0 345',
      'p k broken 30 0 0 10350',
    ]);
    expect(await counts('key_min')).toEqual(['p k  0 101 30 0', 'q j  0 30 30 0']);
    // That version knew nothing of proxies and verdicts, and a part of them would be wrong.
    expect(await first.rollups.firstAt(['att_min', 'att_quar', 'att_hour', 'att_6h'])).toBeNull();
    expect(await raw(old, "SELECT name FROM StoreMeta WHERE name = 'recount'")).toEqual([]);
    await first.rollups.compact(AT + 3_600_000);
    expect(await first.rollups.firstAt(['key_s24'])).toBe(Math.floor(AT / 86_400_000) * 86_400_000);
    await first.close();
    await second.close();
    await former.remove();
  });

  it('is counted under the names that it was counted under: of models beyond their number that is `other`', async () => {
    const former = await formerMigrations();
    const old = await bench.backend.fresh();
    const before = await open(old, former.path);
    await before.requestLogs.insertMany([
      log(1, 'cut', story(['p', 'k', 'success']), { model: 'known' }),
      log(2, 'cut', story(['q', 'j', 'timed_out'], ['p', 'k', 'success']), { model: 'made-up-1' }),
      log(3, 'success', story(['p', 'k', 'success']), { model: 'made-up-2' }),
      ...Array.from({ length: 150 }, (_, n) =>
        log(100 + n, 'not_found', story(['p', 'k', 'client_error']), {
          at: MINUTE + 600_000 + n,
          model: `unseen-${n}`,
          status: 404,
        }),
      ),
    ]);
    await before.close();
    for (const [keyId, resolution] of [
      ['', 'minute'],
      ['k', 'key_min'],
    ]) {
      for (const [model, count] of [
        ['known', 1],
        ['other', 2],
      ]) {
        await raw(
          old,
          `INSERT INTO UsageRollup (resolution, bucketStart, provider, keyId, model, statusClass, requests)
            VALUES (?, ?, 'p', ?, ?, '2xx', ?)`,
          [resolution, MINUTE, keyId, model, count],
        );
      }
    }
    await leaveMark(old);
    const store = await open(old, MIGRATIONS);
    await store.rollups.recount(new AbortController().signal);
    const rows = await store.rollups.series({
      resolution: 'minute',
      from: MINUTE,
      to: MINUTE + 60_000,
      groupBy: ['provider', 'model'],
    });
    expect(
      rows
        .map((row) => [row.provider, row.model, row.statusClass, row.requests, row.attempts].join(' '))
        .sort(),
    ).toEqual([
      'p known  0 1',
      'p known broken 1 0',
      'p other  0 2',
      'p other 2xx 1 0',
      'p other broken 1 0',
      'q other  0 1',
    ]);
    const later = { resolution: 'minute', from: MINUTE + 60_000, to: 1e15, groupBy: ['model'] } as const;
    // A hundred names, and the rest together.
    expect(new Set((await store.rollups.series(later)).map(({ model }) => model)).size).toBe(101);
    await store.close();
    await former.remove();
  });
});

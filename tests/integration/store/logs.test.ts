import { expect, it } from 'vitest';
import type { LogFilters, LogPage } from '../../../lib/store/logs/log-table';
import { errorRow, requestRow, rowId } from './rows';
import { onEachBackend } from './on-each-backend';

const range = (count: number) => Array.from({ length: count }, (_, n) => n);

/** Follows `nextBefore` to the end. */
async function everyPage<Row>(page: (before?: string) => Promise<LogPage<Row>>): Promise<Row[]> {
  const rows: Row[] = [];
  let before: string | undefined;
  do {
    const { rows: some, nextBefore } = await page(before);
    rows.push(...some);
    before = nextBefore;
  } while (before !== undefined);
  return rows;
}

onEachBackend('logs', (bench) => {
  it('gives request rows back as they were written', async () => {
    const { store } = await bench.fresh();
    const bare = requestRow(1, {
      model: null,
      provider: null,
      keyId: null,
      keyHint: null,
      token: null,
      ttfbMs: null,
      promptTokens: null,
      completionTokens: null,
      isStream: false,
    });
    const full = requestRow(2, {
      at: 1_795_000_000_123,
      egressId: 'e1',
      errorCode: 'x',
      errorMessage: 'ä🚀',
      cachedTokens: 0,
      reasoningTokens: 9,
    });
    await store.requestLogs.insertMany([bare, full]);
    expect(await store.requestLogs.get(bare.id)).toEqual(bare);
    expect(await store.requestLogs.get(full.id)).toEqual(full);
    expect(await store.requestLogs.get('nobody')).toBeUndefined();
  });

  it('cuts what is too long instead of losing the row, and rounds fractions', async () => {
    const { store } = await bench.fresh();
    const long = '🚀'.repeat(5_000);
    await store.requestLogs.insertMany([
      requestRow(1, {
        requestId: long,
        model: `x${long}`,
        endpoint: long,
        errorMessage: long,
        token: long,
        durationMs: 1.5,
      }),
    ]);
    const row = (await store.requestLogs.get(rowId(1)))!;
    expect(row.model).toBe(`x${'🚀'.repeat(95)}`);
    expect(row.durationMs).toBe(2);
  });

  it('cuts an upstream body at 16 KB, never inside a character', async () => {
    const { store } = await bench.fresh();
    await store.errorLogs.insertMany([
      errorRow(1, { upstreamBody: `ab${'€'.repeat(10_000)}`, requestBody: 'x'.repeat(100_000) }),
      errorRow(2, { status: null, upstreamBody: null }),
    ]);
    const row = (await store.errorLogs.get(rowId(1)))!;
    expect(row.upstreamBody).toBe(`ab${'€'.repeat(5_460)}`);
    expect(row.requestBody).toHaveLength(65_536);
    expect(await store.errorLogs.get(rowId(2))).toEqual(errorRow(2, { status: null, upstreamBody: null }));
  });

  it('writes nothing twice when a batch is repeated', async () => {
    const { store } = await bench.fresh();
    const rows = range(450).map((n) => requestRow(n));
    await store.requestLogs.insertMany(rows);
    await store.requestLogs.insertMany(rows);
    expect(await store.requestLogs.count()).toBe(450);
  });

  it('pages through everything once, newest first', async () => {
    const { store } = await bench.fresh();
    await store.requestLogs.insertMany(range(450).map((n) => requestRow(n)));
    const rows = await everyPage((before) =>
      store.requestLogs.page({ limit: 100, ...(before === undefined ? {} : { before }) }),
    );
    expect(rows.map((row) => row.id)).toEqual(
      range(450)
        .reverse()
        .map((n) => rowId(n)),
    );
  });

  it('finds exactly what each filter asks for, in windows over thousands of rows', async () => {
    const { store } = await bench.fresh();
    const all = range(6_000).map((n) =>
      requestRow(n, {
        provider: n % 2 === 0 ? 'even' : 'odd',
        keyId: `key-${n % 5}`,
        model: n % 3 === 0 ? 'GPT-4' : 'gpt-4',
        status: n % 100 === 0 ? 503 : n % 10 === 0 ? 429 : 200,
        errorMessage: n === 7 ? 'A 100% Rare_Event!' : null,
        at: 1_000_000_000 + n * 10_000,
      }),
    );
    await store.requestLogs.insertMany(all);
    const found = async (filters: LogFilters) =>
      (
        await everyPage((before) =>
          store.requestLogs.page({ limit: 1_000, filters, ...(before === undefined ? {} : { before }) }),
        )
      ).map((row) => row.id);
    const expected = (test: (row: (typeof all)[number]) => boolean) =>
      all
        .filter(test)
        .map((row) => row.id)
        .reverse();

    const from = 1_000_000_000 + 20_000_005;
    const to = 1_000_000_000 + 40_000_000;
    expect(await found({ provider: 'odd' })).toEqual(expected((row) => row.provider === 'odd'));
    expect(await found({ keyId: 'key-3', provider: 'even' })).toEqual(
      expected((row) => row.keyId === 'key-3' && row.provider === 'even'),
    );
    expect(await found({ model: 'gpt-4' })).toEqual(expected((row) => row.model === 'gpt-4'));
    expect(await found({ status: 503 })).toEqual(expected((row) => row.status === 503));
    expect(await found({ status: [400, 499], from })).toEqual(
      expected((row) => row.status === 429 && row.at >= from),
    );
    expect(await found({ from, to })).toEqual(expected((row) => row.at >= from && row.at <= to));
    expect(await found({ from: to, provider: 'even' })).toEqual(
      expected((row) => row.at >= to && row.provider === 'even'),
    );
    expect(await found({ to: from })).toEqual(expected((row) => row.at <= from));
    expect(await found({ from: 9_000_000_000_000 })).toEqual([]);
    expect(await found({ to: 1 })).toEqual([]);
    expect(await found({ text: '100% rare_event!' })).toEqual([all[7]!.id]);
    expect(await found({ text: '100x' })).toEqual([]);
    expect(await found({ text: 'SK-ABC', status: 503, keyId: 'key-0' })).toEqual(
      expected((row) => row.status === 503),
    );
  });

  it('deletes the oldest rows, at most 1,000 at a time, and selected ones', async () => {
    const { store } = await bench.fresh();
    await store.requestLogs.insertMany(range(2_500).map((n) => requestRow(n)));
    expect(await store.requestLogs.deleteOlderThan(1_000_000 + 1_500, 5_000)).toBe(1_000);
    expect(await store.requestLogs.deleteOlderThan(1_000_000 + 1_500, 5_000)).toBe(500);
    expect(await store.requestLogs.deleteOlderThan(1_000_000 + 1_500, 5_000)).toBe(0);
    expect(await store.requestLogs.removeMany([rowId(1_500), rowId(3)])).toBe(1);
    expect(await store.requestLogs.count()).toBe(999);
    expect((await store.requestLogs.page({ limit: 1_000 })).rows.at(-1)?.id).toBe(rowId(1_501));
  });
});

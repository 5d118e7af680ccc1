import Sqlite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { createLogWriter } from '../../../lib/store/write-behind/log-writer';
import type { LogWriterOptions } from '../../../lib/store/write-behind/log-writer';
import { usageOf } from '../../../lib/store/usage/usage-delta';
import { errorRow, requestRow } from './rows';
import { onEachBackend } from './on-each-backend';

const realClock = {
  now: () => Date.now(),
  setTimer(fn: () => void, ms: number) {
    const timer = setTimeout(fn, ms);
    return { cancel: () => clearTimeout(timer) };
  },
};

/** A writer and a promise of its next failure. */
function writerFor(store: LogWriterOptions['store'], rest: Partial<LogWriterOptions> = {}) {
  let failed: () => void;
  const failure = new Promise<void>((resolve) => (failed = resolve));
  const writer = createLogWriter({
    store,
    clock: realClock,
    flushIntervalMs: 10,
    onError: () => failed(),
    ...rest,
  });
  return { writer, failure };
}

onEachBackend('the log writer', (bench) => {
  it('writes rows, errors and usage, and has them all on disk after a flush', async () => {
    const { store } = await bench.fresh();
    const { writer } = writerFor(store);
    for (let n = 0; n < 1_000; n += 1) {
      writer.request(requestRow(n));
      writer.error(errorRow(n));
      writer.usage(usageOf({ ...requestRow(n), at: 120_000 }));
    }
    await writer.flush();
    expect(await store.requestLogs.count()).toBe(1_000);
    expect(await store.errorLogs.count()).toBe(1_000);
    expect(await store.rollups.series({ resolution: 'minute', from: 0, to: 1e15 })).toMatchObject([
      { requests: 1_000 },
    ]);
    expect(writer.stats).toEqual({ queued: 0, written: 2_001, dropped: 0, lastError: undefined });
    await writer.close();
  });

  it('gives up one row that the database refuses and writes all others', async () => {
    const { store } = await bench.fresh();
    const { writer } = writerFor(store);
    const poison = requestRow(333, { outcome: 'poison', method: null as unknown as string });
    const blank = requestRow(77, { requestId: 'fine' });
    for (let n = 0; n < 600; n += 1) writer.request(n === 77 ? blank : requestRow(n));
    writer.request({ ...poison, id: 'z', method: '', at: null as unknown as number });
    for (let n = 600; n < 700; n += 1) writer.request(requestRow(n));
    await writer.flush();
    expect(await store.requestLogs.count()).toBe(700);
    expect(writer.stats).toMatchObject({ queued: 0, written: 700, dropped: 1 });
    await writer.close();
  });

  it('keeps rows while the database is away and writes them by itself when it is back', async () => {
    const { store, database } = await bench.fresh();
    const { writer, failure } = writerFor(store);
    let comeBack: () => Promise<void> | void;
    if (database.type === 'sqlite') {
      const other = new Sqlite(database.file);
      other.exec('BEGIN IMMEDIATE');
      comeBack = () => {
        other.exec('COMMIT');
        other.close();
      };
    } else {
      const { server } = bench.backend;
      await server!.down();
      comeBack = () => server!.up();
    }
    for (let n = 0; n < 500; n += 1) {
      writer.request(requestRow(n));
      writer.usage(usageOf({ ...requestRow(n), at: 120_000 }));
    }
    await failure;
    expect(writer.stats).toMatchObject({ queued: 501, written: 0, dropped: 0 });
    expect(writer.stats.lastError).toBeDefined();
    await comeBack();
    await expect.poll(() => writer.stats.queued, { timeout: 20_000 }).toBe(0);
    expect(await store.requestLogs.count()).toBe(500);
    expect(await store.rollups.series({ resolution: 'minute', from: 0, to: 1e15 })).toMatchObject([
      { requests: 500 },
    ]);
    expect(writer.stats).toMatchObject({ written: 501, dropped: 0, lastError: undefined });
    await writer.close();
  });

  it('does not hold the event loop while another process keeps a SQLite file locked', async () => {
    const { store, database } = await bench.fresh();
    if (database.type !== 'sqlite') return;
    const other = new Sqlite(database.file);
    other.exec('BEGIN IMMEDIATE');
    const write = store.requestLogs.insertMany([requestRow(1)]);
    // The lock is given back by this very process, which could not do so if the write were waiting synchronously.
    await new Promise((resolve) => setImmediate(resolve));
    other.exec('COMMIT');
    await write;
    expect(await store.requestLogs.count()).toBe(1);
    other.close();
  });
});

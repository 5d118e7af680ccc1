import { describe, expect, it } from 'vitest';
import { createLogWriter } from '../../../../lib/store/write-behind/log-writer';
import type { LogWriterOptions } from '../../../../lib/store/write-behind/log-writer';
import { StoreError } from '../../../../lib/store/store-error';
import { usageAtProxy } from '../../../../lib/store/usage/usage-by-attempt';
import { usageOf, usageOfKey, usageOfToken } from '../../../../lib/store/usage/usage-delta';
import type { ErrorLogRow, RequestLogRow, UsageDelta } from '../../../../lib/store/rows';
import { errorRow, requestRow, rowId } from '../../../integration/store/rows';
import { createTestClock } from '../test-clock';

const down = () => new StoreError('database_failed', 'The database is away');

/** A database in memory that can go away, and that refuses rows named in `poison`. */
function createFakeStore() {
  const state = {
    isDown: false,
    poison: new Set<string>(),
    requests: [] as RequestLogRow[],
    errors: [] as ErrorLogRow[],
    usage: [] as UsageDelta[],
    calls: 0,
    batchMax: 0,
  };
  const table = <Row extends { id: string }>(rows: Row[]) => ({
    insertMany: (batch: readonly Row[]) => {
      state.calls += 1;
      state.batchMax = Math.max(state.batchMax, batch.length);
      if (state.isDown) return Promise.reject(down());
      if (batch.some((row) => state.poison.has(row.id)))
        return Promise.reject(new StoreError('database_failed', 'Refused'));
      rows.push(...batch);
      return Promise.resolve();
    },
    removeMany: () => (state.isDown ? Promise.reject(down()) : Promise.resolve(0)),
  });
  const store = {
    requestLogs: table(state.requests),
    errorLogs: table(state.errors),
    rollups: {
      add: (deltas: readonly UsageDelta[]) => {
        if (state.isDown) return Promise.reject(down());
        state.usage.push(...deltas);
        return Promise.resolve();
      },
    },
  } as unknown as LogWriterOptions['store'];
  return { state, store };
}

function setup(rest: Partial<LogWriterOptions> = {}) {
  const fake = createFakeStore();
  const clock = createTestClock();
  const writer = createLogWriter({ store: fake.store, clock, ...rest });
  return { ...fake, clock, writer };
}

const fill = (writer: ReturnType<typeof createLogWriter>, from: number, to: number) => {
  for (let n = from; n < to; n += 1) writer.request(requestRow(n));
};

const usage = (model: string) => usageOf({ ...requestRow(1), at: 60_000, model });

describe('the log writer', () => {
  it('writes nothing at once and everything after the interval', async () => {
    const { writer, state, clock } = setup();
    writer.request(requestRow(1));
    writer.error(errorRow(1));
    writer.usage(usage('m'));
    expect(state.calls).toBe(0);
    expect(writer.stats).toEqual({ queued: 3, written: 0, dropped: 0, lastError: undefined });
    await clock.advance(499);
    expect(state.calls).toBe(0);
    await clock.advance(1);
    expect([state.requests.length, state.errors.length, state.usage.length]).toEqual([1, 1, 1]);
    expect(writer.stats).toEqual({ queued: 0, written: 3, dropped: 0, lastError: undefined });
  });

  it('sets no timer while there is nothing to write', async () => {
    const { writer, clock } = setup();
    expect(clock.pending).toEqual([]);
    writer.request(requestRow(1));
    await clock.advance(500);
    expect(clock.pending).toEqual([]);
  });

  it('writes in order, in batches of at most 1,000', async () => {
    const { writer, state } = setup();
    fill(writer, 0, 2_050);
    await writer.flush();
    expect(state.requests.map((row) => row.id)).toEqual(Array.from({ length: 2_050 }, (_, n) => rowId(n)));
    expect([state.batchMax, state.calls]).toEqual([1_000, 3]);
  });

  it('does not wait for the interval when a batch is full', async () => {
    const { writer, state, clock } = setup();
    fill(writer, 0, 999);
    expect(clock.pending).toEqual([500]);
    fill(writer, 999, 1_001);
    expect(clock.pending).toEqual([0]);
    await clock.advance(0);
    expect(state.requests).toHaveLength(1_001);
    expect(clock.pending).toEqual([]);
  });

  it('sums usage up for two seconds as long as full batches come', async () => {
    const { writer, state, clock } = setup();
    for (let second = 0; second < 2; second += 1) {
      writer.usage(usage('m'));
      fill(writer, second * 1_000, second * 1_000 + 1_000);
      await clock.advance(0);
      expect(state.usage).toEqual([]);
      await clock.advance(400);
    }
    await clock.advance(100);
    expect(state.usage.map((delta) => delta.requests)).toEqual([2]);
  });

  it('waits out a failure although batches are full', async () => {
    const { writer, state, clock } = setup();
    state.isDown = true;
    fill(writer, 0, 1_000);
    await clock.advance(0);
    fill(writer, 1_000, 3_000);
    expect(clock.pending).toEqual([500]);
    expect(state.calls).toBe(1);
  });

  it('sums usage up by bucket before it is written', async () => {
    const { writer, state } = setup();
    for (let i = 0; i < 10; i += 1) writer.usage(usage(i % 2 === 0 ? 'a' : 'b'));
    expect(writer.stats.queued).toBe(2);
    await writer.flush();
    expect(state.usage.map((delta) => [delta.model, delta.requests])).toEqual([
      ['a', 5],
      ['b', 5],
    ]);
  });

  it('drops the oldest rows when it is full, and counts them', async () => {
    const dropped: number[] = [];
    const { writer, state } = setup({ maxRows: 100, onDrop: (count) => dropped.push(count) });
    fill(writer, 0, 130);
    expect(writer.stats).toMatchObject({ queued: 100, dropped: 30 });
    expect(dropped.reduce((sum, count) => sum + count, 0)).toBe(30);
    await writer.flush();
    expect(state.requests[0]?.id).toBe(rowId(30));
  });

  it('bounds usage by the number of buckets', () => {
    const { writer } = setup({ maxRows: 10 });
    for (let i = 0; i < 15; i += 1) writer.usage(usage(`m${i}`));
    expect(writer.stats).toMatchObject({ queued: 10, dropped: 5 });
  });

  it('drops nothing that counts for all, keys or tokens because there are too many proxies', async () => {
    const { writer, state } = setup({ maxRows: 10 });
    writer.usage(usage('m'));
    writer.usage(usageOfKey(usage('m'), 'key'));
    writer.usage(usageOfToken(usage('m'), 'token'));
    for (let n = 0; n < 25; n += 1) {
      writer.usage(usageAtProxy(usage('m'), `proxy-${n}`, 'success'));
      writer.usage(usageAtProxy(usage(`refused-${n}`), '', 'invalid_token'));
    }
    expect(writer.stats).toMatchObject({ queued: 13, dropped: 40 });
    await writer.flush();
    const kinds = state.usage.map(({ resolution }) => resolution);
    expect(kinds.filter((kind) => kind !== 'att_min')).toEqual(['minute', 'key_min', 'tok_min']);
  });

  it('bounds error rows by the memory that their bodies take', () => {
    const { writer } = setup();
    const requestBody = 'x'.repeat(1_000_000);
    for (let n = 0; n < 2_000; n += 1) writer.error(errorRow(n, { requestBody }));
    expect(writer.stats.queued).toBeGreaterThan(400);
    expect(writer.stats.queued).toBeLessThan(600);
  });

  it('keeps everything while the database is away, backs off up to 10 s, and resumes by itself', async () => {
    const errors: unknown[] = [];
    const { writer, state, clock } = setup({ onError: (error) => errors.push(error) });
    state.isDown = true;
    fill(writer, 0, 450);
    writer.usage(usage('m'));
    await clock.advance(500);
    const delays: number[] = [];
    for (let i = 0; i < 7; i += 1) {
      const [delay = 0] = clock.pending;
      delays.push(delay);
      await clock.advance(delay);
    }
    expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
    expect(errors).toHaveLength(8);
    expect(writer.stats).toEqual({ queued: 451, written: 0, dropped: 0, lastError: 'The database is away' });
    state.isDown = false;
    await clock.advance(10_000);
    expect(state.requests.map((row) => row.id)).toEqual(Array.from({ length: 450 }, (_, n) => rowId(n)));
    expect(writer.stats).toEqual({ queued: 0, written: 451, dropped: 0, lastError: undefined });
  });

  it('gives up only the rows that the database refuses', async () => {
    const errors: unknown[] = [];
    const { writer, state } = setup({ onError: (error) => errors.push(error) });
    state.poison = new Set([rowId(0), rowId(7), rowId(299)]);
    fill(writer, 0, 300);
    await writer.flush();
    expect(state.requests).toHaveLength(297);
    expect(writer.stats).toMatchObject({ queued: 0, written: 297, dropped: 3 });
    expect(errors).toHaveLength(3);
  });

  it('puts everything back in order when the database goes away while it looks for the row at fault', async () => {
    const { writer, state, store } = setup();
    state.poison = new Set([rowId(150)]);
    fill(writer, 0, 200);
    const insertMany = store.requestLogs.insertMany.bind(store.requestLogs);
    store.requestLogs.insertMany = (rows) => {
      if (rows.length === 50) state.isDown = true;
      return insertMany(rows);
    };
    await expect(writer.flush()).rejects.toMatchObject({ code: 'database_failed' });
    expect(writer.stats).toMatchObject({ queued: 100, written: 100, dropped: 0 });
    store.requestLogs.insertMany = insertMany;
    state.isDown = false;
    await writer.flush();
    expect(state.requests.map((row) => row.id)).toEqual(
      Array.from({ length: 200 }, (_, n) => rowId(n)).filter((id) => id !== rowId(150)),
    );
  });

  it('does not take a full disk for a bad row', async () => {
    const { writer, store } = setup();
    const full = Object.assign(new Error('full'), { code: 'SQLITE_FULL' });
    store.requestLogs.insertMany = () => Promise.reject(new StoreError('database_failed', 'x', full));
    writer.request(requestRow(1));
    await expect(writer.flush()).rejects.toMatchObject({ code: 'database_failed' });
    expect(writer.stats).toMatchObject({ queued: 1, dropped: 0 });
  });

  it('has everything queued before a flush on disk when the flush resolves, even during another write', async () => {
    const { writer, state } = setup();
    fill(writer, 0, 300);
    const first = writer.flush();
    fill(writer, 300, 310);
    await Promise.all([first, writer.flush()]);
    expect(state.requests).toHaveLength(310);
  });

  it('never throws at the caller, whatever its callbacks do', async () => {
    const boom = () => {
      throw new Error('boom');
    };
    const { writer, state } = setup({ maxRows: 1, onDrop: boom, onError: boom });
    state.isDown = true;
    expect(() => fill(writer, 0, 3)).not.toThrow();
    await expect(writer.flush()).rejects.toMatchObject({ code: 'database_failed' });
  });

  it('flushes on close, and drops what comes after', async () => {
    const { writer, state, clock } = setup();
    fill(writer, 0, 10);
    await writer.close();
    expect(state.requests).toHaveLength(10);
    fill(writer, 10, 12);
    expect(writer.stats).toMatchObject({ queued: 0, written: 10, dropped: 2 });
    expect(clock.pending).toEqual([]);
  });

  it('closes after five seconds although the database does not answer', async () => {
    const { writer, store, clock } = setup();
    store.requestLogs.insertMany = () => new Promise(() => undefined);
    fill(writer, 0, 1_100);
    const closed = writer.close();
    await clock.advance(5_000);
    await closed;
    expect(writer.stats.dropped).toBe(100);
    expect(clock.pending).toEqual([]);
  });
});

describe('catching up', () => {
  it('has the rows queued before on disk at once, and leaves the usage to its time', async () => {
    const { writer, state } = setup();
    writer.request(requestRow(1));
    writer.error(errorRow(1));
    writer.usage(usage('m'));
    await writer.catchUp();
    expect([state.requests.length, state.errors.length, state.usage.length]).toEqual([1, 1, 0]);
  });

  it('costs nothing while nothing is queued, and while the database takes nothing', async () => {
    const { writer, state, clock } = setup();
    await writer.catchUp();
    expect(state.calls).toBe(0);
    state.isDown = true;
    writer.request(requestRow(1));
    await clock.advance(500);
    expect(state.calls).toBe(1);
    await writer.catchUp();
    expect(state.calls).toBe(1);
  });

  it('waits a second at most', async () => {
    const { writer, store, clock } = setup();
    store.requestLogs.insertMany = () => new Promise(() => undefined);
    writer.request(requestRow(1));
    const caughtUp = writer.catchUp();
    await clock.advance(1_000);
    await caughtUp;
  });
});

import { expect, it } from 'vitest';
import { createLogWriter } from '../../../../lib/store/write-behind/log-writer';
import type { LogWriterOptions } from '../../../../lib/store/write-behind/log-writer';
import type { UsageDelta, UsageRollup } from '../../../../lib/store/rows';
import { StoreError } from '../../../../lib/store/store-error';
import { UsageBook, type UsageQuery } from '../../../../lib/store/usage/usage-book';
import { usageAtProxy } from '../../../../lib/store/usage/usage-by-attempt';
import { usageOf, usageOfKey, usageOfToken } from '../../../../lib/store/usage/usage-delta';
import { createDice } from '../../../support/dice';
import { requestRow } from '../../../integration/store/rows';
import { createTestClock } from '../test-clock';

const MINUTE = 60_000;
const WINDOW: UsageQuery = { from: 0, to: 60 * MINUTE, resolutions: ['hour', 'minute'] };

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
const usage = (minute: number, model = 'm', provider = 'p') =>
  usageOf({ ...requestRow(1), at: minute * MINUTE, model, provider });
const requestsOf = (rows: readonly UsageRollup[]) => rows.reduce((sum, { requests }) => sum + requests, 0);

type Fate = 'done' | 'done, but not heard' | 'not done';

/** A database that takes some turns for everything, sums up nothing, and answers writes as `fate` says. */
function createFakeRollups(fate: () => Fate = () => 'done') {
  const receipts = new Set<string>();
  const state = { rows: [] as UsageDelta[], reads: 0, moves: 0, isDown: false };
  const lost = () =>
    new StoreError('database_failed', 'gone', Object.assign(new Error('gone'), { fatal: true }));
  const rollups = {
    moves: () => Promise.resolve(String(state.moves)),
    async add(deltas: readonly UsageDelta[], receipt = '') {
      await nextTurn();
      const answer = fate();
      if (answer === 'not done') throw lost();
      if (!receipts.has(receipt)) state.rows.push(...deltas.map((delta) => ({ ...delta })));
      receipts.add(receipt);
      await nextTurn();
      if (answer !== 'done') throw lost();
    },
    /** Looks at each row in a turn of its own, as slices of a large table are. */
    sums: () => Promise.resolve(undefined),
    async series({ resolution }: { readonly resolution: string }): Promise<UsageRollup[]> {
      state.reads += 1;
      const found: UsageRollup[] = [];
      for (let at = 0; at < state.rows.length; at += 1) {
        await nextTurn();
        const row = state.rows[at];
        if (row?.resolution === resolution) found.push({ ...row });
      }
      if (state.isDown) throw lost();
      return found;
    },
  };
  return { state, rollups };
}

function setup(fate?: () => Fate) {
  const { state, rollups } = createFakeRollups(fate);
  const clock = createTestClock();
  const rows = { insertMany: () => Promise.resolve(), removeMany: () => Promise.resolve(0) };
  const writer = createLogWriter({
    store: { requestLogs: rows, errorLogs: rows, rollups } as unknown as LogWriterOptions['store'],
    clock,
  });
  const book = new UsageBook(rollups, writer, () => clock.now());
  const record = (delta: UsageDelta): void => {
    writer.usage(delta);
    book.note(delta);
  };
  return { state, clock, writer, book, record };
}

it.each<[string, readonly Fate[]]>([
  ['the database takes everything', ['done']],
  ['connections break while writes are committed', ['done', 'done', 'done, but not heard', 'not done']],
])('each request is counted once at every moment while %s', async (_, fates) => {
  const { below: random } = createDice(7);
  const { clock, writer, book, record, state } = setup(() => fates[random(fates.length)] ?? 'done');
  let recorded = 0;
  let wrong = 0;
  let reads = 0;
  const read = async (query: UsageQuery) => {
    const rows = await book.read(query).catch(() => undefined);
    if (rows === undefined) return;
    reads += 1;
    if (requestsOf(rows) !== recorded) wrong += 1;
  };
  const reading: Promise<void>[] = [];
  for (let turn = 0; turn < 400; turn += 1) {
    for (let i = random(4); i > 0; i -= 1) {
      recorded += 1;
      record(usage(random(5), `model ${random(3)}`));
    }
    if (random(10) === 0) reading.push(read({ ...WINDOW, to: WINDOW.to + random(3) * MINUTE }));
    if (random(8) === 0) writer.flush().catch(() => undefined);
    if (random(20) === 0) reading.push(clock.advance(6_000));
    await nextTurn();
  }
  await Promise.all(reading);
  expect(reads).toBeGreaterThan(20);
  expect(wrong).toBe(0);
  expect(state.rows.length).toBeGreaterThan(0);
});

it('asks the database once, and knows of each request from then on', async () => {
  const { book, record, state } = setup();
  expect(requestsOf(await book.read({ ...WINDOW, resolutions: ['minute'] }))).toBe(0);
  for (let i = 1; i <= 5; i += 1) {
    record(usage(i));
    expect(requestsOf(await book.read({ ...WINDOW, resolutions: ['minute'] }))).toBe(i);
  }
  expect(state.reads).toBe(1);
});

it('asks the database anew, once, when another process has written to it', async () => {
  const { book, state } = setup();
  const read = async () => requestsOf(await book.read({ ...WINDOW, resolutions: ['minute'] }));
  expect(await read()).toBe(0);
  state.rows.push(usage(1));
  expect(await read()).toBe(0);
  book.writtenElsewhere();
  expect(await Promise.all([read(), read()])).toEqual([1, 1]);
  expect(await read()).toBe(1);
  expect(state.reads).toBe(2);
});

it('keeps apart what the query keeps apart, and leaves out what it does not ask for', async () => {
  const { book, record } = setup();
  const byModel = { ...WINDOW, groupBy: ['model'], isTotal: true, provider: 'p' } as const;
  const byKey = { ...WINDOW, keyId: 'k1', resolutions: ['key_hour', 'key_min'] } as const;
  await Promise.all([book.read(byModel), book.read(byKey), book.read(WINDOW)]);
  record(usage(1, 'a'));
  record(usage(2, 'a'));
  record(usage(2, 'b', 'other'));
  record(usage(100, 'a'));
  record(usageOfKey(usage(3), 'k1'));
  record(usageOfKey(usage(3), 'k2'));
  expect(await book.read(byModel)).toMatchObject([
    { bucketStart: 0, provider: '', model: 'a', requests: 2, promptTokens: 2 },
  ]);
  expect(await book.read(byKey)).toMatchObject([{ bucketStart: 3 * MINUTE, keyId: '', requests: 1 }]);
  expect((await book.read(WINDOW)).map(({ bucketStart, requests }) => [bucketStart, requests])).toEqual([
    [MINUTE, 1],
    [2 * MINUTE, 2],
  ]);
});

it('counts by proxy and verdict on the pages of that, and on no others, written or not', async () => {
  const { book, record, writer, state } = setup();
  const byAttempt = ['att_6h', 'att_hour', 'att_quar', 'att_min'] as const;
  const ofProxy = {
    ...WINDOW,
    keyId: 'one',
    groupBy: ['token'],
    isTotal: true,
    resolutions: byAttempt,
  } as const;
  const ofKey = { ...WINDOW, keyId: 'one', resolutions: ['key_hour', 'key_min'] } as const;
  const ofToken = { ...WINDOW, token: 'success', resolutions: ['tok_min'] } as const;
  const verdicts = async () =>
    (await book.read(ofProxy)).map(({ token, requests }) => [token, requests]).toSorted();
  record(usageAtProxy(usage(1), 'one', 'success'));
  expect(await verdicts()).toEqual([['success', 1]]);
  await Promise.all([book.read(ofKey), book.read(ofToken), book.read(WINDOW)]);
  record(usageAtProxy(usage(2), 'one', 'success'));
  record(usageAtProxy(usage(2), 'one', 'rate_limited'));
  record(usageAtProxy(usage(2), 'two', 'success'));
  record(usageOfKey(usage(3), 'one'));
  record(usageOfToken(usage(3), 'success'));
  expect(await verdicts()).toEqual([
    ['rate_limited', 1],
    ['success', 2],
  ]);
  const others = [await book.read(ofKey), await book.read(ofToken), await book.read(WINDOW)];
  expect(others.map(requestsOf)).toEqual([1, 1, 0]);
  await writer.flush();
  expect(state.rows.filter(({ resolution }) => resolution === 'att_min')).toHaveLength(4);
});

it('reads again after a while, behind the back of whoever asks, so that what others write is seen', async () => {
  const { book, state, clock } = setup();
  await book.read(WINDOW);
  state.rows.push(usage(1));
  expect(requestsOf(await book.read(WINDOW))).toBe(0);
  await clock.advance(5_001);
  expect(requestsOf(await book.read(WINDOW))).toBe(0);
  await clock.advance(0);
  expect(requestsOf(await book.read(WINDOW))).toBe(1);
});

it('stays right while the database cannot be read', async () => {
  const { book, record, state, clock } = setup();
  await book.read(WINDOW);
  state.isDown = true;
  record(usage(1));
  await clock.advance(6_000);
  expect(requestsOf(await book.read(WINDOW))).toBe(1);
  await clock.advance(0);
  expect(requestsOf(await book.read(WINDOW))).toBe(1);
});

it('reads again when minutes became hours while it read', async () => {
  const { book, state } = setup();
  state.rows.push(usage(1), usage(2));
  const reading = book.read(WINDOW);
  await nextTurn();
  state.rows = state.rows.map((row) => ({ ...row, resolution: 'hour' as const }));
  state.moves += 1;
  expect(requestsOf(await reading)).toBe(2);
});

it('rows are written although statistics are being read, and a flush waits for its turn', async () => {
  const { book, record, writer, state, clock } = setup();
  for (let i = 0; i < 30; i += 1) state.rows.push(usage(i));
  let isRead = false;
  const reading = book.read(WINDOW).finally(() => (isRead = true));
  await nextTurn();
  writer.request(requestRow(1));
  record(usage(1));
  await writer.catchUp();
  expect([writer.stats.written, isRead]).toEqual([1, false]);
  const flushed = writer.flush();
  expect(requestsOf(await reading)).toBe(31);
  await flushed;
  expect(writer.stats).toMatchObject({ queued: 0, written: 2 });
  await clock.advance(0);
});

it('reads all in one statement where rows keep being moved while they are read in slices', async () => {
  const { clock, writer } = setup();
  const asked: (boolean | undefined)[] = [];
  let moves = 0;
  const row = usage(1);
  const rollups = {
    moves: () => Promise.resolve(String(moves)),
    series: () => Promise.reject(new Error('not asked')),
    sums({ isAtOnce }: { readonly isAtOnce?: boolean }) {
      asked.push(isAtOnce);
      moves += 1;
      const isOfOneMoment = isAtOnce === true;
      return Promise.resolve({ rows: isOfOneMoment ? [row] : [row, row], isOfOneMoment });
    },
  };
  const book = new UsageBook(rollups, writer, () => clock.now());
  expect(requestsOf(await book.read({ ...WINDOW, kind: 'all', isTotal: true }))).toBe(1);
  expect(asked).toEqual([undefined, undefined, true]);
});

it('counts on only what is among the values that were asked for', async () => {
  const { book, record } = setup();
  const query: UsageQuery = {
    ...WINDOW,
    groupBy: ['model'],
    among: { column: 'model', values: ['m', 'n'] },
    isTotal: true,
  };
  await book.read(query);
  for (const model of ['m', 'n', 'o']) record(usage(1, model));
  expect((await book.read(query)).map(({ model }) => model).toSorted()).toEqual(['m', 'n']);
});

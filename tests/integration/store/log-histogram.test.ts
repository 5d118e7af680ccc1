import { expect, it } from 'vitest';
import type { LogHistogram } from '../../../lib/store/logs/log-histogram';
import type { LogFilters } from '../../../lib/store/logs/log-table';
import { createRequestLogStore } from '../../../lib/store/logs/request-logs';
import { isFailedAttempt, requestClass } from '../../../lib/store/logs/request-class';
import { createSlices } from '../../../lib/store/database/slices';
import { sqliteDatabase } from '../../../lib/store/database/sqlite/sqlite-database';
import { createDice } from '../../support/dice';
import { open, sqliteBackend } from './backends';
import { onEachBackend } from './on-each-backend';
import { errorRow, requestRow } from './rows';

const START = 1_795_000_000_000;
const ROWS = 2_500;
const MINUTE = 60_000;

const ENDS = [
  [200, 'success'],
  [200, 'success'],
  [429, 'rate_limited'],
  [503, 'upstream_error'],
  [200, 'stream_broken'],
  [400, 'bad_request'],
  [499, 'client_cancelled'],
  [200, 'body_too_large'],
] as const;

const requests = Array.from({ length: ROWS }, (_, n) => {
  const [status, outcome] = ENDS[n % ENDS.length] ?? ENDS[0];
  return requestRow(n, {
    at: START + Math.floor(n / 3) * 1_000,
    provider: n % 2 === 0 ? 'even' : n % 3 === 0 ? null : 'odd',
    keyId: n % 7 === 0 ? null : `key-${n % 40}`,
    model: n % 11 === 0 ? null : `model-${n % 4}`,
    status,
    outcome,
    token: `sk-...${n % 5}`,
    durationMs: n % 900,
    errorMessage: n % 50 === 0 ? `It timed out ${n}` : null,
  });
});
const errors = requests.map((row, n) =>
  errorRow(n, {
    id: row.id,
    // An error comes up to an hour after the start of its request, by which it is sorted.
    at: row.at + ((n * 7_919) % 3_600_000),
    provider: row.provider,
    keyId: row.keyId,
    model: row.model,
    status: row.status,
    verdict: n % 3 === 0 ? 'bad_request' : 'rate_limited',
  }),
);

/** From what a list has: its rows, counted one by one. */
function counted<Row extends { readonly at: number }>(
  rows: readonly Row[],
  barMs: number,
  kindOf: (row: Row) => 'succeeded' | 'failed' | 'other',
) {
  const bars = new Map<number, { at: number; succeeded: number; failed: number; other: number }>();
  for (const row of rows) {
    const at = Math.floor(row.at / barMs) * barMs;
    const bar = bars.get(at) ?? { at, succeeded: 0, failed: 0, other: 0 };
    bar[kindOf(row)] += 1;
    bars.set(at, bar);
  }
  return inOrder(bars);
}

const inOrder = (bars: LogHistogram['bars']) => [...bars.values()].sort((a, b) => a.at - b.at);

function requestKind({ status, outcome }: { readonly status: number; readonly outcome: string }) {
  const name = requestClass(status, outcome);
  if (name === '2xx') return 'succeeded';
  return name === '429' || name === '5xx' || name === 'broken' ? 'failed' : 'other';
}

const errorKind = ({ verdict }: { readonly verdict: string }) =>
  isFailedAttempt(verdict) ? 'failed' : 'other';

onEachBackend('counting logs by time', (bench) => {
  async function filled() {
    const { store, database } = await bench.fresh();
    await store.requestLogs.insertMany(requests);
    await store.errorLogs.insertMany(errors);
    return { store, database };
  }

  it('bars are the rows that pages with the same filters list, whatever those are', async () => {
    const { store } = await filled();
    const dice = createDice(4_711);
    const maybe = <T>(share: number, value: () => T) => (dice.below(100) < share * 100 ? value() : undefined);
    for (let round = 0; round < 40; round += 1) {
      const barMs = dice.oneOf([MINUTE, 2 * MINUTE, 7 * MINUTE, 60 * MINUTE]);
      const isForErrors = round % 2 === 1;
      const filters = Object.fromEntries(
        Object.entries({
          from: START + dice.below(900_000) - 50_000,
          to: maybe(0.4, () => START + 900_000 - dice.below(300_000)),
          provider: maybe(0.3, () => dice.oneOf(['even', 'odd', 'none'])),
          keyId: maybe(0.2, () => `key-${dice.below(42)}`),
          model: maybe(0.2, () => `model-${dice.below(5)}`),
          status: maybe(0.2, () => dice.oneOf<number | readonly [number, number]>([200, 429, [400, 499]])),
          isFailure: maybe(0.2, () => true),
          text: maybe(0.3, () => dice.oneOf(['timed', 'req-24', 'model-1', 'zzz'])),
          ...(!isForErrors && {
            token: maybe(0.2, () => `sk-...${dice.below(6)}`),
            result: maybe(0.2, () => dice.oneOf(['succeeded', 'failed', 'clientErrors'] as const)),
            durationMsMin: maybe(0.2, () => dice.below(900)),
          }),
        }).filter(([, value]) => value !== undefined),
      ) as unknown as LogFilters & { from: number };
      const query = { filters, barMs, countMs: 60_000 };
      const whole = { limit: ROWS, filters, searchMs: 60_000 };
      if (isForErrors) {
        const { bars, countedTo } = await store.errorLogs.histogram(query);
        const { rows } = await store.errorLogs.page(whole);
        expect([filters, countedTo, inOrder(bars)]).toEqual([
          filters,
          undefined,
          counted(rows, barMs, errorKind),
        ]);
      } else {
        const { bars, countedTo } = await store.requestLogs.histogram(query);
        const { rows } = await store.requestLogs.page(whole);
        expect([filters, countedTo, inOrder(bars)]).toEqual([
          filters,
          undefined,
          counted(rows, barMs, requestKind),
        ]);
      }
    }
  }, 120_000);

  it('an empty log has no bars', async () => {
    const { store } = await bench.fresh();
    const { bars, countedTo } = await store.requestLogs.histogram({
      filters: { from: 0 },
      barMs: MINUTE,
      countMs: 1_000,
    });
    expect([bars.size, countedTo]).toEqual([0, undefined]);
  });
});

it('stops when the time is up, no bar behind that moment lacks a row, and it goes on from there', async () => {
  const backend = sqliteBackend();
  await backend.start();
  const database = await backend.fresh();
  if (database.type !== 'sqlite') throw new Error('not a file');
  const store = await open(database, { now: START });
  await store.requestLogs.insertMany(requests);
  const plain = sqliteDatabase(database.file);
  let time = 0;
  const slices = createSlices(true, { now: () => (time += 2), rest: async () => undefined });
  // Each with slices that have learnt nothing yet.
  const table = () => createRequestLogStore(plain, slices);
  const query = { filters: { from: 0 }, barMs: MINUTE };
  const whole = await table().histogram({ ...query, countMs: 1e9 });
  const part = await table().histogram({ ...query, countMs: 14 });
  const rest = await table().histogram({
    ...query,
    countMs: 1e9,
    ...(part.nextBefore !== undefined && { before: part.nextBefore }),
  });
  const left = await table().histogram({ ...query, countMs: 1e9, signal: AbortSignal.abort() });
  await plain.close();
  await store.close();
  await backend.stop();
  expect(whole.countedTo).toBeUndefined();
  expect(left.countedTo).toBeGreaterThan(START);
  const countedTo = part.countedTo ?? NaN;
  expect(countedTo > START && countedTo < START + (ROWS / 3) * 1_000).toBe(true);
  const behind = (bars: LogHistogram['bars']) => inOrder(bars).filter(({ at }) => at >= countedTo);
  expect(behind(part.bars).length).toBeGreaterThan(0);
  expect(behind(part.bars)).toEqual(behind(whole.bars));
  const sum = ({ bars }: LogHistogram) =>
    inOrder(bars).reduce((total, { succeeded, failed, other }) => total + succeeded + failed + other, 0);
  expect([sum(whole), sum(part) < ROWS, sum(left) < sum(part)]).toEqual([ROWS, true, true]);
  expect([sum(part) + sum(rest), rest.nextBefore, whole.nextBefore]).toEqual([ROWS, undefined, undefined]);
});

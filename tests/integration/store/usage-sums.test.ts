import { expect, it } from 'vitest';
import type { Resolution, UsageDelta, UsageRollup } from '../../../lib/store/rows';
import type { RollupStore } from '../../../lib/store/usage/rollups';
import type { SumsQuery } from '../../../lib/store/usage/rollup-sums';
import { resolutionsOf, type UsageKind } from '../../../lib/store/usage/usage-chains';
import { usageOfRequest } from '../../../lib/store/usage/usage-delta';
import { UsageSums } from '../../../lib/store/usage/usage-sums';
import { createDice } from '../../support/dice';
import { onEachBackend } from './on-each-backend';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = 19_000 * DAY;
const KATHMANDU = (5 * 60 + 45) * MINUTE;
const KINDS = ['all', 'key', 'token', 'attempt'] as const;

type Dice = ReturnType<typeof createDice>;

function traffic({ below }: Dice, from: number, to: number, requests: number): UsageDelta[] {
  return Array.from({ length: requests }, () => {
    const isFailed = below(5) === 0;
    const verdict = isFailed ? 'rate_limited' : 'success';
    const keyId = `k${below(3)}`;
    return usageOfRequest(
      {
        at: from + below(to - from),
        ...{ provider: `p${below(2)}`, model: `m${below(2)}` },
        ...{ status: isFailed ? 429 : 200, outcome: verdict, durationMs: below(5_000), ttfbMs: below(100) },
        ...{
          promptTokens: below(900),
          cachedTokens: 0,
          completionTokens: below(90),
          costNano: below(10_000),
        },
      },
      keyId,
      { attempts: [{ provider: `p${below(2)}`, keyId, egressId: `e${below(2)}`, verdict }] },
      (model) => model,
      `t${below(3)}`,
    );
  }).flat();
}

/** As versions without sums left it: hours of all and of keys, six hours of the rest. */
function asOfBefore(delta: UsageDelta): UsageDelta {
  const [resolution, lengthMs] = LEFT_BEFORE[delta.resolution] ?? [delta.resolution, MINUTE];
  return { ...delta, resolution, bucketStart: Math.floor(delta.bucketStart / lengthMs) * lengthMs };
}

const LEFT_BEFORE: Partial<Record<Resolution, readonly [Resolution, number]>> = {
  minute: ['hour', HOUR],
  key_min: ['key_hour', HOUR],
  tok_min: ['tok_6h', 6 * HOUR],
  att_min: ['att_6h', 6 * HOUR],
};

/** One sum for each group and start: what is compared. */
function inOrder(rows: readonly UsageRollup[]): UsageRollup[] {
  const sums = new UsageSums<UsageRollup>();
  for (const row of rows) sums.add({ ...row, resolution: 'minute' });
  return [...sums.byKey].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

async function fromAllRows(rollups: RollupStore, { kind, ...query }: SumsQuery): Promise<UsageRollup[]> {
  const rows: UsageRollup[] = [];
  for (const resolution of resolutionsOf(kind))
    rows.push(...(await rollups.series({ ...query, resolution })));
  return inOrder(rows);
}

async function readAtOnce(rollups: RollupStore, question: SumsQuery): Promise<UsageRollup[]> {
  const read = await rollups.sums({ ...question, isAtOnce: true });
  expect(read?.isOfOneMoment).toBe(true);
  return inOrder(read?.rows ?? []);
}

function questions(now: number): SumsQuery[] {
  const until = (unit: number) => (Math.floor(now / unit) + 1) * unit;
  const even = (unit: number, count: number) => {
    const from = until(unit) - count * unit;
    return { from, to: until(unit), starts: Array.from({ length: count }, (_, n) => from + n * unit) };
  };
  const local = Math.floor((now + KATHMANDU) / DAY) * DAY - KATHMANDU;
  const windows = [even(15 * MINUTE, 96), even(HOUR, 168), even(6 * HOUR, 120), even(DAY, 40)];
  const total = [
    ...windows.map(({ from, to }) => ({ from, to })),
    ...[
      { from: local, to: local + DAY },
      { from: until(HOUR) - 47 * HOUR, to: until(HOUR) - 5 * HOUR },
    ],
    { from: until(6 * HOUR) - 31 * DAY, to: until(6 * HOUR) - 4 * DAY },
  ].map((window) => ({ ...window, isTotal: true }));
  const asked = [...windows, ...total];
  const of = (kind: UsageKind, rest: Partial<SumsQuery> = {}) =>
    asked.map((window) => ({ kind, ...window, ...rest }));
  return [
    ...of('all', { groupBy: ['provider', 'model'] }),
    ...of('all', { model: 'm1' }),
    ...of('key', { groupBy: ['provider', 'keyId'] }),
    ...of('key', { keyId: 'k1', provider: 'p1' }),
    ...of('key', { groupBy: ['keyId'], isOfRequestsOnly: true }),
    ...of('token', { groupBy: ['token'] }),
    ...of('token', { token: 't2' }),
    ...of('attempt', { groupBy: ['keyId', 'token'] }),
    ...of('attempt', { keyId: 'e1' }),
  ];
}

onEachBackend('sums of usage', (bench) => {
  it('say what all rows say, at every age, of what earlier versions left, and after old rows are deleted', async () => {
    const { store } = await bench.fresh();
    const { rollups } = store;
    const dice = createDice(5);
    const end = START + 40 * DAY + 7 * HOUR + 22 * MINUTE;
    await rollups.add(traffic(dice, START, end - 10 * DAY, 150).map(asOfBefore));
    await rollups.add(traffic(dice, end - 10 * DAY, end, 200));
    let answered = 0;
    let rounds = 0;
    const compare = async (now: number) => {
      bench.clock.now = now;
      rounds += 1;
      for (const question of questions(now).filter((_, index) => index % 4 === rounds % 4)) {
        const sums = await rollups.sums(question);
        if (sums === undefined) continue;
        answered += 1;
        if (answered % 5 === 0) expect(await readAtOnce(rollups, question)).toEqual(inOrder(sums.rows));
        expect(inOrder(sums.rows), JSON.stringify(question)).toEqual(await fromAllRows(rollups, question));
      }
    };
    await compare(end);
    for (const afterMs of [0, 3 * HOUR, 2 * DAY, 9 * DAY]) {
      const now = end + afterMs;
      await rollups.add(traffic(dice, now - HOUR, now, 20));
      await rollups.compact(now);
      // What comes late is in no sum yet.
      await rollups.add(traffic(dice, now - 3 * DAY, now, 20));
      await compare(now);
    }
    while ((await rollups.deleteOlderThan(end - 20 * DAY + 5, 1_000)) === 1_000);
    await compare(end + 9 * DAY);
    expect(answered).toBeGreaterThan(80);
  });

  it('take few rows; what they do not keep apart is read from all rows', async () => {
    const { store } = await bench.fresh();
    const { rollups } = store;
    const now = START + 3 * DAY;
    bench.clock.now = now;
    await rollups.add(traffic(createDice(3), START, now, 100));
    await rollups.compact(now);
    const window = { from: START, to: now, isTotal: true } as const;
    for (const kind of KINDS) {
      const read = await rollups.sums({ kind, ...window });
      expect(read?.isOfOneMoment).toBe(true);
      expect(read?.rows.reduce((sum, { requests }) => sum + requests, 0)).toBe(100);
    }
    const questionsOfRows: readonly SumsQuery[] = [
      { kind: 'key', ...window, groupBy: ['model'] },
      { kind: 'token', ...window, provider: 'p1' },
      { kind: 'token', ...window, groupBy: ['token'], among: { column: 'token', values: ['t0', 't2'] } },
    ];
    for (const question of questionsOfRows) {
      expect(await readAtOnce(rollups, question)).toEqual(await fromAllRows(rollups, question));
      expect(inOrder((await rollups.sums(question))?.rows ?? [])).toEqual(
        await readAtOnce(rollups, question),
      );
    }
    const some = await rollups.sums(questionsOfRows[2] ?? { kind: 'all', ...window });
    expect(new Set(some?.rows.map(({ token }) => token))).toEqual(new Set(['t0', 't2']));
    // A day each, of each class, provider and model.
    const days = await rollups.series({
      resolution: 'all_s24',
      from: 0,
      to: 1e15,
      groupBy: ['provider', 'model'],
    });
    expect(days.length).toBeLessThanOrEqual(3 * 12);
    expect(days.reduce((sum, { requests }) => sum + requests, 0)).toBe(100);
  });

  it('add each row once when two processes sum up at once', async () => {
    const { store, database } = await bench.fresh();
    const other = await bench.reopen(database);
    const now = START + 2 * DAY;
    bench.clock.now = now;
    await store.rollups.add(traffic(createDice(9), START, now, 400));
    await Promise.all([store.rollups.compact(now), other.rollups.compact(now)]);
    await store.rollups.compact(now);
    for (const kind of KINDS) {
      const question: SumsQuery = { kind, from: START, to: now, isTotal: true, groupBy: ['keyId', 'token'] };
      const read = await store.rollups.sums(question);
      expect(inOrder(read?.rows ?? [])).toEqual(await fromAllRows(store.rollups, question));
      expect(read?.rows.reduce((sum, { requests }) => sum + requests, 0)).toBe(400);
    }
  });

  it('tell every process that rows have been moved, and nothing once there is nothing to move', async () => {
    const { store, database } = await bench.fresh();
    const other = await bench.reopen(database);
    const now = START + 2 * DAY;
    bench.clock.now = now;
    const before = await other.rollups.moves();
    await store.rollups.add(traffic(createDice(4), START, now, 50));
    expect(await other.rollups.moves()).toBe(before);
    await store.rollups.compact(now);
    const after = await other.rollups.moves();
    expect(after).not.toBe(before);
    await other.rollups.compact(now);
    expect(await store.rollups.moves()).toBe(after);
  });
});

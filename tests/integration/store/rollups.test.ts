import { expect, it } from 'vitest';
import type { Resolution, UsageDelta } from '../../../lib/store/rows';
import type { RollupStore } from '../../../lib/store/usage/rollups';
import { usageAtProxy } from '../../../lib/store/usage/usage-by-attempt';
import { usageOf, usageOfKey, usageOfRequest, usageOfToken } from '../../../lib/store/usage/usage-delta';
import type { FinishedRequest } from '../../../lib/store/usage/usage-delta';
import { onEachBackend } from './on-each-backend';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const START = 100 * HOUR;

const finished = (rest: Partial<FinishedRequest> = {}): UsageDelta =>
  usageOf({
    at: START,
    provider: 'p',
    model: 'm',
    status: 200,
    outcome: 'success',
    durationMs: 300,
    ttfbMs: 100,
    promptTokens: 1,
    cachedTokens: 2,
    completionTokens: 3,
    costNano: 7,
    ...rest,
  });

const ofKey = (keyId: string, rest: Partial<FinishedRequest> = {}): UsageDelta =>
  usageOfKey(finished(rest), keyId);

const total = async (rollups: RollupStore) => {
  const both = await Promise.all(
    (['minute', 'all_ms', 'hour', 'all_hs'] as const).map((resolution) =>
      rollups.series({ resolution, from: 0, to: 1e15, isTotal: true }),
    ),
  );
  return both.flat().reduce((sum, row) => sum + row.requests, 0);
};

onEachBackend('usage rollups', (bench) => {
  it('adds to a bucket that exists, whether within one call or over several', async () => {
    const { store } = await bench.fresh();
    await store.rollups.add([finished(), finished({ durationMs: 40_000, ttfbMs: null })]);
    await store.rollups.add([finished({ at: START + 59_999, durationMs: 250 })]);
    expect(
      await store.rollups.series({
        resolution: 'minute',
        from: START,
        to: START + 1,
        groupBy: ['provider', 'keyId', 'model'],
      }),
    ).toEqual([
      {
        resolution: 'minute',
        bucketStart: START,
        provider: 'p',
        keyId: '',
        model: 'm',
        statusClass: '2xx',
        token: '',
        requests: 3,
        attempts: 0,
        failedAttempts: 0,
        promptTokens: 3,
        cachedTokens: 6,
        completionTokens: 9,
        costNano: 21,
        unpriced: 0,
        durationMsSum: 40_550,
        ttfbMsSum: 200,
        ttfbCount: 2,
        latency: [0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0],
        latencyMinMs: 250,
        latencyMaxMs: 40_000,
        rescued: 0,
      },
    ]);
  });

  it('tells when the first bucket of some resolutions begins, and nothing where there is none', async () => {
    const { store } = await bench.fresh();
    expect(await store.rollups.firstAt(['hour', 'minute'])).toBeNull();
    await store.rollups.add([finished({ at: START + 5 * MINUTE }), finished({ at: START + HOUR })]);
    await store.rollups.add([ofKey('k', { at: START })]);
    expect(await store.rollups.firstAt(['hour', 'minute'])).toBe(START + 5 * MINUTE);
    expect(await store.rollups.firstAt(['key_hour', 'key_min'])).toBe(START);
    expect(await store.rollups.firstAt(['tok_6h', 'tok_min'])).toBeNull();
    await store.rollups.compact(START + 100 * HOUR);
    expect(await store.rollups.firstAt(['all_hs', 'minute'])).toBe(START);
  });

  it('sums up from one time to the next where such times are given', async () => {
    const { store } = await bench.fresh();
    const times = [0, 1, 2, 3, 30].map((hours) => START + hours * HOUR);
    await store.rollups.add(times.map((at) => finished({ at, durationMs: 100 + (at - START) / HOUR })));
    const starts = [START, START + 2 * HOUR, START + 27 * HOUR];
    const rows = await store.rollups.series({ resolution: 'minute', from: START, to: 1e15, starts });
    expect(
      rows.map(({ bucketStart, requests, latencyMaxMs }) => [bucketStart, requests, latencyMaxMs]),
    ).toEqual([
      [START, 2, 101],
      [START + 2 * HOUR, 2, 103],
      [START + 27 * HOUR, 1, 130],
    ]);
  });

  it('keeps models that differ only in case apart, and cuts endless ones', async () => {
    const { store } = await bench.fresh();
    await store.rollups.add([
      finished({ model: 'gpt' }),
      finished({ model: 'GPT' }),
      finished({ model: 'x'.repeat(500) }),
    ]);
    const rows = await store.rollups.series({ resolution: 'minute', from: 0, to: 1e15, groupBy: ['model'] });
    expect(new Set(rows.map((row) => row.model))).toEqual(new Set(['GPT', 'gpt', 'x'.repeat(191)]));
  });

  it('sums up a series over thousands of buckets, for what the filters name', async () => {
    const { store } = await bench.fresh();
    const deltas: UsageDelta[] = [];
    for (let key = 0; key < 1_500; key += 1) {
      for (let minute = 0; minute < 3; minute += 1) {
        const status = key % 3 === 0 ? 429 : 200;
        const provider = key < 500 ? 'a' : 'b';
        deltas.push(ofKey(`k${key}`, { at: START + minute * MINUTE, provider, status }));
      }
    }
    await store.rollups.add(deltas);
    const shape = async (query: Partial<Parameters<RollupStore['series']>[0]>) =>
      (await store.rollups.series({ resolution: 'key_min', from: START, to: START + HOUR, ...query })).map(
        (row) => [(row.bucketStart - START) / MINUTE, row.provider, row.statusClass, row.requests],
      );
    expect(await shape({})).toEqual([
      [0, '', '2xx', 1_000],
      [0, '', '429', 500],
      [1, '', '2xx', 1_000],
      [1, '', '429', 500],
      [2, '', '2xx', 1_000],
      [2, '', '429', 500],
    ]);
    expect((await shape({ isTotal: true, groupBy: ['provider'] })).sort()).toEqual([
      [0, 'a', '2xx', 999],
      [0, 'a', '429', 501],
      [0, 'b', '2xx', 2_001],
      [0, 'b', '429', 999],
    ]);
    expect(await shape({ keyId: 'k3', isTotal: true })).toEqual([[0, '', '429', 3]]);
    expect(await shape({ provider: 'b', from: START + MINUTE, to: START + 2 * MINUTE })).toEqual([
      [1, '', '2xx', 667],
      [1, '', '429', 333],
    ]);
    expect(await shape({ model: 'other' })).toEqual([]);
  });

  it('moves minutes older than 48 h into hours and loses nothing', async () => {
    const { store } = await bench.fresh();
    const deltas: UsageDelta[] = [];
    for (let minute = 0; minute < 300; minute += 1) {
      for (const model of ['m', 'n']) deltas.push(finished({ at: START + minute * MINUTE, model }));
    }
    await store.rollups.add(deltas);
    const now = START + 48 * HOUR + 2 * HOUR + 30 * MINUTE;
    expect(await store.rollups.compact(now)).toBe(240);
    expect(await store.rollups.compact(now)).toBe(0);
    const hours = await store.rollups.series({ resolution: 'all_hs', from: 0, to: 1e15, groupBy: ['model'] });
    expect(hours.map((row) => [row.bucketStart - START, row.model, row.requests])).toEqual([
      [0, 'm', 60],
      [0, 'n', 60],
      [HOUR, 'm', 60],
      [HOUR, 'n', 60],
    ]);
    expect(await total(store.rollups)).toBe(600);
  });

  it('keeps the minutes of a key for two hours, apart from those of all keys together', async () => {
    const { store } = await bench.fresh();
    const requests = Array.from({ length: 180 }, (_, minute) => ({ at: START + minute * MINUTE }));
    await store.rollups.add(requests.flatMap((request) => [finished(request), ofKey('k', request)]));
    const count = async (resolution: Resolution) =>
      (await store.rollups.series({ resolution, from: 0, to: 1e15 })).map(({ requests }) => requests);
    expect(await store.rollups.compact(START + 3 * HOUR + 30 * MINUTE)).toBe(60);
    expect(await count('all_ms')).toHaveLength(180);
    expect(await count('key_ms')).toHaveLength(120);
    expect(await count('key_hs')).toEqual([60]);
    expect(await count('all_hs')).toEqual([]);
    await store.rollups.deleteOlderThan(START + 24 * HOUR, 1_000);
    expect(await count('key_ms')).toHaveLength(120);
    await store.rollups.deleteOlderThan(8 * 24 * HOUR, 1_000);
    for (const resolution of ['all_ms', 'key_ms', 'key_hs', 'all_s192', 'key_s6'] as const) {
      expect(await count(resolution)).toEqual([]);
    }
  });

  it('keeps what a client token did ever more coarsely, and all tokens add up to all requests at each step', async () => {
    const { store } = await bench.fresh();
    const request = (minute: number): FinishedRequest => ({
      at: START + minute * MINUTE,
      provider: 'p',
      model: 'm',
      status: 200,
      outcome: 'success',
      durationMs: 1,
      ttfbMs: null,
      promptTokens: 1,
      cachedTokens: 0,
      completionTokens: 1,
      costNano: minute,
    });
    const deltas = Array.from({ length: 480 }, (_, minute) =>
      usageOfRequest(request(minute), null, { attempts: [] }, () => 'm', `token-${minute % 7}`),
    );
    await store.rollups.add(deltas.flat());
    const costs = async (
      resolution: Resolution,
      query: Partial<Parameters<RollupStore['series']>[0]> = {},
    ) => {
      const rows = await store.rollups.series({ resolution, from: 0, to: 1e15, ...query });
      return rows.reduce((sum, { costNano }) => sum + costNano, 0);
    };
    const spent = (480 * 479) / 2;
    const ofOne = Array.from({ length: 480 }, (_, minute) => (minute % 7 === 3 ? minute : 0));
    const spentByOne = ofOne.reduce((sum, cost) => sum + cost, 0);
    expect(await costs('tok_min')).toBe(spent);
    for (const [afterHours, kept, ends] of [
      [12, 'tok_qs', 12],
      [12 + 48, 'tok_hs', 3],
      [12 + 8 * 24, 'tok_6s', 2],
    ] as const) {
      await store.rollups.compact(START + afterHours * HOUR);
      expect(await costs(kept)).toBe(spent);
      expect(await costs(kept, { token: 'token-3' })).toBe(spentByOne);
      expect((await store.rollups.series({ resolution: kept, from: 0, to: 1e15 })).length).toBeGreaterThan(
        ends - 1,
      );
    }
    expect((await costs('all_ms')) + (await costs('all_hs'))).toBe(spent);
    expect(await costs('tok_min')).toBe(0);
    const totals = await store.rollups.series({
      resolution: 'tok_6s',
      from: 0,
      to: 1e15,
      isTotal: true,
      groupBy: ['token'],
    });
    expect(totals.map(({ token }) => token).sort()).toEqual([0, 1, 2, 3, 4, 5, 6].map((n) => `token-${n}`));
  });

  it('keeps proxies and verdicts ever more coarsely, apart from keys and tokens of the same name', async () => {
    const { store } = await bench.fresh();
    const deltas = Array.from({ length: 480 }, (_, minute) => {
      const usage = finished({ at: START + minute * MINUTE, costNano: minute });
      const verdict = minute % 5 === 0 ? 'rate_limited' : 'success';
      return [
        ...[usage, usageOfKey(usage, 'proxy-1'), usageOfToken(usage, 'success')],
        usageAtProxy(usage, `proxy-${minute % 3}`, verdict),
      ];
    });
    await store.rollups.add(deltas.flat());
    const costs = async (
      resolution: Resolution,
      query: Partial<Parameters<RollupStore['series']>[0]> = {},
    ) => {
      const rows = await store.rollups.series({ resolution, from: 0, to: 1e15, ...query });
      return rows.reduce((sum, { costNano }) => sum + costNano, 0);
    };
    const sumOf = (isCounted: (minute: number) => boolean) =>
      deltas.reduce((sum, _, minute) => sum + (isCounted(minute) ? minute : 0), 0);
    for (const [afterHours, kept, rows] of [
      [0, 'att_min', 480],
      [12, 'att_qs', 32],
      [12 + 48, 'att_hs', 8],
      [12 + 8 * 24, 'att_6s', 2],
    ] as const) {
      await store.rollups.compact(START + afterHours * HOUR);
      const found = await store.rollups.series({ resolution: kept, from: 0, to: 1e15 });
      expect(found.length).toBe(rows);
      expect(await costs(kept)).toBe(sumOf(() => true));
      expect(await costs(kept, { keyId: 'proxy-1' })).toBe(sumOf((minute) => minute % 3 === 1));
      expect(await costs(kept, { token: 'rate_limited' })).toBe(sumOf((minute) => minute % 5 === 0));
      const both = { keyId: 'proxy-1', token: 'rate_limited' };
      expect(await costs(kept, both)).toBe(sumOf((minute) => minute % 3 === 1 && minute % 5 === 0));
    }
    expect(await costs('key_hs', { keyId: 'proxy-1' })).toBe(sumOf(() => true));
    expect(await costs('tok_6s', { token: 'success' })).toBe(sumOf(() => true));
    expect(await store.rollups.firstAt(['att_6s', 'att_min'])).toBe(
      Math.floor(START / (6 * HOUR)) * 6 * HOUR,
    );
    await store.rollups.deleteOlderThan(1e15, 1_000);
    expect(
      await store.rollups.firstAt(['att_6s', 'att_hs', 'att_qs', 'att_min', 'att_s6', 'att_s24']),
    ).toBeNull();
  });

  it('sums up the tokens of thousands of rows that differ in nothing else', async () => {
    const { store } = await bench.fresh();
    const deltas = Array.from({ length: 2_500 }, (_, n) => usageOfToken(finished(), `token-${n}`));
    await store.rollups.add(deltas);
    const rows = await store.rollups.series({
      resolution: 'tok_min',
      from: START,
      to: START + HOUR,
      groupBy: ['token'],
    });
    expect(new Set(rows.map(({ token }) => token)).size).toBe(2_500);
    expect(rows.every(({ requests }) => requests === 1)).toBe(true);
    expect(await store.rollups.deleteOlderThan(8 * 24 * HOUR, 1_000)).toBe(1_000);
  });

  it('counts nothing twice when two processes compact at once, and takes in what comes late', async () => {
    const { store, database } = await bench.fresh();
    const other = await bench.reopen(database);
    const deltas = Array.from({ length: 900 }, (_, minute) => finished({ at: START + minute * MINUTE }));
    await store.rollups.add(deltas);
    const now = START + 100 * HOUR;
    const moved = await Promise.all([store.rollups.compact(now), other.rollups.compact(now)]);
    expect(moved[0] + moved[1]).toBe(900);
    await other.rollups.add([finished()]);
    await store.rollups.compact(now);
    expect(await store.rollups.series({ resolution: 'minute', from: 0, to: 1e15 })).toEqual([]);
    expect(await total(store.rollups)).toBe(901);
  });

  it('deletes old buckets of both resolutions in batches', async () => {
    const { store } = await bench.fresh();
    const day = 8 * 24 * HOUR;
    const minutes = Array.from({ length: 1_100 }, (_, n) => finished({ at: day + (n - 1_050) * MINUTE }));
    await store.rollups.add([...minutes, { ...finished(), resolution: 'hour' }]);
    expect(await store.rollups.deleteOlderThan(day + 17 * MINUTE, 9_999)).toBe(1_000);
    expect(await store.rollups.deleteOlderThan(day + 17 * MINUTE, 9_999)).toBe(51);
    expect(await total(store.rollups)).toBe(50);
  });
});

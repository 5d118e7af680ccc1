import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LiveHub, type LiveSources } from '../../../../lib/admin/live/hub';

const NO_KEYS = { total: 0, active: 0, cooling: 0, disabledAuto: 0, disabledManual: 0, inFlight: 0 };
const RATES = {
  requestsPerMinute: 0,
  tokensPerMinute: 0,
  successRate: null,
  latencyP50Ms: null,
  latencyP95Ms: null,
  inFlight: 0,
  waiting: 0,
  ofAll: true,
  instances: [],
};

/** As much padding as makes an event large. */
let padding = '';
let hub: LiveHub;

const sources: LiveSources = {
  snapshot: () => ({
    at: 0,
    providers: [],
    keys: NO_KEYS,
    proxies: [],
    rates: RATES,
    tasks: [],
    jobs: [],
    settingsRevision: 1,
  }),
  keys: (changed, removed) => ({
    changed: [],
    more: changed.size,
    removed: [...removed],
    counts: NO_KEYS,
    providers: [],
  }),
  breakers: () => ({ providers: [] }),
  egress: () => ({ proxies: [] }),
  usedEgresses: () => [],
  rates: () => RATES,
  tasks: () => ({ tasks: [] }),
  jobs: () => ({
    jobs: [
      {
        name: padding,
        isRunning: false,
        lastRunAt: null,
        lastDurationMs: null,
        lastResult: null,
        nextRunAt: null,
      },
    ],
  }),
  revision: 1,
};

beforeEach(() => {
  vi.useFakeTimers();
  padding = '';
  hub = new LiveHub();
  hub.connect(sources);
});

afterEach(() => {
  hub.close();
  vi.useRealTimers();
});

/** Reads one chunk after the other. */
function follow(signal = new AbortController().signal) {
  const reader = hub.open(signal).getReader();
  return {
    async next() {
      const { value, done } = await reader.read();
      return done ? undefined : new TextDecoder().decode(value);
    },
    cancel: () => reader.cancel(),
  };
}

const nameOf = (text: string | undefined) => /^event: (\w+)/.exec(text ?? '')?.[1];

it('begins with a snapshot, and sends what changed at most twice a second', async () => {
  const client = follow();
  expect(nameOf(await client.next())).toBe('snapshot');
  for (let i = 0; i < 1000; i++) hub.keyChanged(`key ${i}`);
  hub.keysRemoved(['gone']);
  vi.advanceTimersByTime(500);
  const event = await client.next();
  expect(nameOf(event)).toBe('keys');
  expect(JSON.parse(/data: (.*)/.exec(event ?? '')?.[1] ?? '')).toMatchObject({
    more: 1000,
    removed: ['gone'],
  });
  expect(nameOf(await client.next())).toBe('settings');
});

it('tells of finished requests at most twice a second, and not at all while there are none', async () => {
  hub.requestFinished();
  const client = follow();
  const snapshot = await client.next();
  expect(JSON.parse(/data: (.*)/.exec(snapshot ?? '')?.[1] ?? '')).toMatchObject({ quietMs: 0 });
  vi.advanceTimersByTime(500);
  const counts: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    for (let i = 0; i < 50; i += 1) hub.requestFinished();
    vi.advanceTimersByTime(500);
  }
  vi.advanceTimersByTime(5_000);
  // In 15 ticks: keys and jobs once, rates seven times, and what is looked for.
  for (let i = 0; i < 14; i += 1) {
    const text = await client.next();
    if (nameOf(text) !== 'traffic') continue;
    counts.push((JSON.parse(/data: (.*)/.exec(text ?? '')?.[1] ?? '') as { requests: number }).requests);
  }
  // The first one is for what had finished before: nobody knows who has asked since.
  expect(counts).toEqual([1, 51, 101, 151, 201]);
});

it('tells of what has finished at other instances, without counting it as its own', async () => {
  const client = follow();
  await client.next();
  hub.finishedElsewhere();
  vi.advanceTimersByTime(3_000);
  const traffic: string[] = [];
  // In 6 ticks: keys and jobs once, rates three times, and what is looked for.
  for (let i = 0; i < 6; i += 1) {
    const text = (await client.next()) ?? '';
    if (nameOf(text) === 'traffic') traffic.push(/data: (.*)/.exec(text)?.[1] ?? '');
  }
  expect(traffic).toEqual(['{"requests":0}']);
});

it('says in each snapshot for how long every topic has been quiet, changes that nobody heard as well', async () => {
  vi.advanceTimersByTime(1_000);
  hub.keyChanged('key');
  vi.advanceTimersByTime(1_000);
  hub.changed('providers', 'tokens');
  vi.advanceTimersByTime(1_000);
  hub.egressChanged('proxy');
  hub.keysRemoved(['gone']);
  vi.advanceTimersByTime(1_000);
  const text = await follow().next();
  expect(JSON.parse(/data: (.*)/.exec(text ?? '')?.[1] ?? '')).toMatchObject({
    quietMs: null,
    quietMsByTopic: {
      traffic: 4_000,
      settings: 4_000,
      'key-states': 3_000,
      providers: 2_000,
      tokens: 2_000,
      'proxy-states': 1_000,
      keys: 1_000,
      proxies: 4_000,
    },
  });
  hub.breakerChanged();
  hub.requestFinished();
  const next = await follow().next();
  expect(JSON.parse(/data: (.*)/.exec(next ?? '')?.[1] ?? '')).toMatchObject({
    quietMs: 0,
    quietMsByTopic: { traffic: 0, 'key-states': 0, keys: 1_000 },
  });
});

it('tells of a proxy whose counts have changed, and of jobs that begin, without being told', async () => {
  const client = follow();
  await client.next();
  vi.advanceTimersByTime(1_000);
  for (let i = 0; i < 3; i += 1) await client.next();
  sources.usedEgresses = () => ['proxy'];
  padding = 'a job begins';
  vi.advanceTimersByTime(1_000);
  expect([nameOf(await client.next()), nameOf(await client.next())]).toEqual(['egress', 'jobs']);
  sources.usedEgresses = () => [];
});

it('each event has an id of its own, in order', async () => {
  const client = follow();
  const ids: number[] = [];
  for (let i = 0; i < 3; i++) {
    hub.jobChanged();
    vi.advanceTimersByTime(500);
    ids.push(Number(/^id: \w+-(\d+)$/m.exec((await client.next()) ?? '')?.[1]));
  }
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  expect(ids).not.toContain(NaN);
});

it('sends rates every second and a comment every fifteen', async () => {
  const client = follow();
  await client.next();
  vi.advanceTimersByTime(1_000);
  // The first time the counts are news as well.
  const names = [nameOf(await client.next()), nameOf(await client.next()), nameOf(await client.next())];
  expect(names).toEqual(['keys', 'jobs', 'rates']);
  vi.advanceTimersByTime(1_000);
  expect(nameOf(await client.next())).toBe('rates');
  vi.advanceTimersByTime(13_000);
  let text = await client.next();
  for (let i = 0; i < 20 && nameOf(text) !== undefined; i++) text = await client.next();
  expect(text).toMatch(/^: /);
});

it('a slow reader loses events, never has more waiting than the bound, and gets a new snapshot', async () => {
  padding = 'x'.repeat(100_000);
  const client = follow();
  for (let i = 0; i < 50; i++) {
    hub.jobChanged();
    vi.advanceTimersByTime(500);
  }
  const waiting: string[] = [];
  for (let i = 0; i < 40; i++) {
    // What waits can be read without a tick in between; a new snapshot comes with the next one.
    const next = await Promise.race([
      client.next(),
      Promise.resolve().then(() => new Promise<string>((r) => setImmediate(r, 'none'))),
    ]);
    if (next === 'none') break;
    waiting.push(next ?? '');
    if (waiting.length > 1 && nameOf(next) === 'snapshot') break;
    vi.advanceTimersByTime(500);
  }
  expect(waiting.reduce((sum, text) => sum + text.length, 0)).toBeLessThan(3 * 512 * 1024);
  expect(waiting.filter((text) => nameOf(text) === 'snapshot')).toHaveLength(2);
});

it('takes no notes while nobody listens, and stops when the last one leaves', async () => {
  hub.keyChanged('early');
  const client = follow();
  await client.next();
  expect(hub.clients).toBe(1);
  await client.cancel();
  expect(hub.clients).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

it('ends the stream when the signal fires, and all of them on close', async () => {
  const abort = new AbortController();
  const first = follow(abort.signal);
  const second = follow();
  await first.next();
  await second.next();
  abort.abort();
  expect(await first.next()).toBeUndefined();
  hub.close();
  expect(await second.next()).toBeUndefined();
  expect(() => hub.open(new AbortController().signal)).toThrow('Too many');
});

it('refuses the hundred and first listener', () => {
  for (let i = 0; i < 100; i++) follow();
  expect(() => follow()).toThrow('Too many');
});

it('ends the stream of a session that was signed out of, and lets the others go on', async () => {
  let isSignedOut = false;
  const mine = hub.open(new AbortController().signal, () => isSignedOut).getReader();
  const theirs = hub.open(new AbortController().signal);
  await mine.read();
  vi.advanceTimersByTime(500);
  expect(hub.clients).toBe(2);
  isSignedOut = true;
  hub.changed('keys');
  vi.advanceTimersByTime(500);
  expect(await mine.read()).toEqual({ done: true, value: undefined });
  expect(hub.clients).toBe(1);
  await theirs.cancel();
});

import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Pool } from '../../../../lib/balancer/pool/pool';
import type { ProbedProvider, ProbeResult } from '../../../../lib/probing/keys/key-probe';
import { KeyProber, probeKeys, type ProbeSelection } from '../../../../lib/probing/keys/probe-keys';
import type { ProbeReport } from '../../../../lib/probing/keys/probe-report';
import { Tasks, type TaskStatus } from '../../../../lib/tasks/tasks';
import {
  answered,
  bigPool,
  EventLog,
  keyOf,
  poolOf,
  SeededRandom,
  TestClock,
  use,
} from '../../balancer/support';

const ALIVE: ProbeResult = { outcome: 'alive', by: 'models' };
const rejected = (status = 401): ProbeResult => ({ outcome: 'rejected', status, reason: `${status} no` });
const UNPROVEN: ProbeResult = { outcome: 'unproven', reason: '500' };

let clock: TestClock;
let tasks: Tasks;
let events: EventLog;
let pools: Pool[];
let isEnabled: boolean;
let prober: KeyProber;
/** Key ids in the order they were probed. */
let probed: string[];
/** What a probe comes to; by default the key is alive. */
let results: Record<string, ProbeResult>;
/** Every probe waits for it. */
let gate: Promise<unknown> | undefined;
let now: { running: number; most: number };

beforeEach(() => {
  clock = new TestClock();
  tasks = new Tasks({ now: () => clock.now(), onListenerError: (error) => expect.fail(String(error)) });
  events = new EventLog();
  pools = [];
  isEnabled = true;
  probed = [];
  results = {};
  gate = undefined;
  now = { running: 0, most: 0 };
  prober = new KeyProber({
    clock,
    random: new SeededRandom(),
    tasks,
    providers: () => pools.map(providerOf),
    async probe(_provider, key, signal) {
      const { keyId } = key.config;
      probed.push(keyId);
      now.running += 1;
      now.most = Math.max(now.most, now.running);
      await gate;
      now.running -= 1;
      return signal.aborted ? { outcome: 'cancelled' } : (results[keyId] ?? ALIVE);
    },
  });
});

const providerOf = (pool: Pool): ProbedProvider => ({
  isEnabled,
  pool,
  baseUrl: 'http://upstream/v1',
  testModel: 'gpt-test',
});

/** A pool of which the keys in capitals are disabled: by the program, or by a person if they are M. */
function addPool(keyIds: string, provider = 'openai'): Pool {
  const pool = poolOf(keyIds, { provider, maxFailures: 1 }, events);
  for (const keyId of keyIds) {
    if (keyId === 'M') pool.disable(keyId, 'mine');
    else if (keyId === keyId.toUpperCase()) {
      const proof = { isAlive: false, status: 401, reason: '401 old', mayDisable: true } as const;
      pool.probed(keyId, proof, clock.now());
    }
  }
  events.keyChanges.length = 0;
  pools.push(pool);
  return pool;
}

async function verify(selection: ProbeSelection): Promise<TaskStatus & { result: ProbeReport }> {
  const status = await clock.drive(tasks.finished(prober.verify(selection)));
  return status as TaskStatus & { result: ProbeReport };
}

const verifyIds = (keyIds: string) => verify({ kind: 'keys', keyIds: [...keyIds] });
const runJob = (intervalMs?: number) => clock.drive(prober.probeDisabled(intervalMs));
const disabledIds = (pool: Pool) =>
  pool.keys.flatMap(({ disabled, config }) => (disabled === undefined ? [] : [config.keyId])).join('');

describe('verifying on demand', () => {
  it('probes the keys named, whichever provider they are of, once each, and tells how each fared', async () => {
    addPool('abc');
    addPool('xyz', 'groq');
    results = { b: rejected(), x: UNPROVEN };
    const status = await verifyIds('abbxq');
    expect([...probed].sort()).toEqual(['a', 'b', 'x']);
    expect(status).toMatchObject({
      kind: 'probe-keys',
      label: 'Verify 3 keys',
      state: 'succeeded',
      done: 3,
      total: 3,
      counts: { alive: 1, rejected: 1, unproven: 1, disabled: 1 },
    });
    expect(status.result).toMatchObject({ probed: 3, alive: 1, rejected: 1, unproven: 1, disabled: 1 });
    expect(status.result.groups).toContainEqual({
      provider: 'openai',
      outcome: 'rejected',
      text: '401 no',
      count: 1,
      keys: [{ keyId: 'b', hint: 'sk-...b' }],
    });
  });

  it('probes a whole pool, or all keys that the program disabled', async () => {
    addPool('aBM');
    addPool('xYZ', 'groq');
    await verify({ kind: 'provider', provider: 'openai' });
    expect([...probed].sort()).toEqual(['B', 'M', 'a']);
    probed.length = 0;
    addPool('C', 'third');
    await verify({ kind: 'disabled' });
    expect([...probed].sort()).toEqual(['C', 'Y', 'Z']);
    expect((await verify({ kind: 'provider', provider: 'nobody' })).result.probed).toBe(0);
  });

  it('brings a key back that the program disabled', async () => {
    const pool = addPool('aB');
    const { result } = await verifyIds('B');
    expect(result.recovered).toBe(1);
    expect(disabledIds(pool)).toBe('');
    expect(events.keyChanges).toEqual(['B recovered']);
  });

  it('takes a rejected key out at once', async () => {
    const pool = addPool('ab');
    results = { a: rejected(403) };
    await verifyIds('a');
    expect(keyOf(pool, 'a').disabled).toEqual({ by: 'auto', reason: '403 no' });
  });

  it('keeps the newest reason of a key that is out and still rejected', async () => {
    const pool = addPool('aB');
    results = { B: rejected(403) };
    const { result } = await verifyIds('B');
    expect(result).toMatchObject({ rejected: 1, disabled: 0 });
    expect(keyOf(pool, 'B').disabled).toEqual({ by: 'auto', reason: '403 no' });
  });

  it('changes nothing where nothing was proven', async () => {
    const pool = addPool('aB');
    results = { a: UNPROVEN, B: UNPROVEN };
    await verifyIds('aB');
    expect(disabledIds(pool)).toBe('B');
    expect(events.keyChanges).toEqual([]);
  });

  it('tells the state of a key that a person disabled, and does not touch it', async () => {
    const pool = addPool('aM');
    const { result } = await verifyIds('M');
    expect(result).toMatchObject({ alive: 1, recovered: 0 });
    expect(result.groups[0]?.text).toBe('may list the models; stays disabled, because a person disabled it');
    expect(keyOf(pool, 'M').disabled).toEqual({ by: 'manual', reason: 'mine' });
  });

  it('probes four keys of a provider and eight over all at a time, other tasks included', async () => {
    let open: () => void = () => undefined;
    gate = new Promise<void>((resolve) => (open = resolve));
    addPool('abcdefg');
    const one = verify({ kind: 'provider', provider: 'openai' });
    const two = verify({ kind: 'provider', provider: 'openai' });
    await nextTurn();
    expect(now.running).toBe(4);
    addPool('hijklmn', 'groq');
    addPool('opqrstu', 'third');
    const others = ['groq', 'third'].map((provider) => verify({ kind: 'provider', provider }));
    await nextTurn();
    expect(now.running).toBe(8);
    open();
    await Promise.all([one, two, ...others]);
    expect(now.most).toBe(8);
    expect(probed).toHaveLength(28);
  });
});

describe('keys that are all rejected alike', () => {
  it('stay in the rotation if they are three or more, and the result says so', async () => {
    const pool = addPool('abcD');
    for (const keyId of 'abcD') results[keyId] = rejected();
    const { result } = await verifyIds('abcD');
    expect(disabledIds(pool)).toBe('D');
    expect(result).toMatchObject({ rejected: 4, disabled: 0 });
    expect(result.notes).toEqual([
      "3 rejected keys of 'openai' stay in the rotation: all keys were rejected alike, so it may not be the keys",
    ]);
  });

  it.each([
    ['they are two', 'ab', {}],
    ['one is alive', 'abcd', { d: ALIVE }],
    ['the first is alive', 'abcd', { a: ALIVE }],
    ['they are rejected differently', 'abc', { c: rejected(403) }],
  ])('are disabled if %s', async (_what, keyIds, others) => {
    const pool = addPool(keyIds);
    for (const keyId of keyIds) results[keyId] = rejected();
    results = { ...results, ...others };
    await verifyIds(keyIds);
    const isRejected = (keyId: string) => results[keyId]?.outcome === 'rejected';
    expect(disabledIds(pool)).toBe([...keyIds].filter(isRejected).join(''));
  });

  it('are told apart by provider', async () => {
    const pool = addPool('ab');
    addPool('xyz', 'groq');
    for (const keyId of 'abxyz') results[keyId] = rejected();
    await verifyIds('abxyz');
    expect(disabledIds(pool)).toBe('ab');
    expect(disabledIds(pools[1]!)).toBe('');
  });

  it('stay in the rotation while live traffic blames the provider', async () => {
    const pool = addPool('abcd');
    for (const keyId of 'abc') use(pool, keyId, answered(401), clock.now());
    expect(pool.breaker.cause).toBe('shared_cause');
    results = { d: rejected() };
    const { result } = await verifyIds('d');
    expect(disabledIds(pool)).toBe('');
    expect(result.notes[0]).toMatch(/its traffic shows that several keys fail alike/);
    const one = await prober.verifyKey('d', new AbortController().signal);
    expect(one).toMatchObject({ outcome: 'rejected', effect: 'none' });
  });
});

describe('a task that is cancelled', () => {
  it('probes no further, tells what it has, and takes no key out on half the evidence', async () => {
    const pool = addPool('abcdefgh');
    for (const keyId of 'abcdefgh') results[keyId] = rejected();
    const id = prober.verify({ kind: 'provider', provider: 'openai' });
    const leave = tasks.subscribe(({ done }) => void (done === 4 && tasks.cancel(id)));
    const status = await tasks.finished(id);
    leave();
    expect(status).toMatchObject({ state: 'cancelled', done: 4, total: 8 });
    expect(status?.result).toMatchObject({ rejected: 4, disabled: 0 });
    expect((status?.result as ProbeReport).notes).toEqual([
      "4 rejected keys of 'openai' stay in the rotation: it was cancelled before any key was found alive",
      'cancelled before all keys were probed',
    ]);
    expect(disabledIds(pool)).toBe('');
    expect(probed.length).toBeLessThan(8);
  });
});

describe('verifying one key', () => {
  const { signal } = new AbortController();

  it('tells what came of it', async () => {
    addPool('abC');
    results = { a: rejected(), b: UNPROVEN };
    expect(await prober.verifyKey('a', signal)).toEqual({
      outcome: 'rejected',
      text: '401 no',
      effect: 'disabled',
    });
    expect(await prober.verifyKey('b', signal)).toEqual({ outcome: 'unproven', text: '500', effect: 'none' });
    expect(await prober.verifyKey('C', signal)).toEqual({
      outcome: 'alive',
      text: 'may list the models',
      effect: 'recovered',
    });
    expect(await prober.verifyKey('nobody', signal)).toBeUndefined();
  });

  it('does not wait for a task that is slow', async () => {
    let open: () => void = () => undefined;
    addPool('abcdefghi');
    gate = new Promise<void>((resolve) => (open = resolve));
    const task = verify({ kind: 'provider', provider: 'openai' });
    gate = undefined;
    expect(await prober.verifyKey('i', signal)).toMatchObject({ outcome: 'alive' });
    open();
    await task;
  });
});

describe('the scheduled probing', () => {
  it('probes what the program disabled and nothing else', async () => {
    const pool = addPool('aBMC');
    results = { C: rejected(403) };
    expect(await runJob()).toBe('probed 2 keys: 1 recovered, 1 rejected, 0 unproven');
    expect([...probed].sort()).toEqual(['B', 'C']);
    expect(disabledIds(pool)).toBe('MC');
    expect(keyOf(pool, 'C').disabled?.reason).toBe('403 no');
    expect(tasks.list()).toMatchObject([{ label: 'Probe 2 disabled keys', state: 'succeeded' }]);
  });

  it('starts no task when no key is disabled', async () => {
    addPool('aM');
    expect(await runJob()).toBe('no key is disabled');
    expect(tasks.list()).toEqual([]);
  });

  it('leaves a disabled provider alone', async () => {
    addPool('A');
    isEnabled = false;
    expect(await runJob()).toBe('no key is disabled');
  });

  it('leaves a provider alone whose breaker is open, says so, and probes the others', async () => {
    const pool = addPool('aBC');
    addPool('X', 'groq');
    for (let i = 0; i < 8; i += 1) use(pool, 'a', answered(500), clock.now());
    expect(pool.breaker.state).toBe('open');
    expect(await runJob()).toBe(
      "probed 1 keys: 1 recovered, 0 rejected, 0 unproven, 2 skipped; provider 'openai' is left alone: its breaker is open (upstream_error 500)",
    );
    expect(probed).toEqual(['X']);
  });

  it('does not leave keys out for ever because nobody closes the breaker', async () => {
    const pool = addPool('aB');
    for (let i = 0; i < 8; i += 1) use(pool, 'a', answered(500), clock.now());
    pool.probed('a', { isAlive: false, status: 401, reason: '401', mayDisable: true }, clock.now());
    clock.advance(1_000);
    expect(pool.breaker.state).toBe('open');
    await runJob();
    expect(disabledIds(pool)).toBe('');
  });

  it('gives a provider up when ten probes in a row proved nothing', async () => {
    addPool('ABCDEFGHIJKLNOPQRSTU');
    for (const keyId of 'ABCDEFGHIJKLNOPQRSTU') results[keyId] = UNPROVEN;
    expect(await runJob()).toMatch(/is left alone: 1\d probes in a row proved nothing/);
    expect(probed.length).toBeLessThan(14);
  });

  it('skips a key that has come back meanwhile', async () => {
    const pool = addPool('ABCDEF');
    const job = prober.probeDisabled();
    for (const keyId of 'ABCDEF') pool.reset(keyId);
    expect(await clock.drive(job)).toMatch(/[2-6] skipped/);
  });

  it('goes in random order', async () => {
    addPool('ABCDEFGHIJ');
    for (const keyId of 'ABCDEFGHIJ') results[keyId] = rejected();
    await runJob();
    const first = probed.splice(0).join('');
    await runJob();
    expect([...first].sort().join('')).toBe('ABCDEFGHIJ');
    expect(probed.join('')).not.toBe(first);
  });

  it.each([
    ['half the interval', 200, 40_000, 100],
    ['no closer than 20 ms', 200, 3_600, 20],
    ['no further than 200 ms', 200, 3_600_000, 200],
  ])('spreads its probes over %s', async (_what, count, intervalMs, gapMs) => {
    const pool = bigPool(count, { maxFailures: 1 });
    const proof = { isAlive: false, status: 401, reason: '401', mayDisable: true } as const;
    for (const { config } of pool.keys) pool.probed(config.keyId, proof, clock.now());
    pools.push(pool);
    const startedAt = clock.now();
    await runJob(intervalMs);
    const lasted = clock.now() - startedAt;
    expect(lasted).toBeGreaterThan(0.8 * count * gapMs);
    expect(lasted).toBeLessThan(1.2 * count * gapMs);
    expect(pool.candidates).toBe(count);
  });

  it('ends early when its task is cancelled', async () => {
    addPool('ABCDEFGHIJ');
    const job = prober.probeDisabled();
    tasks.cancel(tasks.list()[0]!.id);
    expect(await clock.drive(job)).toMatch(/cancelled before all keys were probed$/);
    await tasks.close();
    expect(await clock.drive(prober.probeDisabled())).toBe('cancelled');
  });

  it('is a job whose failure is the job’s', async () => {
    addPool('A');
    const broken = new KeyProber({
      clock,
      random: new SeededRandom(),
      tasks,
      providers: () => pools.map(providerOf),
      probe: () => Promise.reject(new Error('broken')),
    });
    const job = probeKeys(broken, () => undefined);
    expect(job.name).toBe('probe-keys');
    await expect(clock.drive(job.run())).rejects.toThrow('broken');
  });
});

describe('what is removed meanwhile is skipped:', () => {
  const isSkipped = (count: number) => ({
    groups: [{ outcome: 'skipped', text: 'removed meanwhile', count }],
  });

  it('keys before their turn', async () => {
    const pool = addPool('abcdef');
    const id = prober.verify({ kind: 'provider', provider: 'openai' });
    pool.setKeys([], () => undefined);
    expect((await tasks.finished(id))?.result).toMatchObject(isSkipped(6));
    expect(probed).toEqual([]);
  });

  it('a key within its probe', async () => {
    addPool('a');
    results = { a: { outcome: 'cancelled' } };
    expect((await verifyIds('a')).result).toMatchObject(isSkipped(1));
    expect(await prober.verifyKey('a', new AbortController().signal)).toBeUndefined();
  });

  it('a provider', async () => {
    addPool('abcdef');
    const id = prober.verify({ kind: 'provider', provider: 'openai' });
    pools.length = 0;
    expect((await tasks.finished(id))?.result).toMatchObject(isSkipped(6));
    expect(probed).toEqual([]);
  });
});

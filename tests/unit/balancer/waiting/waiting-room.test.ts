import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runAttempts } from '../../../../lib/balancer/attempts/attempt-loop';
import type { BalancedRequest } from '../../../../lib/balancer/attempts/balanced-request';
import type { Pool } from '../../../../lib/balancer/pool/pool';
import { WaitingRoom } from '../../../../lib/balancer/waiting/waiting-room';
import type { Outcome } from '../../../../lib/balancer/attempts/verdict';
import { VERDICTS } from '../../../../lib/balancer/attempts/verdict';
import {
  answered,
  keyOf,
  poolOf,
  request,
  ScriptedTransport,
  SeededRandom,
  settle,
  START_MS,
  take,
  TestClock,
} from '../support';

const OK = answered(200);

interface Stand {
  readonly clock: TestClock;
  readonly room: WaitingRoom;
  /** How requests ended, in that order: `name served`, `name all_cooling 12000`. */
  readonly ends: string[];
  readonly transport: ScriptedTransport;
  readonly send: (name: string, over?: Partial<BalancedRequest>) => void;
  readonly advance: (ms: number) => Promise<void>;
}

interface StandOptions {
  readonly waitMs?: number;
  readonly queueMax?: number;
  /** Answers are read to their ends at once. */
  readonly finish?: boolean;
  readonly script?: (keyId: string) => Outcome;
}

function stand(
  pools: Pool | readonly Pool[],
  { waitMs = 10_000, queueMax = 1_000, finish = true, script = () => OK }: StandOptions = {},
): Stand {
  const clock = new TestClock();
  const room = new WaitingRoom(clock, () => ({ waitMs, queueMax }));
  const transport = new ScriptedTransport(script);
  const ends: string[] = [];
  const settle = async () => {
    for (let i = 0; i < 20; i += 1) await nextTurn();
  };
  return {
    clock,
    room,
    ends,
    transport,
    send(name, over = {}) {
      const ports = { clock, random: new SeededRandom(), waitingRoom: room };
      const inOrder = 'lease' in pools ? [pools] : pools;
      void runAttempts(
        request({ client: name[0], ...over }),
        inOrder.map((pool) => ({ pool })),
        transport,
        ports,
      ).then((result) => {
        if (result.kind === 'commit') {
          ends.push(`${name} served`);
          if (finish) result.pool.finish(result.lease, 'whole', '', clock.now());
        } else if (result.kind === 'shortage') {
          ends.push(`${name} ${result.shortage.reason} ${result.shortage.retryAfterMs}`);
        } else ends.push(`${name} ${result.kind}`);
      });
    },
    async advance(ms) {
      await settle();
      clock.advance(ms);
      await settle();
    },
  };
}

describe('a request that finds no key', () => {
  it('waits for one that will be free in time', async () => {
    const pool = poolOf('a', { limits: { requestsPerMinute: 1 } });
    const { send, advance, ends } = stand(pool, { waitMs: 70_000 });
    send('x1');
    send('x2');
    await advance(60_999);
    expect(ends).toEqual(['x1 served']);
    await advance(2);
    expect(ends).toEqual(['x1 served', 'x2 served']);
  });

  it('is told at once when that would take too long, with the true time', async () => {
    const pool = poolOf('a', { limits: { requestsPerMinute: 1 } });
    const { send, advance, ends, room } = stand(pool);
    send('x1');
    send('x2');
    await advance(0);
    expect(ends).toEqual(['x2 all_cooling 61000', 'x1 served']);
    expect(room.depth).toBe(0);
  });

  it('is told when one will be free at the earliest, if there is no room among those who wait', async () => {
    const pool = poolOf('a', { limits: { requestsPerMinute: 1 } });
    const { send, advance, ends } = stand(pool, { waitMs: 70_000, queueMax: 1 });
    send('x1');
    send('x2');
    await advance(11_000);
    send('y1');
    await advance(0);
    expect(ends).toEqual(['x1 served', 'y1 all_cooling 50000']);
  });

  it('waits by turns with those of other clients, whichever models they wait for', async () => {
    const pool = poolOf('a', { limits: { concurrency: 1 } });
    const { send, advance, ends } = stand(pool, { waitMs: 60_000 });
    for (let i = 1; i <= 6; i += 1) send(`x${i}`);
    await advance(0);
    for (let i = 1; i <= 3; i += 1) send(`y${i}`, { model: 'other' });
    send('z1', { model: 'third' });
    for (let i = 0; i < 12; i += 1) await advance(10);
    const order = ends.map((end) => end.split(' ')[0]);
    expect(order).toHaveLength(10);
    expect(order.indexOf('z1')).toBeLessThanOrEqual(3);
    expect(order.indexOf('y3')).toBeLessThanOrEqual(7);
    expect(order.at(-1)).toMatch(/^x/);
  });

  it('waits by turns with a client that waits for many models, also for the same one', async () => {
    const pool = poolOf('a', { limits: { concurrency: 1 } });
    const { send, advance, ends } = stand(pool, { waitMs: 60_000 });
    for (let i = 0; i < 20; i += 1) send(`x${i}`, { model: `model-${i % 5}` });
    await advance(0);
    for (let i = 0; i < 4; i += 1) send(`y${i}`, { model: 'model-3' });
    for (let i = 0; i < 30; i += 1) await advance(10);
    expect(ends.map((end) => end[0]).join('')).toMatch(/^xx?yxyxyxyx*$/);
  });

  it('goes behind those who wait while what has been freed is given out, for other models too', async () => {
    const pool = poolOf('a', { limits: { concurrency: 1 } });
    const { send, advance, ends, room } = stand(pool, { waitMs: 60_000 });
    const held = take(pool, START_MS);
    send('x1');
    await advance(0);
    expect(room.depth).toBe(1);
    pool.settle(held, OK, VERDICTS.success, START_MS);
    pool.finish(held, 'whole', '', START_MS);
    send('y1', { model: 'other' });
    await advance(0);
    expect(room.depth).toBe(2);
    for (let i = 0; i < 3; i += 1) await advance(10);
    expect(ends).toEqual(['x1 served', 'y1 served']);
    expect(room.depth).toBe(0);
    expect(pool.onFreed).toBeUndefined();
  });

  it('is one of those that wait for the pool, counted from when the first of them came', async () => {
    const pool = poolOf('a', { limits: { concurrency: 1 } });
    const { send, advance, room, clock } = stand(pool, { finish: false });
    send('x1');
    await advance(0);
    expect(room.crowdOf(pool)).toBeUndefined();
    const since = clock.now();
    send('x2');
    await advance(1_000);
    send('y1', { model: 'other' });
    send('x3');
    await advance(1_000);
    expect(room.crowdOf(pool)).toEqual({ count: 3, since });
    expect(room.crowdOf(poolOf('b'))).toBeUndefined();
    await advance(10_000);
    expect(room.crowdOf(pool)).toBeUndefined();
  });

  it('is told when its time is over', async () => {
    const pool = poolOf('a', { limits: { concurrency: 1 } });
    const { send, advance, ends, room } = stand(pool, { finish: false });
    send('x1');
    send('x2');
    await advance(9_990);
    expect(room.depth).toBe(1);
    await advance(20);
    expect(ends).toEqual(['x1 served', 'x2 all_cooling 250']);
    expect(room.depth).toBe(0);
  });

  it('does not wait when too many do', async () => {
    const pool = poolOf('a', { limits: { concurrency: 1 } });
    const { send, advance, ends, room } = stand(pool, { finish: false, queueMax: 2 });
    for (const name of ['x1', 'x2', 'x3', 'x4']) send(name);
    await advance(0);
    expect(room.depth).toBe(2);
    expect(ends).toEqual(['x4 all_cooling 250', 'x1 served']);
  });

  it('leaves nothing behind when its client goes', async () => {
    const pool = poolOf('a', { limits: { concurrency: 1 } });
    const { send, advance, ends, room, transport } = stand(pool, { finish: false });
    send('x1');
    const gone = new AbortController();
    for (let i = 0; i < 500; i += 1) send(`y${i}`, { signal: gone.signal });
    send('z');
    await advance(0);
    expect(room.depth).toBe(501);
    gone.abort();
    await advance(0);
    expect(room.depth).toBe(1);
    expect(ends.filter((end) => end.endsWith('client_closed'))).toHaveLength(500);
    expect(transport.dials).toHaveLength(1);
  });
});

it('a request that has been refused by the only key that is free is told so, and does not look for it again and again', async () => {
  const pool = poolOf('ab');
  const clock = new TestClock();
  const room = new WaitingRoom(clock, () => ({ waitMs: 10_000, queueMax: 10 }));
  const denied = answered(404, {}, { code: 'model_not_found', message: 'The model does not exist' });
  const transport = new ScriptedTransport((keyId) =>
    keyId === 'a' ? denied : answered(429, { 'retry-after': '5' }),
  );
  const ports = { clock, random: new SeededRandom(), waitingRoom: room };
  const result = await clock.drive(runAttempts(request(), [{ pool }], transport, ports));
  expect(result.kind).toBe('pass_through');
  expect(transport.dials).toEqual(['a', 'b']);
  expect(clock.sleeps).toEqual([]);
});

describe('requests that wait', () => {
  it('are served as many at a time as there is room for, and draw no refusal', async () => {
    const pool = poolOf('ab', { limits: { requestsPerMinute: 5 } });
    const { send, advance, ends, transport } = stand(pool, { waitMs: 70_000 });
    for (let i = 0; i < 30; i += 1) send(`x${i}`);
    await advance(61_000);
    expect(transport.dials).toHaveLength(20);
    expect(ends.filter((end) => end.endsWith('served'))).toHaveLength(20);
    await advance(10_000);
    expect(ends).toHaveLength(30);
    expect(transport.dials).toHaveLength(20);
  });

  it('are served by turns between clients, however many one of them sends', async () => {
    const pool = poolOf('a', { limits: { concurrency: 1 } });
    const { send, advance, ends } = stand(pool);
    for (let i = 0; i < 6; i += 1) send(`x${i}`);
    send('y0');
    send('z0');
    for (let i = 0; i < 20; i += 1) await advance(5);
    expect(ends.map((end) => end.split(' ')[0])).toEqual(['x0', 'x1', 'y0', 'z0', 'x2', 'x3', 'x4', 'x5']);
  });

  it('go before those that come later', async () => {
    const pool = poolOf('a', { limits: { requestsPerMinute: 1 } });
    const { send, advance, ends } = stand(pool, { waitMs: 70_000 });
    send('x1');
    send('x2');
    await advance(30_000);
    pool.configure({ ...pool.config, limits: { requestsPerMinute: 2 } });
    send('y1');
    await advance(5);
    expect(ends).toEqual(['x1 served', 'x2 served']);
  });

  it('are woken when a person adds a key', async () => {
    const pool = poolOf('a', { limits: { concurrency: 1 } });
    const { send, advance, ends } = stand(pool, { finish: false });
    send('x1');
    send('x2');
    await advance(100);
    pool.addKeys([{ keyId: 'b', secret: 's', hint: 'b', weight: 1 }], () => undefined);
    await advance(5);
    expect(ends).toEqual(['x1 served', 'x2 served']);
  });

  it('are told at once when no key is left to wait for', async () => {
    const pool = poolOf('a', { limits: { concurrency: 1 } });
    const { send, advance, ends } = stand(pool, { finish: false });
    send('x1');
    send('x2');
    await advance(100);
    pool.disable('a', 'disabled by a person');
    await advance(5);
    expect(ends).toEqual(['x1 served', 'x2 all_disabled undefined']);
  });
});

describe('a request that has waited in vain', () => {
  it('is told of the provider that has a key first, as things are by then', async () => {
    const [near, far] = [poolOf('a', { provider: 'near' }), poolOf('b', { provider: 'far' })];
    keyOf(near, 'a').cooldown.until = START_MS + 8_000;
    keyOf(far, 'b').cooldown.until = START_MS + 15_000;
    const clock = new TestClock();
    const room = new WaitingRoom(clock, () => ({ waitMs: 10_000, queueMax: 10 }));
    const ports = { clock, random: new SeededRandom(), waitingRoom: room };
    const asked = runAttempts(request(), [{ pool: near }, { pool: far }], new ScriptedTransport([]), ports);
    // What somebody else has learnt meanwhile.
    keyOf(near, 'a').cooldown.until = START_MS + 600_000;
    expect(await clock.drive(asked)).toMatchObject({
      kind: 'shortage',
      shortage: { reason: 'all_cooling', retryAfterMs: 5_000 },
    });
  });
});

describe('the story of a request', () => {
  it('tells how long it waited, for what, and how that ended', async () => {
    const pool = poolOf('a', { limits: { requestsPerMinute: 1 } });
    const clock = new TestClock();
    const room = new WaitingRoom(clock, () => ({ waitMs: 70_000, queueMax: 10 }));
    const ports = { clock, random: new SeededRandom(), waitingRoom: room };
    const transport = new ScriptedTransport(() => OK);
    const send = () => runAttempts(request(), [{ pool }], transport, ports);
    expect((await send()).trace.waits).toBeUndefined();
    const { trace } = await clock.drive(send());
    expect(trace.waits).toEqual([
      { provider: 'openai', reason: 'all_cooling', startMs: 0, durationMs: 61_000, end: 'served' },
    ]);
    expect(trace.attempts).toHaveLength(1);
  });

  it('names the provider, not its fallback, if it has waited in vain for both alike', async () => {
    const limits = { concurrency: 1 };
    const pools = ['first', 'second'].map((provider) => poolOf('a', { provider, limits }));
    for (const pool of pools) take(pool, START_MS);
    const clock = new TestClock();
    const room = new WaitingRoom(clock, () => ({ waitMs: 10_000, queueMax: 10 }));
    const ports = { clock, random: new SeededRandom(), waitingRoom: room };
    const { trace } = await clock.drive(
      runAttempts(
        request(),
        pools.map((pool) => ({ pool })),
        new ScriptedTransport(() => OK),
        ports,
      ),
    );
    expect(trace.waits).toMatchObject([{ provider: 'first', durationMs: 10_000, end: 'shortage' }]);
  });
});

describe('a request that waits for a provider or its fallback', () => {
  /** Each serves one at a time, and is at work. */
  function busyPair(script: (keyId: string) => Outcome = () => OK) {
    const pools = [
      poolOf('a', { limits: { concurrency: 1 } }),
      poolOf('b', { limits: { concurrency: 1 } }),
    ] as const;
    const leases = pools.map((pool) => take(pool, START_MS));
    const standing = stand(pools, { finish: false, script });
    const free = (index: 0 | 1) => {
      const { clock } = standing;
      settle(pools[index], leases[index]!, OK, clock.now());
      pools[index].finish(leases[index]!, 'whole', '', clock.now());
    };
    return { pools, free, ...standing };
  }

  it.each([0, 1] as const)('is served by whichever is free first: %i', async (index) => {
    const { pools, free, send, advance, ends, room, transport } = busyPair();
    send('x1');
    await advance(100);
    expect(ends).toEqual([]);
    expect(room.depth).toBe(1);
    free(index);
    await advance(10);
    expect(ends).toEqual(['x1 served']);
    expect(transport.dials).toEqual(['ab'[index]]);
    expect(room.depth).toBe(0);
    for (const pool of pools) expect(room.crowdOf(pool)).toBeUndefined();
  });

  it('leaves neither line with its time over, and neither with its client gone', async () => {
    const { pools, send, advance, ends, room } = busyPair();
    const client = new AbortController();
    send('x1');
    send('y1', { signal: client.signal });
    await advance(5_000);
    for (const pool of pools) expect(room.crowdOf(pool)?.count).toBe(2);
    client.abort();
    await advance(5_001);
    expect(ends.toSorted()).toEqual([expect.stringMatching(/^x1 all_cooling/), 'y1 client_closed']);
    expect(room.depth).toBe(0);
    for (const pool of pools) expect(room.crowdOf(pool)).toBeUndefined();
  });

  it('takes one key, though both are free at the same moment', async () => {
    const { pools, free, send, advance, ends, transport } = busyPair();
    send('x1');
    await advance(100);
    free(0);
    free(1);
    await advance(10);
    expect(ends).toEqual(['x1 served']);
    expect(transport.dials).toHaveLength(1);
    expect(pools.map((pool) => pool.keys[0]?.inFlight)).toEqual([1, 0]);
  });

  it('waits on for the one when the other fails it', async () => {
    const { free, advance, ends, send, transport } = busyPair((keyId) =>
      keyId === 'b' ? answered(429) : OK,
    );
    send('x1');
    await advance(100);
    free(1);
    await advance(10);
    expect(ends).toEqual([]);
    free(0);
    await advance(10);
    expect(ends).toEqual(['x1 served']);
    expect(transport.dials).toEqual(['b', 'a']);
  });
});

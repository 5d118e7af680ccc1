import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runAttempts, type LoopResult } from '../../../../lib/balancer/attempts/attempt-loop';
import type { BalancedRequest } from '../../../../lib/balancer/attempts/balanced-request';
import type { Dialed, Transport } from '../../../../lib/balancer/attempts/transport';
import { Hedging } from '../../../../lib/balancer/attempts/hedging';
import { isKindSentTwice } from '../../../../lib/balancer/attempts/retry';
import type { Outcome } from '../../../../lib/balancer/attempts/verdict';
import type { Lease } from '../../../../lib/balancer/pool/lease';
import type { Pool } from '../../../../lib/balancer/pool/pool';
import type { StopSignal } from '../../../../lib/balancer/ports';
import { WaitingRoom } from '../../../../lib/balancer/waiting/waiting-room';
import {
  answered,
  poolOf,
  QUOTA,
  request,
  says,
  SeededRandom,
  settle,
  START_MS,
  takeKey,
  TestClock,
  use,
} from '../support';

const AFTER_MS = 3_000;
const OK = answered(200);

interface Comes {
  readonly outcome: Outcome;
  readonly afterMs: number;
}

const ok = (afterMs: number): Comes => ({ outcome: OK, afterMs });
const fails = (status: number, afterMs: number): Comes => ({ outcome: answered(status), afterMs });

/** Answers each dial after a while, unless it is ended before. */
class SlowTransport implements Transport<string> {
  readonly dials: { readonly keyId: string; readonly at: number }[] = [];
  readonly ended: string[] = [];
  readonly answers: string[] = [];
  readonly discarded: string[] = [];
  /** Of each attempt in the trace. */
  readonly notes: [number, string | undefined][] = [];

  constructor(
    private readonly clock: TestClock,
    private readonly comes: readonly Comes[],
  ) {}

  async dial(_pool: Pool, lease: Lease, signal: StopSignal): Promise<Dialed<string>> {
    const { keyId } = lease.key.config;
    const number = this.dials.push({ keyId, at: this.clock.now() - START_MS });
    const { outcome, afterMs } = this.comes[number - 1] ?? ok(0);
    await this.clock.sleep(afterMs, signal as AbortSignal);
    if (signal.aborted) {
      this.ended.push(keyId);
      return { outcome: { kind: 'client_closed' }, answer: undefined };
    }
    if (outcome.kind !== 'answer') return { outcome, answer: undefined };
    const answer = `${number} ${keyId}`;
    this.answers.push(answer);
    return { outcome, answer };
  }

  noted(index: number, { answer }: Dialed<string>): void {
    this.notes.push([index, answer]);
  }

  discard(answer: string): void {
    this.discarded.push(answer);
  }
}

interface Hedged {
  readonly result: LoopResult<string>;
  readonly transport: SlowTransport;
  readonly clock: TestClock;
}

interface Options {
  readonly hedging?: Hedging;
  readonly over?: Partial<BalancedRequest>;
  readonly clock?: TestClock;
}

const newHedging = (afterMs = AFTER_MS) => new Hedging(() => ({ afterMs }));

async function hedge(pool: Pool, comes: readonly Comes[], options: Options = {}): Promise<Hedged> {
  const { clock = new TestClock(), hedging = newHedging() } = options;
  const transport = new SlowTransport(clock, comes);
  const asked = request({ isStream: true, mayBeSentTwice: () => true, ...options.over });
  const ports = { clock, random: new SeededRandom(), hedging };
  const result = await clock.drive(runAttempts(asked, [{ pool }], transport, ports));
  return { result, transport, clock };
}

const inFlight = (pool: Pool) => pool.keys.map((key) => key.inFlight);
const told = ({ result }: Hedged) =>
  result.trace.attempts.map(({ keyId, verdict, startMs, durationMs, isHedge }) => [
    keyId,
    verdict,
    startMs,
    durationMs,
    isHedge ?? false,
  ]);

describe('a request that stays without a first byte', () => {
  it('is also sent with another key, whose answer wins if it comes first', async () => {
    const pool = poolOf('abc');
    const hedged = await hedge(pool, [ok(30_000), ok(500)]);
    expect(hedged.result).toMatchObject({ kind: 'commit', answer: '2 b' });
    expect(told(hedged)).toEqual([
      ['a', 'outrun', 0, 3_500, false],
      ['b', 'success', 3_000, 500, true],
    ]);
    expect(hedged.transport.ended).toEqual(['a']);
    expect(hedged.clock.now() - START_MS).toBe(3_500);
    expect(inFlight(pool)).toEqual([0, 1, 0]);
  });

  it('keeps its first key if that answers first after all', async () => {
    const pool = poolOf('abc');
    const hedged = await hedge(pool, [ok(4_000), ok(5_000)]);
    expect(hedged.result).toMatchObject({ kind: 'commit', answer: '1 a' });
    expect(told(hedged)).toEqual([
      ['b', 'outrun', 3_000, 1_000, true],
      ['a', 'success', 0, 4_000, false],
    ]);
    expect(hedged.transport.ended).toEqual(['b']);
    expect(inFlight(pool)).toEqual([1, 0, 0]);
  });

  it('costs the slower key nothing but the request', async () => {
    const pool = poolOf('ab');
    await hedge(pool, [ok(30_000), ok(500)]);
    const [slow] = pool.keys;
    expect(slow).toMatchObject({ failures: 0, disabled: undefined, requestCount: 1, errorCount: 0 });
    expect(slow!.cooldown.until).toBe(0);
    expect(pool.breaker.state).toBe('closed');
  });

  it('goes on with the one that is left if the other fails', async () => {
    const pool = poolOf('abc');
    const hedged = await hedge(pool, [ok(6_000), fails(500, 100)]);
    expect(hedged.result).toMatchObject({ kind: 'commit', answer: '1 a' });
    expect(told(hedged).map(([keyId, verdict]) => [keyId, verdict])).toEqual([
      ['b', 'upstream_error'],
      ['a', 'success'],
    ]);
    expect(hedged.transport.discarded).toEqual(['2 b']);
    expect(inFlight(pool)).toEqual([1, 0, 0]);
  });

  it('goes on with the next key if both fail, as often as retries allow', async () => {
    const pool = poolOf('abcdef', { maxRetries: 2 });
    const hedged = await hedge(pool, [fails(500, 4_000), fails(500, 100), ok(0)]);
    expect(hedged.result).toMatchObject({ kind: 'commit', answer: '3 c' });
    const inVain = await hedge(pool, [fails(500, 4_000), fails(500, 100), fails(500, 0)], {
      hedging: newHedging(),
    });
    expect(inVain.result.kind).toBe('pass_through');
    expect(inVain.transport.dials).toHaveLength(3);
    expect(inVain.transport.discarded).toHaveLength(2);
  });

  it("takes the client's own mistake as the answer, whichever key tells it", async () => {
    const pool = poolOf('ab');
    const hedged = await hedge(pool, [ok(30_000), fails(400, 100)]);
    expect(hedged.result).toMatchObject({ kind: 'pass_through', answer: '2 b' });
    expect(hedged.transport.ended).toEqual(['a']);
    expect(inFlight(pool)).toEqual([0, 0]);
  });

  it('ends both when its client leaves, and tells it of both', async () => {
    const pool = poolOf('ab');
    const client = new AbortController();
    const clock = new TestClock();
    const leaving = clock.sleep(5_000, new AbortController().signal).then(() => client.abort());
    const hedged = await hedge(pool, [ok(30_000), ok(30_000)], { clock, over: { signal: client.signal } });
    await leaving;
    expect(hedged.result.kind).toBe('client_closed');
    expect(told(hedged).map(([, verdict]) => verdict)).toEqual(['client_closed', 'client_closed']);
    expect(hedged.transport.ended.toSorted()).toEqual(['a', 'b']);
    expect(inFlight(pool)).toEqual([0, 0]);
  });

  it.each<[string, Partial<BalancedRequest>, Hedging, string]>([
    ['it may leave something behind', { mayBeSentTwice: () => false }, newHedging(), 'ab'],
    ['hedging is off', {}, newHedging(0), 'ab'],
    ['there is no other key', {}, newHedging(), 'a'],
  ])('is sent once if %s', async (_why, over, hedging, keys) => {
    const { result, transport } = await hedge(poolOf(keys), [ok(30_000)], { over, hedging });
    expect(result).toMatchObject({ kind: 'commit', answer: '1 a' });
    expect(transport.dials).toHaveLength(1);
  });

  it('does not take a key that rests, nor one that has failed it before', async () => {
    const pool = poolOf('abc');
    use(pool, 'c', says('rate', { status: 429, isWholeKey: true, until: START_MS + 600_000 }), START_MS);
    const { transport, result } = await hedge(pool, [fails(500, 0), ok(30_000)]);
    expect(transport.dials.map(({ keyId }) => keyId)).toEqual(['a', 'b']);
    expect(result.kind).toBe('commit');
  });

  it('is sent twice once, and not again for its retries', async () => {
    const pool = poolOf('abcdef');
    const hedging = newHedging();
    for (let i = 0; i < 400; i += 1) hedging.requestCame();
    const hedged = await hedge(pool, [fails(500, 4_000), fails(500, 4_000), ok(30_000)], { hedging });
    expect(hedged.transport.dials).toHaveLength(3);
    expect(hedged.result.kind).toBe('commit');
  });

  it('tells which attempt of the trace an answer belongs to', async () => {
    const { transport } = await hedge(poolOf('abc'), [fails(503, 5_000), fails(500, 100), ok(0)]);
    expect(transport.notes).toEqual([
      [0, '2 b'],
      [1, '1 a'],
      [2, '3 c'],
    ]);
  });
});

describe('a request that stays without a first byte while all other keys are busy', () => {
  interface Beside {
    readonly transport: SlowTransport;
    readonly room: WaitingRoom;
    readonly hedging: Hedging;
  }

  /** One request beside another that waits for a key; the other key is busy for 4.1 s. */
  async function beside(comes: readonly Comes[], waitMs = 10_000): Promise<Beside> {
    const pool = poolOf('ab', { limits: { concurrency: 1 } });
    const clock = new TestClock();
    const hedging = newHedging();
    const room = new WaitingRoom(clock, () => ({ waitMs, queueMax: 10 }));
    const transport = new SlowTransport(clock, comes);
    const busy = takeKey(pool, 'b', START_MS);
    settle(pool, busy, OK, START_MS);
    const freed = clock.sleep(4_100, new AbortController().signal);
    const send = async (over: Partial<BalancedRequest>) => {
      const ports = { clock, random: new SeededRandom(), hedging, waitingRoom: room };
      const result = await runAttempts(request(over), [{ pool }], transport, ports);
      if (result.kind === 'commit') pool.finish(result.lease, 'whole', '', clock.now());
    };
    const ends = Promise.all([
      send({ isStream: true, mayBeSentTwice: () => true, client: 'slow' }),
      send({ client: 'waiting' }),
      freed.then(() => pool.finish(busy, 'whole', '', clock.now())),
    ]);
    await clock.drive(ends);
    return { transport, room, hedging };
  }

  it('takes the next one that is free, before those that came later and wait', async () => {
    const { transport, room } = await beside([ok(30_000), ok(500), ok(0)]);
    expect(transport.dials.map(({ keyId, at }) => [keyId, at])).toEqual([
      ['a', 0],
      ['b', 4_105],
      ['a', 4_610],
    ]);
    expect(room.depth).toBe(0);
  });

  it('leaves the line when it is answered, and is not counted as sent twice', async () => {
    const { transport, room, hedging } = await beside([ok(3_500), ok(0)]);
    expect(transport.dials.map(({ keyId, at }) => [keyId, at])).toEqual([
      ['a', 0],
      ['a', 3_505],
    ]);
    expect(room.depth).toBe(0);
    expect(hedging.take()).toBe(true);
  });

  it('is not sent twice where requests do not wait', async () => {
    const { transport } = await beside([ok(30_000)], 0);
    expect(transport.dials.map(({ keyId }) => keyId)).toEqual(['a']);
  });
});

describe('the share of requests that are sent twice', () => {
  it('is at most one in twenty, the first on credit', () => {
    const hedging = newHedging();
    const at: number[] = [];
    for (let requests = 1; requests <= 100; requests += 1) {
      hedging.requestCame();
      if (hedging.take()) at.push(requests);
    }
    expect(at).toEqual([1, 40, 60, 80, 100]);
  });

  it('is saved up for bad minutes, but not without end', () => {
    const hedging = newHedging();
    for (let i = 0; i < 1_000_000; i += 1) hedging.requestCame();
    let hedges = 0;
    while (hedging.take()) hedges += 1;
    expect(hedges).toBe(20);
  });

  it('holds however slow everything is', async () => {
    const pool = poolOf('abcdef');
    const hedging = newHedging();
    const clock = new TestClock();
    let dials = 0;
    for (let i = 0; i < 100; i += 1) {
      const { transport, result } = await hedge(pool, [ok(30_000), ok(30_000)], { hedging, clock });
      dials += transport.dials.length;
      if (result.kind === 'commit') pool.finish(result.lease, 'whole', '', clock.now());
    }
    expect(dials).toBe(105);
  });
});

describe('requests that may be sent twice, whatever comes back', () => {
  const outcome = fc.constantFrom<Outcome>(
    OK,
    answered(400),
    answered(401),
    answered(429),
    answered(429, {}, QUOTA),
    answered(500),
    says('key_model', { status: 404 }),
    says('request', { status: 403, mayDiffer: true }),
    { kind: 'lost', message: '' },
    { kind: 'timeout', phase: 'first_token' },
    { kind: 'client_closed' },
  );
  const comes = fc.record({ outcome, afterMs: fc.constantFrom(0, 1_000, 3_000, 5_000, 30_000) });

  it('release each lease once, and hand out or discard each answer once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(comes, { maxLength: 8 }),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(3),
        fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined }),
        async (script, keys, maxRetries, leavesAtMs) => {
          const pool = poolOf('abcde'.slice(0, keys), { maxRetries });
          const client = new AbortController();
          const clock = new TestClock();
          if (leavesAtMs !== undefined)
            void clock.sleep(leavesAtMs, new AbortController().signal).then(() => client.abort());
          const { result, transport } = await hedge(pool, script, { clock, over: { signal: client.signal } });
          const handedOut = 'answer' in result ? [result.answer] : [];
          expect([...transport.discarded, ...handedOut].toSorted()).toEqual(transport.answers.toSorted());
          expect(result.trace.attempts).toHaveLength(transport.dials.length);
          expect(result.trace.attempts.filter(({ isHedge }) => isHedge).length).toBeLessThanOrEqual(1);
          expect(inFlight(pool).reduce((sum, count) => sum + count, 0)).toBe(
            result.kind === 'commit' ? 1 : 0,
          );
          if (result.kind === 'commit') expect(result.trace.attempts.at(-1)?.verdict).toBe('success');
        },
      ),
    );
  });
});

describe('whether a request may be sent twice', () => {
  const chat = '/chat/completions';
  it.each<[string, string, boolean, boolean]>([
    ['GET', '/models', false, true],
    ['HEAD', '/files/f', false, true],
    ['POST', chat, true, true],
    ['POST', chat, false, false],
    ['POST', '/responses', true, true],
    ['POST', '/responses', false, false],
    ['POST', '/responses/compact', true, false],
    ['POST', '/messages', true, true],
    ['POST', '/messages/batches', true, false],
    ['POST', '/embeddings', false, true],
    ['POST', '/moderations', false, true],
    ['POST', '/images/generations', false, false],
    ['POST', '/images/generations', true, false],
    ['POST', '/audio/speech', true, false],
    ['POST', '/audio/transcriptions', true, false],
    ['POST', '/videos', false, false],
    ['POST', '/threads/t/runs', true, false],
    ['POST', '/files', false, false],
    ['POST', '/batches', false, false],
    ['POST', '/anything', true, false],
    ['DELETE', '/files/f', false, false],
    ['PUT', '/anything', false, false],
  ])('depends on its kind: %s %s, streamed %s: %s', (method, path, isStream, may) => {
    expect(isKindSentTwice({ method, path, isStream })).toBe(may);
  });

  it('is asked only once a second attempt is due', async () => {
    let asked = 0;
    const mayBeSentTwice = () => (asked += 1) > 0;
    await hedge(poolOf('ab'), [ok(100)], { over: { mayBeSentTwice } });
    expect(asked).toBe(0);
    const hedged = await hedge(poolOf('ab'), [ok(30_000), ok(0)], { over: { mayBeSentTwice } });
    expect(asked).toBe(1);
    expect(hedged.transport.dials).toHaveLength(2);
  });

  it('is no by default', async () => {
    const hedged = await hedge(poolOf('ab'), [ok(30_000)], { over: { mayBeSentTwice: undefined } });
    expect(hedged.transport.dials).toHaveLength(1);
  });
});

import { describe, expect, it } from 'vitest';
import { runAttempts, type LoopResult } from '../../../../lib/balancer/attempts/attempt-loop';
import type { BalancedRequest } from '../../../../lib/balancer/attempts/balanced-request';
import { Hedging } from '../../../../lib/balancer/attempts/hedging';
import type { Dialed, Transport } from '../../../../lib/balancer/attempts/transport';
import type { Lease } from '../../../../lib/balancer/pool/lease';
import type { Pool } from '../../../../lib/balancer/pool/pool';
import type { StopSignal } from '../../../../lib/balancer/ports';
import { WaitingRoom } from '../../../../lib/balancer/waiting/waiting-room';
import { answered, leaseRequest, poolOf, request, SeededRandom, START_MS, TestClock } from '../support';

const FIRST_TOKEN_MS = 1_000;
const OK = answered(200);

type Behaviour = number | { readonly status: number };

/** Answers after so long, unless it may be given up once its first content is due; or with a status at once. */
class SlowTransport implements Transport<string> {
  readonly dials: string[] = [];

  constructor(
    private readonly clock: TestClock,
    private readonly behaviours: Readonly<Record<string, Behaviour>>,
  ) {}

  async dial(
    _pool: Pool,
    lease: Lease,
    signal: StopSignal,
    mayGiveUp: () => boolean,
  ): Promise<Dialed<string>> {
    const { keyId } = lease.key.config;
    this.dials.push(keyId);
    const behaviour = this.behaviours[keyId] ?? 0;
    if (typeof behaviour !== 'number') return { outcome: answered(behaviour.status), answer: keyId };
    await this.clock.sleep(Math.min(behaviour, FIRST_TOKEN_MS), signal as AbortSignal);
    if (behaviour > FIRST_TOKEN_MS) {
      if (!signal.aborted && mayGiveUp()) {
        return { outcome: { kind: 'timeout', phase: 'first_token' }, answer: undefined };
      }
      await this.clock.sleep(behaviour - FIRST_TOKEN_MS, signal as AbortSignal);
    }
    if (signal.aborted) return { outcome: { kind: 'client_closed' }, answer: undefined };
    return { outcome: OK, answer: keyId };
  }

  discard(): void {
    // Nothing to close.
  }
}

interface Options {
  readonly over?: Partial<BalancedRequest>;
  readonly hedgeAfterMs?: number;
  readonly waitingRoom?: WaitingRoom;
  readonly clock?: TestClock;
}

async function ask(
  pools: readonly Pool[],
  behaviours: Readonly<Record<string, Behaviour>>,
  { over, hedgeAfterMs = 0, waitingRoom, clock = new TestClock() }: Options = {},
): Promise<{ dials: readonly string[]; result: LoopResult<string>; ms: number }> {
  const transport = new SlowTransport(clock, behaviours);
  const hedging = new Hedging(() => ({ afterMs: hedgeAfterMs }));
  const asked = request({ isStream: true, mayBeSentTwice: () => true, ...over });
  const ports = { clock, random: new SeededRandom(), hedging, waitingRoom };
  const targets = pools.map((pool) => ({ pool }));
  const result = await clock.drive(runAttempts(asked, targets, transport, ports));
  return { dials: transport.dials, result, ms: clock.now() - START_MS };
}

const SLOW = { a: 2_500, b: 2_500, c: 2_500, d: 2_500, e: 2_500, x: 2_500, y: 2_500 };

describe('content that does not come in time', () => {
  it.each([
    ['the only key', 'a', 3, ['a'], 2_500],
    ['the last of two keys', 'ab', 3, ['a', 'b'], 3_500],
    ['the last of its attempts', 'abcde', 3, ['a', 'b', 'c', 'd'], 5_500],
    ['the only attempt', 'ab', 0, ['a'], 2_500],
  ])('is waited for at %s', async (_what, keys, maxRetries, dials, ms) => {
    const asked = await ask([poolOf(keys, { maxRetries })], SLOW);
    expect(asked).toMatchObject({ dials, ms, result: { kind: 'commit' } });
  });

  it('is waited for at the last target alone', async () => {
    const pools = [poolOf('ab', { provider: 'first' }), poolOf('x', { provider: 'second' })];
    const asked = await ask(pools, SLOW);
    expect(asked).toMatchObject({ dials: ['a', 'x'], ms: 3_500, result: { kind: 'commit', answer: 'x' } });
  });

  it('leads to no target whose keys all rest, but to another key first', async () => {
    const resting = poolOf('x', { provider: 'second' });
    const clock = new TestClock();
    await ask([resting], { x: { status: 429 } }, { clock });
    const asked = await ask([poolOf('ab', { provider: 'first' }), resting], SLOW, { clock });
    expect(asked).toMatchObject({ dials: ['a', 'b'], result: { kind: 'commit', answer: 'b' } });
  });

  it('is waited for where a slow target leads nowhere', async () => {
    const pools = [poolOf('a', { provider: 'first' }), poolOf('x', { provider: 'second' })];
    const over = { goesOnFor: new Set(['context_length'] as const) };
    expect(await ask(pools, SLOW, { over })).toMatchObject({ dials: ['a'], result: { kind: 'commit' } });
  });

  it('is waited for while the other keys rest', async () => {
    const asked = await ask([poolOf('ab')], { a: { status: 429 }, b: 2_500 });
    expect(asked).toMatchObject({ dials: ['a', 'b'], result: { kind: 'commit', answer: 'b' } });
  });

  it('is waited for where a repeated request could do its work twice', async () => {
    const over = { path: '/batches', isStream: false };
    expect(await ask([poolOf('ab')], SLOW, { over })).toMatchObject({
      dials: ['a'],
      result: { kind: 'commit' },
    });
  });

  it('never leads back to the same key, whatever the others say', async () => {
    const behaviours = { a: 2_500, b: { status: 500 } };
    const { dials, result } = await ask([poolOf('ab', { maxRetries: 3 })], behaviours);
    expect(dials).toEqual(['a', 'b', 'b', 'b']);
    expect(result).toMatchObject({ kind: 'pass_through' });
  });

  it('does not keep the slow key from the next request', async () => {
    const pool = poolOf('ab');
    const clock = new TestClock();
    await ask([pool], { a: 2_500 }, { clock });
    const { dials } = await ask([pool], {}, { clock, over: { affinity: undefined } });
    expect(dials).toEqual(['a']);
  });

  it('is waited for while others wait for what it would free', async () => {
    const clock = new TestClock();
    const waitingRoom = new WaitingRoom(clock, () => ({ waitMs: 10_000, queueMax: 10 }));
    const pool = poolOf('ab');
    const shortage = { reason: 'all_cooling', retryAfterMs: 5_000 } as const;
    const { signal } = new AbortController();
    const place = { pool, shortage, request: leaseRequest({ model: 'other' }) };
    const waits = waitingRoom.wait([place], { client: 'other', deadline: START_MS + 10_000, signal });
    const asked = await ask([pool], SLOW, { clock, waitingRoom });
    expect(asked).toMatchObject({ dials: ['a'], result: { kind: 'commit' } });
    expect((await clock.drive(waits)).kind).toBe('served');
  });
});

describe('content that does not come in time where a second key was asked', () => {
  it('ends neither of the two if there is no third', async () => {
    const asked = await ask([poolOf('ab')], { a: 2_500, b: 1_500 }, { hedgeAfterMs: 500 });
    expect(asked).toMatchObject({ dials: ['a', 'b'], ms: 2_000, result: { kind: 'commit', answer: 'b' } });
  });

  it('ends the first if there is a third, and then the second counts as any other', async () => {
    const asked = await ask([poolOf('abc')], { a: 9_000, b: 9_000, c: 100 }, { hedgeAfterMs: 500 });
    expect(asked).toMatchObject({ dials: ['a', 'b', 'c'], ms: 1_600, result: { kind: 'commit' } });
  });

  it('ends neither if the two are all its attempts', async () => {
    const pool = poolOf('abc', { maxRetries: 1 });
    const asked = await ask([pool], { a: 2_500, b: 9_000 }, { hedgeAfterMs: 500 });
    expect(asked).toMatchObject({ dials: ['a', 'b'], ms: 2_500, result: { kind: 'commit', answer: 'a' } });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runAttempts } from '../../../../lib/balancer/attempts/attempt-loop';
import { sooner } from '../../../../lib/balancer/pool/shortage';
import type { Pool, Shortage } from '../../../../lib/balancer/pool/pool';
import { judge, type Outcome } from '../../../../lib/balancer/attempts/verdict';
import { poolBehind } from '../egress-support';
import {
  answered,
  poolOf,
  QUOTA,
  request,
  says,
  ScriptedTransport,
  SeededRandom,
  START_MS as NOW,
  TestClock,
} from '../support';

describe('of two shortages', () => {
  const at = (retryAfterMs: number): Shortage => ({ reason: 'all_cooling', retryAfterMs });
  const never = (): Shortage => ({ reason: 'all_disabled' });

  it.each<[string, Shortage | undefined, Shortage, 'first' | 'second']>([
    ['the only one is told', undefined, at(5), 'second'],
    ['the only one is told, even if it does not end', undefined, never(), 'second'],
    ['the sooner is told', at(5), at(4), 'second'],
    ['the sooner is told in whichever order they come', at(4), at(5), 'first'],
    ['the first is told when they end together', at(5), at(5), 'first'],
    ['the one that ends is told', never(), at(5), 'second'],
    ['the one that ends is told in whichever order they come', at(5), never(), 'first'],
    ['the one that ends now is told', never(), at(0), 'second'],
    ['the first is told when none ends', never(), never(), 'first'],
  ])('%s', (_title, first, second, told) => {
    expect(sooner(first, second)).toBe(told === 'first' ? first : second);
  });
});

const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  ...[
    answered(200),
    answered(400),
    answered(401),
    answered(429),
    answered(429, {}, QUOTA),
    answered(500),
    says('ambiguous', { status: 403 }),
    says('key_model', { status: 404 }),
    says('request', { status: 403, mayDiffer: true }),
    says('egress', { status: 403 }),
    says('provider', { status: 503, isModelOnly: true }),
    says('rate', { status: 429, isWholeKey: true }),
  ].map((one) => fc.constant(one)),
  fc.constant<Outcome>({ kind: 'lost', message: '' }),
  fc.constant<Outcome>({ kind: 'lost_in_sending', message: '' }),
  fc.constant<Outcome>({ kind: 'timeout', phase: 'first_token' }),
  fc.constant<Outcome>({ kind: 'empty_stream' }),
  fc.constant<Outcome>({ kind: 'dial_failed', at: 'upstream', message: '' }),
  fc.constant<Outcome>({ kind: 'dial_failed', at: 'egress', message: '' }),
  fc.constant<Outcome>({ kind: 'client_closed' }),
);

interface World {
  readonly pools: readonly Pool[];
  readonly clock: TestClock;
}

function newWorld(keys: number, hasProxies: boolean, maxRetries: number): World {
  const over = { maxFailures: 2, maxRetries };
  const first = hasProxies ? poolBehind('pqr', keys, over).pool : poolOf('abcdef'.slice(0, keys), over);
  return { pools: [first, poolOf('xy', { ...over, provider: 'spare' })], clock: new TestClock() };
}

const inFlightOf = ({ pools }: World): number => {
  const counts = pools.flatMap((pool) => [
    ...pool.keys.map(({ inFlight }) => inFlight),
    ...[...pool.egresses.states].map(({ inFlight }) => inFlight),
  ]);
  expect(Math.min(0, ...counts)).toBe(0);
  return counts.reduce((sum, count) => sum + count, 0);
};

describe('requests, whatever comes back', () => {
  const requests = fc.array(
    fc.record({
      outcomes: fc.array(outcome, { maxLength: 12 }),
      /** Which attempt the client leaves at. */
      leavesAt: fc.oneof(fc.constant(99), fc.constant(99), fc.integer({ min: 1, max: 6 })),
      isLasting: fc.boolean(),
      ms: fc.constantFrom(0, 500, 2_000, 60_000),
    }),
    { minLength: 1, maxLength: 6 },
  );

  it('release each lease once, hand out or discard each answer once, and end within their attempts', async () => {
    await fc.assert(
      fc.asyncProperty(requests, fc.integer({ min: 1, max: 6 }), fc.boolean(), fc.nat(3), async (...args) => {
        const [script, keys, hasProxies, maxRetries] = args;
        const world = newWorld(keys, hasProxies, maxRetries);
        const { clock, pools } = world;
        for (const { outcomes, leavesAt, isLasting, ms } of script) {
          const client = new AbortController();
          const met: Outcome[] = [];
          const transport = new ScriptedTransport(() => {
            const one = outcomes[met.length] ?? answered(200);
            met.push(one);
            // One for its key, and one for its proxy if there is one.
            expect([1, 2]).toContain(inFlightOf(world));
            if (met.length === leavesAt) client.abort();
            return one;
          });
          const path = isLasting ? '/files' : '/chat/completions';
          const ports = { clock, random: new SeededRandom() };
          const result = await clock.drive(
            runAttempts(
              request({ path, signal: client.signal }),
              pools.map((pool) => ({ pool })),
              transport,
              ports,
            ),
          );

          const handedOut = 'answer' in result ? [result.answer] : [];
          const ends = [...transport.discarded, ...handedOut].map(({ number }) => number);
          expect(ends.sort((a, b) => a - b)).toEqual(transport.answers.map(({ number }) => number));

          expect(result.trace.attempts).toHaveLength(met.length);
          const judged = met.map(judge);
          const isDetour = (i: number): boolean =>
            judged[i]!.blame === 'egress' && result.trace.attempts[i]!.egressId !== undefined;
          const counted = judged.filter(({ isCounted }, i) => isCounted && !isDetour(i));
          expect(counted.length).toBeLessThanOrEqual(2 * (1 + maxRetries));
          const steps = judged.slice(0, -1);
          expect(
            steps.every(({ next }) => next !== 'commit' && next !== 'pass_through' && next !== 'stop'),
          ).toBe(true);
          if (isLasting) expect(steps.every(({ isRepeatSafe }) => isRepeatSafe)).toBe(true);

          if (result.kind === 'commit') {
            expect(judged.at(-1)!.name).toBe('success');
            expect(inFlightOf(world)).toBe(result.lease.egress === undefined ? 1 : 2);
            result.pool.finish(result.lease, 'whole', '', clock.now());
          }
          if (result.kind === 'failed') expect(transport.answers).toEqual([]);
          expect(inFlightOf(world)).toBe(0);
          clock.advance(ms);
        }
      }),
      { numRuns: 120 },
    );
  });

  it('tell a shortage only if nothing was dialed', async () => {
    const { pools, clock } = newWorld(2, false, 1);
    for (const pool of pools) for (const key of pool.keys) key.cooldown.until = NOW + 5_000;
    const transport = new ScriptedTransport([]);
    const ports = { clock, random: new SeededRandom() };
    const result = await runAttempts(
      request(),
      pools.map((pool) => ({ pool })),
      transport,
      ports,
    );
    expect(result).toMatchObject({ kind: 'shortage', shortage: { retryAfterMs: 5_000 } });
  });
});

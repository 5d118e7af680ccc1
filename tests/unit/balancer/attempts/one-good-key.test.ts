import { describe, expect, it } from 'vitest';
import { runAttempts } from '../../../../lib/balancer/attempts/attempt-loop';
import type { Transport } from '../../../../lib/balancer/attempts/transport';
import { answered, poolOf, QUOTA, request, SeededRandom, START_MS, TestClock } from '../support';

const BAD = {
  'out of money': answered(429, {}, QUOTA),
  revoked: answered(401),
};
/** From the first dial to an answer. */
const ANSWER_MS = 60;

/** How long the slowest of requests that come at once takes, with one good key among as many. */
async function slowestMs(
  outcome: (typeof BAD)[keyof typeof BAD],
  [keys, good, requests, seed]: readonly number[],
): Promise<number> {
  const names = 'abcdefgh'.slice(0, keys);
  const pool = poolOf(names);
  const clock = new TestClock();
  const random = new SeededRandom(seed);
  const transport: Transport<string> = {
    dial: async (_pool, { key }, signal) => {
      await clock.sleep(ANSWER_MS * (1 + random.next()), signal as AbortSignal);
      const isGood = key.config.keyId === names[good ?? 0];
      return isGood ? { outcome: answered(200), answer: 'good' } : { outcome, answer: 'bad' };
    },
    discard: () => undefined,
  };
  const ask = async (): Promise<number> => {
    const result = await runAttempts(request(), [{ pool }], transport, { clock, random });
    expect(result.kind).toBe('commit');
    if (result.kind === 'commit') pool.finish(result.lease, 'whole', '', clock.now());
    return clock.now() - START_MS;
  };
  return Math.max(...(await clock.drive(Promise.all(Array.from({ length: requests ?? 1 }, ask)))));
}

describe.each(Object.entries(BAD))('one good key among others that are %s', (_what, outcome) => {
  it.each([
    [6, 0, 8, 1],
    [6, 5, 20, 2],
    [6, 2, 25, 3],
    [4, 3, 5, 4],
    [8, 7, 30, 5],
  ])('serves all requests that come at once, soon: %j', async (...night) => {
    expect(await slowestMs(outcome, night)).toBeLessThan(1_000);
  });
});

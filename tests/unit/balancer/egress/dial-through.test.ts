import { describe, expect, it } from 'vitest';
import { DIRECT, type EgressBinding } from '../../../../lib/balancer/egress/binding';
import { dialThroughEgress } from '../../../../lib/balancer/egress/dial-through';
import type { EgressState } from '../../../../lib/balancer/egress/state';
import type { Outcome } from '../../../../lib/balancer/attempts/verdict';
import { TestClock } from '../support';
import { answerOf, bindTo, egressesOf, OK, PROXY_DOWN } from './support';

const REJECTED = answerOf(401, 'key');
const AMBIGUOUS = answerOf(403, 'ambiguous');
const BLOCKED = answerOf(403, 'egress');
const LIMITED = answerOf(429, 'rate');
const LOST: Outcome = { kind: 'lost', message: 'reset' };

/**
 * Sends something around these proxies, of which each ends as it is listed in turn. `answers` are those that nobody has
 * discarded, by the number of their dial.
 */
async function dial(
  outcomes: readonly Outcome[],
  egressIds = 'abcdefghijklmnopqrst',
  binding?: EgressBinding,
) {
  const egresses = egressesOf(egressIds);
  const config = { provider: 'p', egress: binding ?? bindTo(egressIds) };
  const ways: string[] = [];
  const answers = new Set<number>();
  const dialer = {
    dial: async (egress: EgressState | undefined) => {
      const number = ways.push(egress?.config.egressId ?? 'direct');
      const outcome = outcomes[number - 1] ?? PROXY_DOWN;
      if (outcome.kind !== 'answer') return { outcome, answer: undefined };
      answers.add(number);
      return { outcome, answer: number };
    },
    discard: (answer: number) => answers.delete(answer),
  };
  const { outcome, answer } = await dialThroughEgress(
    { egresses, config },
    { keyId: 'k' },
    dialer,
    new TestClock(),
  );
  expect([...answers]).toEqual(answer === undefined ? [] : [answer]);
  expect(new Set(ways).size).toBe(ways.length);
  expect([...egresses.states].every(({ inFlight }) => inFlight === 0)).toBe(true);
  return { outcome, dials: ways.length, ways, egresses };
}

describe('what is no client\u2019s request', () => {
  it('goes the provider\u2019s way, around proxies that are down', async () => {
    expect(await dial([PROXY_DOWN, PROXY_DOWN, OK])).toMatchObject({ outcome: OK, dials: 3 });
    expect(await dial([REJECTED, OK], '', DIRECT)).toMatchObject({ outcome: REJECTED, ways: ['direct'] });
  });

  it.each([OK, LIMITED, LOST, answerOf(500, 'provider'), answerOf(400, 'request')])(
    'is done with whatever does not depend on the proxy: %o',
    async (outcome) => {
      expect(await dial([outcome])).toMatchObject({ outcome, dials: 1 });
      expect(await dial([REJECTED, outcome])).toMatchObject({ outcome, dials: 2 });
    },
  );

  it.each([
    ['key_rejected', REJECTED],
    ['rejected', AMBIGUOUS],
    ['egress_blocked', BLOCKED],
  ])(
    'has a rejection confirmed through another proxy, as the address may be what is banned: %s',
    async (_name, told) => {
      expect(await dial([told, OK])).toMatchObject({ outcome: OK, dials: 2 });
      expect(await dial([told, told, OK])).toMatchObject({ outcome: told, dials: 2 });
      expect(await dial([told, PROXY_DOWN, told])).toMatchObject({ outcome: told, dials: 3 });
    },
  );

  it('is told a rejection that no other proxy can confirm', async () => {
    expect(await dial([REJECTED], 'a')).toMatchObject({ outcome: REJECTED, dials: 1 });
    expect(await dial([REJECTED, PROXY_DOWN], 'ab')).toMatchObject({ outcome: REJECTED, dials: 2 });
    expect(await dial([PROXY_DOWN, BLOCKED, PROXY_DOWN], 'abc')).toMatchObject({
      outcome: BLOCKED,
      dials: 3,
    });
  });

  it('takes the two rejections that speak of the key for one and the same', async () => {
    expect(await dial([AMBIGUOUS, REJECTED])).toMatchObject({ outcome: REJECTED, dials: 2 });
  });

  it('does not take the refusal of an address for a word about the key', async () => {
    expect(await dial([BLOCKED, REJECTED, OK])).toMatchObject({ outcome: OK, dials: 3 });
    expect(await dial([REJECTED, BLOCKED, REJECTED])).toMatchObject({ outcome: REJECTED, dials: 3 });
    expect(await dial([REJECTED, BLOCKED], 'ab')).toMatchObject({ outcome: REJECTED, dials: 2 });
    expect(await dial([BLOCKED, REJECTED], 'ab')).toMatchObject({ outcome: REJECTED, dials: 2 });
  });

  it('gives up after ten proxies that are down, so that hundreds of them cannot hold it up', async () => {
    expect((await dial([])).dials).toBe(10);
  });

  it('never goes out directly when all proxies are down, or there are none', async () => {
    const { outcome, ways } = await dial([], 'ab');
    expect([outcome, [...ways].sort()]).toEqual([PROXY_DOWN, ['a', 'b']]);
    const none = await dial([OK], '', bindTo('a'));
    expect(none).toMatchObject({ outcome: { kind: 'dial_failed', at: 'egress' }, dials: 0 });
  });

  it('counts for the proxies that it went through', async () => {
    const { egresses, ways } = await dial([PROXY_DOWN, OK], 'ab');
    const [down, well] = ways.map((egressId) => egresses.get(egressId));
    expect(down).toMatchObject({ errorCount: 1, lastError: 'connection refused' });
    expect(well).toMatchObject({ requestCount: 1, errorCount: 0 });
    expect(well?.answeredAt.has('p')).toBe(true);
  });

  it('is one witness each time, so that three of them open the breaker of a proxy that is down', async () => {
    const egresses = egressesOf('a');
    const route = { egresses, config: { provider: 'p', egress: bindTo('a') } };
    const dialer = {
      dial: async () => ({ outcome: PROXY_DOWN, answer: undefined }),
      discard: () => undefined,
    };
    const states: string[] = [];
    for (let i = 0; i < 3; i++) {
      await dialThroughEgress(route, { keyId: 'k' }, dialer, new TestClock());
      states.push(...[...egresses.states].map(({ breaker }) => breaker.state));
    }
    expect(states).toEqual(['closed', 'closed', 'open']);
  });
});

import { expect, it } from 'vitest';
import { rendezvousScore } from '../../../../lib/balancer/egress/binding';
import { Draws } from '../../../../lib/balancer/egress/draws';
import { newEgressState, type EgressState } from '../../../../lib/balancer/egress/state';

const IDS = ['a', 'b', 'c', 'd'];

/** Proxies that count how often anybody is compared with them. */
function counted() {
  let comparisons = 0;
  const proxies = IDS.map((egressId): EgressState => {
    const config = {
      get egressId() {
        comparisons += 1;
        return egressId;
      },
      url: 'http://127.0.0.1:1',
      hint: egressId,
    };
    return newEgressState(config, undefined, () => undefined);
  });
  const taken = (): number => {
    const now = comparisons;
    comparisons = 0;
    return now;
  };
  return { proxies, taken };
}

const USERS = Array.from({ length: 50 }, (_, i) => ({ keyId: `k${i}` }));

it('finds the proxy with the highest score, and compares each user with each proxy once for a set', () => {
  const { proxies, taken } = counted();
  const draws = new Draws();
  const strongest = USERS.map(({ keyId }) => {
    const scores = IDS.map((id) => rendezvousScore(keyId, id));
    return IDS[scores.indexOf(Math.max(...scores))];
  });
  for (const expected of [USERS.length * IDS.length, 0]) {
    const find = draws.among([...proxies]);
    expect(USERS.map((user) => find(user)?.config.hint)).toEqual(strongest);
    expect(taken()).toBe(expected);
  }
});

it('forgets what it knew of another set, and knows nobody in an empty one', () => {
  const { proxies } = counted();
  const draws = new Draws();
  const all = draws.among(proxies);
  const [user = { keyId: '' }] = USERS;
  const first = all(user);
  const others = proxies.filter((proxy) => proxy !== first);
  expect(others).toContain(draws.among(others)(user));
  expect(draws.among([])(user)).toBeUndefined();
  expect(draws.among(proxies)(user)).toBe(first);
});

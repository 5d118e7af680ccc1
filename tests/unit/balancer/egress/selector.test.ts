import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIRECT, rendezvousScore, type EgressUser } from '../../../../lib/balancer/egress/binding';
import type { Egresses } from '../../../../lib/balancer/egress/egresses';
import { START_MS as NOW } from '../support';
import { bindTo, configure, egressesOf, egressOf, fail, idOf, NONE, send, through, user } from './support';

const FAILED = { at: NOW, latencyMs: undefined, status: undefined, error: 'dead' };
const PASSED = { at: NOW, latencyMs: 5, status: 200, error: undefined };
const ABC = bindTo('abc');
const AB = bindTo('ab');

/** A key that goes through the first of these proxies as long as that is healthy. */
function keyOf(egresses: Egresses, egressIds: string): EgressUser {
  const ids = Array.from({ length: 50 }, (_, i) => `k${i}`);
  const keyId = ids.find((id) => idOf(through(egresses, id, bindTo(egressIds))) === egressIds[0]);
  if (keyId === undefined) throw new Error('no such key');
  return user(keyId);
}

describe('the way of a key', () => {
  it('is the proxy with the highest score, whatever happens to the others', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...'abcdefgh'), { minLength: 1 }),
        fc.string(),
        (ids, keyId) => {
          const egresses = egressesOf(ids.join(''));
          const best = [...ids].sort((x, y) => rendezvousScore(keyId, y) - rendezvousScore(keyId, x))[0];
          expect(idOf(through(egresses, keyId, bindTo(ids.join(''))))).toBe(best);
        },
      ),
    );
  });

  it('moves only if it led through a proxy that is gone, and back when that is there again', () => {
    const egresses = egressesOf('abc');
    const keys = Array.from({ length: 60 }, (_, i) => user(`k${i}`));
    const before = keys.map((key) => idOf(through(egresses, key, ABC)));
    expect(new Set(before)).toEqual(new Set('abc'));
    configure(egresses, 'ac');
    const without = keys.map((key) => idOf(through(egresses, key, bindTo('ac'))));
    keys.forEach((_, i) => {
      if (before[i] !== 'b') expect(without[i]).toBe(before[i]);
    });
    expect(without).not.toContain('b');
    configure(egresses, 'abc');
    expect(keys.map((key) => idOf(through(egresses, key, ABC)))).toEqual(before);
  });

  it('leads around an open breaker, and back through it when its rest is over', () => {
    const egresses = egressesOf('ab');
    const key = keyOf(egresses, 'ab');
    fail(egresses, 'a');
    expect(idOf(through(egresses, key, AB))).toBe('b');
    expect(idOf(through(egresses, key, AB, NOW + 999))).toBe('b');
    const probing = through(egresses, key, AB, NOW + 1_000);
    expect([idOf(probing), probing.probe?.isAnswered]).toEqual(['a', false]);
    // One at a time: until the probe is answered the others stay away.
    expect(idOf(through(egresses, key, AB, NOW + 1_001))).toBe('b');
    probing.egress.breaker.success(probing.probe);
    expect(idOf(through(egresses, key, AB, NOW + 1_101))).toBe('a');
  });

  it('leads through a proxy again 4 s after a probe that is still silent', () => {
    const egresses = egressesOf('ab');
    const key = keyOf(egresses, 'ab');
    fail(egresses, 'a');
    through(egresses, key, AB, NOW + 1_000);
    expect(idOf(through(egresses, key, AB, NOW + 4_999))).toBe('b');
    const next = through(egresses, key, AB, NOW + 5_000);
    expect([idOf(next), next.probe?.isAnswered]).toEqual(['a', false]);
    expect(idOf(through(egresses, key, AB, NOW + 5_001))).toBe('b');
  });

  it('leads around proxies that the request has tried, for that request alone', () => {
    const egresses = egressesOf('ab');
    const key = keyOf(egresses, 'ab');
    const tried = new Set([egressOf(egresses, 'a')]);
    for (let i = 0; i < 2; i++) {
      expect(idOf(through(egresses, key, AB, NOW, tried))).toBe('b');
      expect(idOf(through(egresses, key, AB))).toBe('a');
    }
  });

  it('leads around what checks or people have disabled, and back when that is over', () => {
    const egresses = egressesOf('ab');
    const key = keyOf(egresses, 'ab');
    const way = (): string | undefined => egresses.boundTo(key, AB, NOW)?.config.egressId;
    const ways = [way()];
    egresses.checked('a', FAILED, 1);
    ways.push(way());
    egresses.checked('a', PASSED, 1);
    ways.push(way());
    egresses.setDisabled('a', 'mine');
    ways.push(way());
    egresses.setDisabled('a', undefined);
    ways.push(way());
    expect(ways).toEqual(['a', 'b', 'a', 'b', 'a']);
  });

  it('is that of the new binding as soon as there is one', () => {
    const egresses = egressesOf('ab');
    const key = keyOf(egresses, 'ab');
    expect(egresses.boundTo(key, AB, NOW)).toBe(egressOf(egresses, 'a'));
    expect(egresses.boundTo(key, bindTo('b'), NOW)).toBe(egressOf(egresses, 'b'));
  });

  it('is the pinned proxy whatever the binding says, unless a person has disabled that', () => {
    const egresses = egressesOf('abc');
    const pinned = user('k', 'c');
    for (const binding of [DIRECT, AB]) {
      const lease = egresses.lease(pinned, binding, NONE, NOW);
      expect(typeof lease === 'object' && idOf(lease)).toBe('c');
      expect(egresses.boundTo(pinned, binding, NOW)).toBe(egressOf(egresses, 'c'));
    }
    expect(egresses.lease(pinned, AB, new Set([egressOf(egresses, 'c')]), NOW)).toBe('none');
    egresses.setDisabled('c', 'not now');
    expect(egresses.lease(pinned, AB, NONE, NOW)).toBe('none');
    expect(egresses.hasWay(pinned, AB, NONE)).toBe(false);
  });

  it('is a random one for each request if keys need not keep their proxy', () => {
    const egresses = egressesOf('abc');
    const [key, binding] = [user('k'), bindTo('abc', false)];
    const ways = Array.from({ length: 60 }, () => idOf(through(egresses, key, binding)));
    expect(new Set(ways)).toEqual(new Set('abc'));
    expect(egresses.boundTo(key, binding, NOW)).toBeUndefined();
  });

  it('is never direct for who is bound to proxies, not even when there are none', () => {
    const egresses = egressesOf('');
    expect(egresses.lease(user('k'), AB, NONE, NOW)).toBe('none');
    expect([egresses.hasWay(user('k'), AB, NONE), egresses.hasSharedWay(AB, NONE)]).toEqual([false, false]);
    expect(egresses.lease(user('k'), DIRECT, NONE, NOW)).toBeUndefined();
    expect(egresses.hasWay(user('k'), DIRECT, NONE)).toBe(true);
    expect(egresses.boundTo(user('k'), DIRECT, NOW)).toBeUndefined();
  });

  it('is remembered until something changes that could change it', () => {
    const egresses = egressesOf('abc');
    let reads = 0;
    const binding = {
      ...ABC,
      get egressIds() {
        reads += 1;
        return ['a', 'b', 'c'];
      },
    };
    const key = user('k');
    const readsOf = (change: () => unknown): number => {
      egresses.lease(key, binding, NONE, NOW);
      change();
      const before = reads;
      egresses.lease(key, binding, NONE, NOW);
      return reads - before;
    };
    expect(readsOf(() => egresses.checked('a', PASSED, 3))).toBe(0);
    expect(readsOf(() => egresses.checked('b', FAILED, 3))).toBe(0);
    expect(readsOf(() => send(egresses, 'c', 'success'))).toBe(0);
    const own = egresses.boundTo(key, binding, NOW);
    expect(readsOf(() => own && egresses.lease(key, binding, new Set([own]), NOW))).toBe(0);
    expect(readsOf(() => egresses.checked('b', FAILED, 2))).toBe(1);
    expect(readsOf(() => fail(egresses, 'c'))).toBe(1);
    expect(readsOf(() => egresses.setDisabled('b', undefined))).toBe(1);
    expect(readsOf(() => configure(egresses, 'abc'))).toBe(1);
  });
});

describe('when no proxy is healthy', () => {
  it('takes the one that is back first, before those that checks have disabled', () => {
    const egresses = egressesOf('abc');
    egresses.checked('c', FAILED, 1);
    fail(egresses, 'a', 3, NOW);
    fail(egresses, 'b', 3, NOW - 500);
    const way = through(egresses, 'k', ABC);
    expect([idOf(way), way.probe]).toEqual(['b', undefined]);
    const tried = new Set([egressOf(egresses, 'a'), egressOf(egresses, 'b')]);
    expect(idOf(through(egresses, 'k', ABC, NOW, tried))).toBe('c');
  });

  it('takes the one that has failed the fewest checks, of those that checks have disabled', () => {
    const egresses = egressesOf('ab');
    const key = keyOf(egresses, 'ab');
    for (const egressId of 'aab') egresses.checked(egressId, FAILED, 1);
    expect(idOf(through(egresses, key, AB))).toBe('b');
    egresses.checked('b', FAILED, 1);
    expect(idOf(through(egresses, key, AB))).toBe('a');
  });

  it('leaves alone what a person has disabled', () => {
    const egresses = egressesOf('ab');
    egresses.setDisabled('a', 'mine');
    fail(egresses, 'b');
    expect(idOf(through(egresses, 'k', AB))).toBe('b');
    egresses.setDisabled('b', 'mine too');
    expect(egresses.lease(user('k'), AB, NONE, NOW)).toBe('none');
  });
});

it('tells how many proxies are healthy, at least one, and whether a pinned one is', () => {
  const egresses = egressesOf('abc');
  const binding = { mode: 'proxies', egressIds: ['a', 'b', 'c', 'gone'], isSticky: true } as const;
  const pinned = user('k', 'a');
  expect([egresses.countWell(binding, NOW), egresses.isPinUnwell(pinned, NOW)]).toEqual([3, false]);
  fail(egresses, 'a');
  egresses.checked('b', FAILED, 1);
  expect([egresses.countWell(binding, NOW), egresses.isPinUnwell(pinned, NOW)]).toEqual([1, true]);
  expect([egresses.countWell(binding, NOW + 1_000), egresses.isPinUnwell(pinned, NOW + 1_000)]).toEqual([
    2,
    false,
  ]);
  egresses.setDisabled('c', 'mine');
  expect(egresses.countWell(binding, NOW)).toBe(1);
  expect(egresses.isPinUnwell(user('k'), NOW)).toBe(false);
});

it('a new configuration keeps the live state of the proxies that stay, and gives the others what was saved', () => {
  const egresses = egressesOf('ab');
  const lease = egresses.lease(user('k'), bindTo('a'), NONE, NOW);
  fail(egresses, 'a');
  const hint = 'new';
  egresses.configure(
    ['a', 'c'].map((egressId) => ({ egressId, url: 'http://x', hint })),
    () => ({ disabled: { by: 'manual', reason: 'mine' }, failures: 2, check: undefined }),
  );
  expect([...egresses.states].map(({ config }) => config.egressId)).toEqual(['a', 'c']);
  expect(egressOf(egresses, 'a')).toMatchObject({
    config: { hint },
    disabled: undefined,
    inFlight: 1,
    requestCount: 4,
    errorCount: 3,
  });
  expect(egressOf(egresses, 'a').breaker.state).toBe('open');
  expect(egressOf(egresses, 'c')).toMatchObject({ disabled: { by: 'manual' }, failures: 2 });
  expect(egresses.get('b')).toBeUndefined();
  if (typeof lease === 'object') {
    lease.release();
    lease.release();
  }
  expect(egressOf(egresses, 'a').inFlight).toBe(0);
});

describe('what may be foreseen of a key’s way', () => {
  const RANDOM = bindTo('abc', false);
  const pinned = user('pinned', 'b');

  it('is its home, well or not, unless a person has taken that out', () => {
    const egresses = egressesOf('abc');
    const key = keyOf(egresses, 'abc');
    const home = () => egresses.homes(ABC)(key)?.config.egressId;
    expect([home(), egresses.homes(ABC)(pinned)?.config.egressId]).toEqual(['a', 'b']);
    fail(egresses, 'a');
    expect(home()).toBe('a');
    egresses.setDisabled('a', 'mine');
    expect(['b', 'c']).toContain(home());
  });

  it('is only its pin where nothing else is fixed', () => {
    const egresses = egressesOf('abc');
    for (const binding of [DIRECT, RANDOM]) {
      expect(egresses.homes(binding)(user('k'))).toBeUndefined();
      expect(egresses.homes(binding)(pinned)?.config.egressId).toBe('b');
    }
  });

  it('is another proxy that is well where some are out, and none for a pinned key or a direct one', () => {
    const egresses = egressesOf('abc');
    const key = keyOf(egresses, 'abc');
    const around = (out: string, binding = ABC) =>
      egresses.waysAround(binding, new Set([...out].map((id) => egressOf(egresses, id))), NOW);
    expect(around('')(key)?.config.egressId).toBe('a');
    expect(['b', 'c']).toContain(around('a')(key)?.config.egressId);
    expect(around('ab')(key)?.config.egressId).toBe('c');
    expect(around('abc')(key)).toBeUndefined();
    expect(around('a')(pinned)).toBeUndefined();
    expect(around('a', DIRECT)(key)).toBeUndefined();
    fail(egresses, 'c');
    expect(around('ab')(key)).toBeUndefined();
  });
});

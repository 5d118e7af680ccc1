import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIRECT, rendezvousScore } from '../../../lib/balancer/egress/binding';
import type { EgressLease } from '../../../lib/balancer/egress/lease';
import type { EgressState } from '../../../lib/balancer/egress/state';
import type { Egresses } from '../../../lib/balancer/egress/egresses';
import { VERDICTS } from '../../../lib/balancer/verdict';
import { bindTo, configure, egressesOf, egressOf } from './egress-support';
import { EventLog, START_MS as NOW } from './support';

const NONE: ReadonlySet<EgressState> = new Set();
const user = (keyId: string, egressId?: string) => ({ keyId, egressId });

function through(egresses: Egresses, keyId: string, binding = bindTo('abc'), now = NOW): EgressLease {
  const lease = egresses.lease(user(keyId), binding, NONE, now);
  if (lease === undefined || lease === 'none') throw new Error(`no proxy: ${lease}`);
  lease.release();
  return lease;
}
const idOf = (lease: EgressLease): string => lease.egress.config.egressId;

function fail(egresses: Egresses, egressId: string, times = 3, now = NOW): void {
  const lease = (): EgressLease => through(egresses, 'any', bindTo(egressId), now);
  for (let i = 0; i < times; i++) egresses.settle(lease(), 'p', VERDICTS.egress_unreachable, 'refused', now);
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
    const keys = Array.from({ length: 60 }, (_, i) => `k${i}`);
    const before = keys.map((keyId) => idOf(through(egresses, keyId)));
    expect(new Set(before)).toEqual(new Set('abc'));
    configure(egresses, 'ac');
    const without = keys.map((keyId) => idOf(through(egresses, keyId, bindTo('ac'))));
    keys.forEach((_, i) => {
      if (before[i] !== 'b') expect(without[i]).toBe(before[i]);
    });
    expect(without).not.toContain('b');
    configure(egresses, 'abc');
    expect(keys.map((keyId) => idOf(through(egresses, keyId)))).toEqual(before);
  });

  it('leads around an open breaker, and back through it when its rest is over', () => {
    const egresses = egressesOf('ab');
    const keyId = ['k0', 'k1', 'k2', 'k3', 'k4'].find(
      (id) => idOf(through(egresses, id, bindTo('ab'))) === 'a',
    );
    fail(egresses, 'a');
    expect(idOf(through(egresses, keyId ?? '', bindTo('ab')))).toBe('b');
    expect(idOf(through(egresses, keyId ?? '', bindTo('ab'), NOW + 999))).toBe('b');
    const trial = through(egresses, keyId ?? '', bindTo('ab'), NOW + 1_000);
    expect([idOf(trial), trial.isTrial]).toEqual(['a', true]);
    // One at a time: until the trial has ended the others stay away.
    expect(idOf(through(egresses, keyId ?? '', bindTo('ab'), NOW + 1_001))).toBe('b');
    egresses.settle(trial, 'p', VERDICTS.success, '', NOW + 1_100);
    expect(idOf(through(egresses, keyId ?? '', bindTo('ab'), NOW + 1_101))).toBe('a');
  });

  it('is the pinned proxy whatever the binding says, unless a person has disabled that', () => {
    const egresses = egressesOf('abc');
    for (const binding of [DIRECT, bindTo('ab')]) {
      const lease = egresses.lease(user('k', 'c'), binding, NONE, NOW);
      expect(typeof lease === 'object' && idOf(lease)).toBe('c');
    }
    egresses.setDisabled('c', 'not now');
    expect(egresses.lease(user('k', 'c'), bindTo('ab'), NONE, NOW)).toBe('none');
    expect(egresses.hasWay(user('k', 'c'), bindTo('ab'), NONE)).toBe(false);
  });

  it('is a random one for each request if keys need not keep their proxy', () => {
    const egresses = egressesOf('abc');
    const ways = Array.from({ length: 60 }, () => idOf(through(egresses, 'k', bindTo('abc', false))));
    expect(new Set(ways)).toEqual(new Set('abc'));
    expect(egresses.boundTo(user('k'), bindTo('abc', false), NOW)).toBeUndefined();
  });

  it('is never direct for who is bound to proxies, not even when there are none', () => {
    const egresses = egressesOf('');
    expect(egresses.lease(user('k'), bindTo('ab'), NONE, NOW)).toBe('none');
    expect(egresses.lease(user('k'), DIRECT, NONE, NOW)).toBeUndefined();
  });
});

describe('when no proxy is well', () => {
  it('takes the one that is back first, before those that checks have disabled', () => {
    const egresses = egressesOf('abc');
    egresses.checked('c', { at: NOW, latencyMs: undefined, status: undefined, error: 'dead' }, 1);
    fail(egresses, 'a', 3, NOW);
    fail(egresses, 'b', 3, NOW - 500);
    expect(idOf(through(egresses, 'k'))).toBe('b');
    const tried = new Set([egressOf(egresses, 'a'), egressOf(egresses, 'b')]);
    const last = egresses.lease(user('k'), bindTo('abc'), tried, NOW);
    expect(typeof last === 'object' && idOf(last)).toBe('c');
  });

  it('leaves alone what a person has disabled', () => {
    const egresses = egressesOf('ab');
    egresses.setDisabled('a', 'mine');
    fail(egresses, 'b');
    expect(idOf(through(egresses, 'k', bindTo('ab')))).toBe('b');
    egresses.setDisabled('b', 'mine too');
    expect(egresses.lease(user('k'), bindTo('ab'), NONE, NOW)).toBe('none');
  });
});

describe('the breaker of a proxy', () => {
  it('rests longer each time, up to a minute', () => {
    const egresses = egressesOf('a');
    fail(egresses, 'a');
    let now = NOW;
    const rests: number[] = [];
    for (let i = 0; i < 9; i++) {
      const rest = egressOf(egresses, 'a').breaker.waitMs(now);
      rests.push(rest);
      now += rest;
      fail(egresses, 'a', 1, now);
    }
    expect(rests).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('opens for failures that are nobody\u2019s only if others reach the provider meanwhile', () => {
    const egresses = egressesOf('ab');
    const cut = (): void => {
      egresses.settle(through(egresses, 'k', bindTo('a')), 'p', VERDICTS.cut, 'cut', NOW);
    };
    for (let i = 0; i < 10; i++) cut();
    expect(egressOf(egresses, 'a').breaker.state).toBe('closed');
    egresses.settle(through(egresses, 'k', bindTo('b')), 'other', VERDICTS.success, '', NOW);
    cut();
    expect(egressOf(egresses, 'a').breaker.state).toBe('closed');
    egresses.settle(through(egresses, 'k', bindTo('b')), 'p', VERDICTS.success, '', NOW);
    cut();
    expect(egressOf(egresses, 'a').breaker.state).toBe('open');
  });

  it('forgets such failures with an answer that comes whole', () => {
    const egresses = egressesOf('ab');
    for (let i = 0; i < 5; i++) {
      egresses.settle(through(egresses, 'k', bindTo('b')), 'p', VERDICTS.success, '', NOW);
      const lease = through(egresses, 'k', bindTo('a'));
      egresses.settle(lease, 'p', VERDICTS.success, '', NOW);
      egresses.finished(lease);
      egresses.settle(through(egresses, 'k', bindTo('a')), 'p', VERDICTS.connection_lost, 'lost', NOW);
    }
    expect(egressOf(egresses, 'a').breaker.state).toBe('closed');
  });
});

describe('an answer that ends long after it was the trial of its proxy', () => {
  it.each(['client_closed', 'cut'] as const)('says nothing about the next trial: %s', (end) => {
    const egresses = egressesOf('a');
    const alone = bindTo('a');
    fail(egresses, 'a');
    const first = through(egresses, 'k', alone, NOW + 1_000);
    egresses.settle(first, 'p', VERDICTS.success, '', NOW + 1_100);
    fail(egresses, 'a', 3, NOW + 1_200);
    const second = through(egresses, 'k', alone, NOW + 2_200);
    expect(second.isTrial).toBe(true);
    egresses.settle(first, 'p', VERDICTS[end], end, NOW + 2_300);
    expect(egressOf(egresses, 'a').breaker.state).toBe('half_open');
    expect(through(egresses, 'k', alone, NOW + 2_400).isTrial).toBe(false);
    egresses.settle(second, 'p', VERDICTS.success, '', NOW + 2_500);
    expect(egressOf(egresses, 'a').breaker.state).toBe('closed');
  });
});

describe('a check', () => {
  const failed = { at: NOW, latencyMs: undefined, status: undefined, error: 'dead' };
  const passed = { at: NOW, latencyMs: 5, status: 200, error: undefined };

  it('that changes nothing lets every key\u2019s proxy be remembered', () => {
    const egresses = egressesOf('abc');
    let reads = 0;
    const binding = {
      ...bindTo('abc'),
      get egressIds() {
        reads += 1;
        return ['a', 'b', 'c'];
      },
    };
    const key = user('k');
    egresses.lease(key, binding, NONE, NOW);
    const before = reads;
    egresses.checked('a', passed, 3);
    egresses.checked('b', failed, 3);
    egresses.lease(key, binding, NONE, NOW);
    expect(reads).toBe(before);
  });

  it('disables at the last allowed failure in a row, and a passed one brings back', () => {
    const egresses = egressesOf('a');
    expect(egresses.checked('a', failed, 3)).toBeUndefined();
    expect(egresses.checked('a', failed, 3)).toBeUndefined();
    expect(egresses.checked('a', passed, 3)).toBeUndefined();
    expect([failed, failed, failed].map((check) => egresses.checked('a', check, 3))).toEqual([
      undefined,
      undefined,
      'disabled',
    ]);
    expect(egressOf(egresses, 'a').disabled).toEqual({ by: 'auto', reason: 'dead' });
    expect(egresses.checked('a', { ...failed, error: 'still dead' }, 3)).toBeUndefined();
    expect(egressOf(egresses, 'a').disabled).toEqual({ by: 'auto', reason: 'still dead' });
    expect(egresses.checked('a', passed, 3)).toBe('recovered');
    expect(egressOf(egresses, 'a')).toMatchObject({ disabled: undefined, failures: 0, check: passed });
  });

  it('closes the breaker, but not one that opened because the address was banned', () => {
    const egresses = egressesOf('ab');
    fail(egresses, 'a');
    egresses.blame(egressOf(egresses, 'b'), 'banned', NOW);
    egresses.checked('a', passed, 3);
    egresses.checked('b', passed, 3);
    expect([...egresses.states].map(({ breaker }) => breaker.state)).toEqual(['closed', 'open']);
  });

  it('never brings back what a person has disabled', () => {
    const egresses = egressesOf('a');
    egresses.setDisabled('a', 'mine');
    expect(egresses.checked('a', passed, 3)).toBeUndefined();
    expect(egressOf(egresses, 'a').disabled).toEqual({ by: 'manual', reason: 'mine' });
  });
});

it('tells of every change, and never the password', () => {
  const events = new EventLog();
  const egresses = egressesOf('a', events);
  fail(egresses, 'a');
  expect(events.egressBreakers).toEqual(['a open']);
  expect(events.egressChanges).toEqual(['a', 'a', 'a']);
  expect(egressOf(egresses, 'a').lastError).toBe('refused');
});

it('keeps live state through a new configuration, and counts requests in flight', () => {
  const egresses = egressesOf('ab');
  const lease = egresses.lease(user('k'), bindTo('a'), NONE, NOW);
  fail(egresses, 'a', 3);
  configure(egresses, 'abc');
  expect(egressOf(egresses, 'a')).toMatchObject({ inFlight: 1, requestCount: 4, errorCount: 3 });
  expect(egressOf(egresses, 'a').breaker.state).toBe('open');
  if (typeof lease === 'object') {
    lease.release();
    lease.release();
  }
  expect(egressOf(egresses, 'a').inFlight).toBe(0);
});

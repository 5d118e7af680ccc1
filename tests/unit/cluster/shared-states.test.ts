import { describe, expect, it } from 'vitest';
import { answered, errorFacts, keyOf, leaseRequest, settle, takeKey } from '../balancer/support';
import { Bus, type Member } from './bus';

function fail(member: Member, bus: Bus, keyId: string, outcome: Parameters<typeof settle>[2]): void {
  settle(member.pool, takeKey(member.pool, keyId, bus.now), outcome, bus.now);
}

const rejected = answered(401, {}, errorFacts('invalid_api_key'));
const rests = ({ pool }: Member, keyId: string) => keyOf(pool, keyId).cooldown.until;

function two(over: Parameters<Bus['join']>[1] = {}) {
  const bus = new Bus();
  return { bus, a: bus.join('xy', over), b: bus.join('xy', over) };
}

describe('what instances find out', () => {
  it('a rest is kept by all, and no longer than by whoever learnt of it', () => {
    const { bus, a, b } = two();
    fail(a, bus, 'x', answered(429, { 'retry-after': '20' }));
    bus.advance(60);
    const until = keyOf(a.pool, 'x').modelCooldowns!.get('gpt-4o')!.until;
    expect(keyOf(b.pool, 'x').modelCooldowns!.get('gpt-4o')!.until).toBeGreaterThan(until - 100);
    const leased = b.pool.lease(leaseRequest({}), bus.now);
    expect(leased.ok && leased.lease.key.config.keyId).toBe('y');
  });

  it('failures go on where another has seen them, and end with a success', () => {
    const { bus, a, b } = two({ maxFailures: 3 });
    for (const member of [a, b]) {
      fail(member, bus, 'x', rejected);
      bus.advance(3_000);
    }
    expect([a, b].map(({ pool }) => keyOf(pool, 'x').failures)).toEqual([2, 2]);
    const lease = takeKey(a.pool, 'x', bus.now);
    settle(a.pool, lease, answered(200), bus.now);
    a.pool.finish(lease, 'whole', '', bus.now);
    bus.advance(100);
    expect([a, b].map(({ pool }) => keyOf(pool, 'x').failures)).toEqual([0, 0]);
  });

  it('a key that one has found dead is used by none, whoever rests it at the same moment', () => {
    const { bus, a, b } = two({ maxFailures: 1 });
    const late = takeKey(b.pool, 'x', bus.now);
    fail(a, bus, 'x', rejected);
    settle(b.pool, late, answered(429, { 'retry-after': '2' }), bus.now);
    bus.advance(100);
    expect([a, b].map(({ pool }) => keyOf(pool, 'x').disabled?.by)).toEqual(['auto', 'auto']);
    expect(rests(b, 'x')).toBeGreaterThan(bus.now);
  });

  it("a person's word stands", () => {
    const { bus, a, b } = two({ maxFailures: 1 });
    b.pool.disable('x', 'mine', 1);
    fail(a, bus, 'x', rejected);
    bus.advance(100);
    expect(keyOf(b.pool, 'x').disabled).toMatchObject({ by: 'manual', reason: 'mine' });
    a.pool.learn('x', { epoch: 2, disabled: undefined }, false);
    b.pool.learn('x', { epoch: 2, disabled: undefined }, false);
    fail(a, bus, 'y', rejected);
    bus.advance(100);
    expect(keyOf(b.pool, 'x').disabled).toBeUndefined();
    expect(keyOf(b.pool, 'y').disabled?.by).toBe('auto');
  });

  it('two failures open the breaker of a provider that is failing elsewhere, for ten seconds', () => {
    const { bus, a, b } = two();
    const failing = answered(500, {}, errorFacts('server_error'));
    const breaks = (member: Member, times: number) => {
      for (let n = 0; n < times; n += 1) {
        const leased = member.pool.lease(leaseRequest({ witness: {} }), bus.now);
        if (leased.ok) settle(member.pool, leased.lease, failing, bus.now);
      }
    };
    breaks(b, 2);
    expect(b.pool.breaker.state).toBe('closed');
    breaks(a, 8);
    expect(a.pool.breaker.state).toBe('open');
    bus.advance(100);
    expect(b.pool.breaker.state).toBe('closed');
    breaks(b, 1);
    expect(b.pool.breaker.state).toBe('open');
    const c = bus.join('xy');
    breaks(c, 2);
    expect(c.pool.breaker.state).toBe('closed');
  });
});

import { describe, expect, it } from 'vitest';
import type { Lease } from '../../../lib/balancer/pool/lease';
import { answered, leaseRequest, SeededRandom, settle } from '../balancer/support';
import { Bus, type Member } from './bus';

function take({ pool }: Member, bus: Bus, tokens?: number): Lease | undefined {
  const leased = pool.lease(leaseRequest(tokens === undefined ? {} : { tokens }), bus.now);
  return leased.ok ? leased.lease : undefined;
}

/** One request, answered at once. */
function ask(member: Member, bus: Bus): boolean {
  const lease = take(member, bus);
  if (lease === undefined) return false;
  settle(member.pool, lease, answered(200), bus.now);
  member.pool.finish(lease, 'whole', '', bus.now);
  return true;
}

const three = (bus: Bus, over: Parameters<Bus['join']>[1]) => [1, 2, 3].map(() => bus.join('a', over));

describe('limits of several instances', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('twenty a minute are twenty to twenty-two in all (%d)', (seed) => {
    const random = new SeededRandom(seed);
    const bus = new Bus();
    const members = three(bus, { limits: { requestsPerMinute: 20 } });
    let served = 0;
    for (let ms = 0; ms < 3_000; ms += 1) {
      // All at once at first, then whenever somebody likes.
      for (const member of members) {
        if ((ms === 0 && random.next() < 0.7) || random.next() < 0.03) {
          for (let n = random.next() * 10; n > 0; n -= 1) if (ask(member, bus)) served += 1;
        }
      }
      bus.advance(1);
    }
    expect(served).toBeGreaterThanOrEqual(20);
    expect(served).toBeLessThanOrEqual(22);
    bus.advance(61_000);
    expect(members.map((member) => ask(member, bus))).toEqual([true, true, true]);
  });

  it('one of them may use all of a limit that the others leave', () => {
    const bus = new Bus();
    const [one] = three(bus, { limits: { requestsPerMinute: 20 } });
    let served = 0;
    for (let ms = 0; ms < 2_000; ms += 1) {
      if (ask(one!, bus)) served += 1;
      bus.advance(1);
    }
    expect(served).toBe(20);
  });

  it('counts tokens as they turn out to be, days, and what is in flight', () => {
    const bus = new Bus();
    const limits = { tokensPerMinute: 1_000, requestsPerDay: 4, concurrency: 2 };
    const [a, b] = three(bus, { limits });
    const lease = take(a!, bus, 900)!;
    bus.advance(200);
    expect(take(b!, bus, 200)).toBeUndefined();
    settle(a!.pool, lease, answered(200), bus.now);
    a!.pool.finish(lease, 'whole', '', bus.now, 100);
    bus.advance(200);
    const leases = [take(b!, bus, 200)];
    bus.advance(200);
    leases.push(take(b!, bus, 200));
    bus.advance(200);
    // Two in flight.
    expect(leases.map((given) => given === undefined)).toEqual([false, false]);
    expect(take(a!, bus, 1)).toBeUndefined();
    for (const given of leases) {
      settle(b!.pool, given!, answered(200), bus.now);
      b!.pool.finish(given!, 'whole', '', bus.now, 10);
    }
    bus.advance(200);
    expect(ask(a!, bus)).toBe(true);
    bus.advance(200);
    // Four today.
    bus.advance(61_000);
    expect([ask(a!, bus), ask(b!, bus)]).toEqual([false, false]);
  });

  it('what was in flight at one that died is free, and what it used stays used', () => {
    const bus = new Bus();
    const [a, b] = three(bus, { limits: { requestsPerMinute: 10, concurrency: 3 } });
    for (let n = 0; n < 3; n += 1) {
      expect(take(a!, bus)).toBeDefined();
      bus.advance(200);
    }
    expect(take(b!, bus)).toBeUndefined();
    bus.leave(a!);
    let served = 0;
    for (let ms = 0; ms < 2_000; ms += 1) {
      if (ask(b!, bus)) served += 1;
      bus.advance(1);
    }
    expect(served).toBe(7);
  });

  it('each keeps to its part while nothing is heard of the others, and to what is left afterwards', () => {
    const bus = new Bus();
    const members = three(bus, { limits: { requestsPerMinute: 10 } });
    // What the first has used is in its part, and in nobody else's.
    expect([ask(members[0]!, bus), ask(members[0]!, bus)]).toEqual([true, true]);
    bus.advance(200);
    bus.isBroken = true;
    for (const { company, uses } of members) {
      company.isInTouch = false;
      uses.forgetOthers();
    }
    const served = () => members.map((member) => Array.from({ length: 9 }, () => ask(member, bus)));
    expect(served().map((all) => all.filter(Boolean).length)).toEqual([1, 3, 3]);
    bus.advance(1_000);
    bus.isBroken = false;
    for (const { company, uses } of members) {
      company.isInTouch = true;
      uses.tellAll();
    }
    bus.advance(200);
    expect(served().flat().filter(Boolean).length).toBeLessThanOrEqual(3);
    bus.advance(200);
    expect(served().flat().filter(Boolean)).toEqual([]);
  });
});

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

  /** How many are served in so long, of those who ask again and again. */
  function servedIn(ms: number, members: readonly Member[], bus: Bus): number {
    let served = 0;
    for (let n = 0; n < ms; n += 1) {
      for (const member of members) while (ask(member, bus)) served += 1;
      bus.advance(1);
    }
    return served;
  }

  it.each([5, 20, 30])(
    'one of them has all of a limit after what nine answers take (on the way: %d ms)',
    (ms) => {
      const bus = new Bus(50, ms);
      const [one] = three(bus, { limits: { requestsPerMinute: 20 } });
      expect(servedIn(9 * 100, [one!], bus)).toBe(20);
    },
  );

  it('one that hears of nothing is left its part, and not waited for', () => {
    const bus = new Bus();
    const members = three(bus, { limits: { requestsPerMinute: 30 } });
    bus.cutOff = members[2];
    // Nobody knows at first that it hears of nothing.
    expect(servedIn(1_000, members.slice(0, 2), bus)).toBe(20);
    expect(servedIn(3_000, members.slice(0, 2), bus)).toBe(0);
    expect(servedIn(3_000, members.slice(2), bus)).toBe(10);
  });

  it('one that has just come and has not heard of it yet is not waited for, and left its part', () => {
    const bus = new Bus();
    const limits = { requestsPerMinute: 30 };
    const members = [bus.join('a', { limits }), bus.join('a', { limits })];
    for (let n = 0; n < 10; n += 1) {
      expect(ask(members[0]!, bus)).toBe(true);
      bus.advance(100);
    }
    members.push(bus.join('a', { limits }));
    bus.cutOff = members[2];
    expect(servedIn(700, members.slice(0, 1), bus)).toBe(10);
    bus.cutOff = undefined;
    for (const { uses } of members) uses.tellAll();
    expect(servedIn(2_000, members.slice(2), bus)).toBe(10);
  });

  it('what was left to one that is gone is for the others', () => {
    const bus = new Bus();
    const members = three(bus, { limits: { requestsPerMinute: 30 } });
    bus.cutOff = members[2];
    expect(servedIn(3_000, members.slice(0, 1), bus)).toBe(20);
    bus.leave(members[2]!);
    expect(servedIn(2_000, members.slice(0, 1), bus)).toBe(10);
  });

  it('has the last of a limit that is too small for parts, whoever hears of nothing', () => {
    const bus = new Bus();
    const [one, , cut] = three(bus, { limits: { concurrency: 1 } });
    bus.cutOff = cut;
    let served = 0;
    for (let n = 0; n < 5; n += 1) {
      bus.advance(1_500);
      if (ask(one!, bus)) served += 1;
    }
    expect(served).toBe(5);
  });

  it('one of a version that does not say what it has heard is not waited for', () => {
    const bus = new Bus();
    const members = three(bus, { limits: { requestsPerMinute: 30 } });
    bus.cutOff = members[2];
    for (const { company } of members) company.hearers = members.slice(0, 2).map(({ id }) => id);
    expect(servedIn(900, members.slice(0, 1), bus)).toBe(30);
  });

  it('what another one tells of a second counts once, however late it comes', () => {
    const bus = new Bus();
    const [a, b] = ['a', 'b'].map(() => bus.join('k', { limits: { requestsPerMinute: 20 } }));
    for (const [n, lateMs] of [5, 900, 5, 900, 5, 900].entries()) {
      expect(ask(a!, bus)).toBe(true);
      bus.travelMs = lateMs;
      bus.advance(n % 2 === 0 ? 1_000 : 1_300);
    }
    bus.travelMs = 5;
    bus.advance(2_000);
    expect(servedIn(2_000, [b!], bus)).toBe(14);
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

  it('one that has stood still takes nothing of a limit before it knows what the others used meanwhile', () => {
    const bus = new Bus();
    const [paused, ...others] = three(bus, { limits: { requestsPerMinute: 20 } });
    let isCatchingUp = false;
    paused!.company.isCatchingUp = () => isCatchingUp;
    isCatchingUp = true;
    expect(ask(paused!, bus)).toBe(false);
    expect(others.map((other) => ask(other, bus))).toEqual([true, true]);
    isCatchingUp = false;
    expect(ask(paused!, bus)).toBe(true);
    isCatchingUp = true;
    expect(ask(paused!, bus)).toBe(false);
  });

  it('one that has stood still takes what has no limit', () => {
    const bus = new Bus();
    const [paused] = three(bus, {});
    paused!.company.isCatchingUp = () => true;
    expect(ask(paused!, bus)).toBe(true);
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

describe('limits of several instances over restarts', () => {
  const NAMES = ['a', 'b', 'c'];

  /** How many are served in so long, when all ask again and again. */
  function servedIn(ms: number, members: readonly Member[], bus: Bus): number {
    let served = 0;
    for (let n = 0; n < ms; n += 1) {
      for (const member of members) if (ask(member, bus)) served += 1;
      bus.advance(1);
    }
    return served;
  }

  it.each([
    ['a day', { requestsPerDay: 30 }],
    ['a minute', { requestsPerMinute: 30 }],
    ['a day of one model', { models: { 'gpt-4o': { requestsPerDay: 30 } } }],
  ])('all of them at once, again and again: thirty %s stay thirty', (_, limits) => {
    const bus = new Bus();
    const startAll = () => NAMES.map((name) => bus.start(name, 'k', { limits }));
    let members = startAll();
    let served = servedIn(100, members, bus);
    expect(served).toBeGreaterThan(3);
    expect(served).toBeLessThan(30);
    for (let restart = 0; restart < 3; restart += 1) {
      for (const member of members) {
        bus.save(member);
        bus.leave(member);
      }
      members = startAll();
      served += servedIn(restart === 0 ? 2_000 : 500, members, bus);
      expect(served).toBeGreaterThanOrEqual(30);
      expect(served).toBeLessThanOrEqual(32);
    }
  });

  it('one after the other, each while the others live: what is used counts once, and stays', () => {
    const bus = new Bus();
    const limits = { requestsPerDay: 30 };
    const members = NAMES.map((name) => bus.start(name, 'k', { limits }));
    let served = 0;
    while (served < 20) {
      for (const member of members) if (served < 20 && ask(member, bus)) served += 1;
      bus.advance(200);
    }
    for (const [at, name] of NAMES.entries()) {
      bus.save(members[at]!);
      bus.leave(members[at]!);
      members[at] = bus.start(name, 'k', { limits });
      bus.advance(200);
    }
    served += servedIn(3_000, members, bus);
    expect(served).toBeGreaterThanOrEqual(30);
    expect(served).toBeLessThanOrEqual(32);
    for (const [at, name] of NAMES.entries()) {
      for (const member of members) bus.save(member);
      bus.leave(members[at]!);
      members[at] = bus.start(name, 'k', { limits });
      expect(servedIn(500, members, bus)).toBe(0);
    }
  });

  it.each([
    ['a minute', { requestsPerMinute: 20 }],
    ['a day', { requestsPerDay: 20 }],
  ])(
    'one that is killed and has saved nothing hears from the others what it has told: twenty %s',
    (_, limits) => {
      const bus = new Bus();
      const members = NAMES.map((name) => bus.start(name, 'k', { limits }));
      let served = servedIn(2_000, members, bus);
      expect(served).toBeGreaterThanOrEqual(20);
      for (const member of members.slice(1)) bus.save(member);
      bus.leave(members[0]!);
      members[0] = bus.start('a', 'k', { limits });
      // It hears of it within a moment of its start.
      bus.advance(200);
      served += servedIn(3_000, members, bus);
      expect(served).toBeLessThanOrEqual(22);
    },
  );

  it('what others heard of one before it was started anew is no answer to what it takes then', () => {
    const bus = new Bus();
    const limits = { requestsPerDay: 30 };
    const members = NAMES.map((name) => bus.start(name, 'k', { limits }));
    for (let n = 0; n < 12; n += 1) {
      expect(ask(members[0]!, bus)).toBe(true);
      bus.advance(200);
    }
    bus.leave(members[0]!);
    const again = bus.start('a', 'k', { limits });
    bus.advance(200);
    bus.cutOff = members[1];
    expect(servedIn(500, [again], bus)).toBe(6);
  });

  it('one that never comes back has used what it has used, until the day is over', () => {
    const bus = new Bus();
    const limits = { requestsPerDay: 10 };
    const [a, b] = ['a', 'b'].map((name) => bus.start(name, 'k', { limits }));
    for (let n = 0; n < 6; n += 1) {
      expect(ask(a!, bus)).toBe(true);
      bus.advance(200);
    }
    for (const member of [a!, b!]) {
      bus.save(member);
      bus.leave(member);
    }
    let alone = bus.start('b', 'k', { limits });
    expect(servedIn(500, [alone], bus)).toBe(4);
    bus.save(alone);
    bus.leave(alone);
    alone = bus.start('b', 'k', { limits });
    expect(servedIn(500, [alone], bus)).toBe(0);
    bus.now += 86_400_000;
    expect(servedIn(500, [alone], bus)).toBe(10);
  });

  it('out of touch the dead keep what they have used, and the living have their parts', () => {
    const bus = new Bus();
    const limits = { requestsPerDay: 30 };
    const members = NAMES.map((name) => bus.start(name, 'k', { limits }));
    for (let n = 0; n < 10; n += 1) {
      expect(ask(members[2]!, bus)).toBe(true);
      bus.advance(200);
    }
    for (const member of members) bus.save(member);
    for (const member of members) bus.leave(member);
    const two = ['a', 'b'].map((name) => bus.start(name, 'k', { limits }));
    bus.advance(200);
    bus.isBroken = true;
    for (const { company, uses } of two) {
      company.isInTouch = false;
      uses.forgetOthers();
    }
    // Half of the limit is fifteen for each.
    expect(two.map((member) => servedIn(100, [member], bus))).toEqual([5, 5]);
  });

  it('reads what older versions have written, which nobody counts twice', () => {
    const bus = new Bus();
    const limits = { requestsPerDay: 30 };
    const to = bus.now - (bus.now % 86_400_000) + 86_400_000;
    bus.stored('k', JSON.stringify({ at: bus.now, whole: { d: [to, 20, 0] } }));
    const members = NAMES.map((name) => bus.start(name, 'k', { limits }));
    const served = servedIn(2_000, members, bus);
    expect(served).toBeGreaterThanOrEqual(10);
    expect(served).toBeLessThanOrEqual(12);
  });
});

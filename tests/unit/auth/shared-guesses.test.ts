import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ClientAddress } from '../../../lib/auth/client-address';
import { GuessLimiter, type GuessesOf } from '../../../lib/auth/guess-limiter';

let now: number;
let written: Map<string, { readonly by: number; readonly at: number; readonly count: GuessesOf }>;

beforeEach(() => {
  now = 1_000_000;
  written = new Map();
});

const at = (address: string, socketAddress = address): ClientAddress => ({ address, socketAddress });
const HOME = at('203.0.113.7');

/** One process with its own clock, and a table that it shares with the others. */
class Instance {
  readonly counted = new Set<string>();
  readonly limiter: GuessLimiter;

  constructor(
    readonly number: number,
    aheadMs = 0,
  ) {
    this.limiter = new GuessLimiter(
      () => now + aheadMs,
      undefined,
      (id) => this.counted.add(id),
    );
  }

  wrong(times: number, address = HOME): number {
    let wait = 0;
    for (let i = 0; i < times; i += 1) wait = this.limiter.wrong(address, 'admin');
    return wait;
  }

  write(): void {
    for (const id of this.counted) {
      const count = this.limiter.countOf(id);
      if (count !== undefined) written.set(`${id} ${this.number}`, { by: this.number, at: now, count });
    }
    this.counted.clear();
  }

  read(): void {
    const theirs = [...written.values()].filter(({ by }) => by !== this.number);
    this.limiter.learn(
      theirs.map(({ at: then, count }) => ({
        ...count,
        agesMs: count.agesMs.map((age) => age + now - then),
        blockedForMs: count.blockedForMs === null ? null : count.blockedForMs - (now - then),
      })),
    );
  }
}

function exchange(...instances: readonly Instance[]): void {
  for (const instance of instances) instance.write();
  for (const instance of instances) instance.read();
}

describe('instances that share what they count', () => {
  let a: Instance;
  let b: Instance;
  beforeEach(() => {
    a = new Instance(1);
    b = new Instance(2, 7_000_000);
  });

  it('add up wrong tokens, each of them once, however often they are written and read', () => {
    a.wrong(2);
    for (let i = 0; i < 3; i += 1) exchange(a, b);
    expect(b.wrong(2)).toBe(0);
    for (let i = 0; i < 3; i += 1) exchange(a, b);
    expect(a.wrong(1)).toBe(60);
    expect(b.wrong(1)).toBe(60);
  });

  it('a block of one holds at the others for as long, and comes to an end at all', () => {
    a.wrong(5);
    now += 10_000;
    exchange(a, b);
    expect(b.wrong(1)).toBe(50);
    now += 50_000;
    expect([a.wrong(1), b.wrong(1)]).toEqual([0, 0]);
  });

  it('what came to others while they had not heard of the block counts no more when it is over', () => {
    a.wrong(5);
    now += 500;
    expect(b.wrong(4)).toBe(0);
    exchange(a, b);
    now += 59_500;
    exchange(a, b);
    expect(a.wrong(3)).toBe(0);
    expect(b.wrong(3)).toBe(0);
  });

  it('the wait grows with each block, wherever it was', () => {
    expect(a.wrong(5)).toBe(60);
    exchange(a, b);
    now += 60_000;
    expect(b.wrong(5)).toBe(120);
    exchange(a, b);
    now += 120_000;
    expect(a.wrong(5)).toBe(240);
  });

  it('two blocks that begin at once are one', () => {
    a.wrong(5);
    b.wrong(5);
    exchange(a, b);
    now += 60_000;
    expect(a.wrong(5)).toBe(120);
  });

  it('forget wrong tokens of others after a minute too', () => {
    a.wrong(4);
    exchange(a, b);
    now += 60_000;
    expect(b.wrong(4)).toBe(0);
  });

  it('a process that starts again knows what it had counted, and how long the next wait is', () => {
    a.wrong(5);
    a.wrong(3, at('203.0.113.8'));
    a.write();
    const again = new Instance(3);
    again.read();
    expect(again.wrong(1)).toBe(60);
    expect(again.wrong(2, at('203.0.113.8'))).toBe(60);
    now += 60_000;
    expect(again.wrong(5)).toBe(120);
  });

  it('a wrong token is learnt of no more once it counts no more', () => {
    a.wrong(1);
    now += 60_000;
    expect(a.limiter.countOf('203.0.113.7')).toBeUndefined();
    a.wrong(5, at('203.0.113.8'));
    now += 3_660_001;
    expect(a.limiter.countOf('203.0.113.8')).toBeUndefined();
    expect(a.limiter.countOf('nobody')).toBeUndefined();
  });

  it('a proxy as a whole has 50 wrong ones a minute at all of them together', () => {
    for (let i = 0; i < 30; i += 1) a.wrong(1, at(`198.51.100.${i}`, '10.0.0.1'));
    exchange(a, b);
    for (let i = 30; i < 49; i += 1) expect(b.wrong(1, at(`198.51.100.${i}`, '10.0.0.1'))).toBe(0);
    expect(b.wrong(1, at('198.51.100.99', '10.0.0.1'))).toBe(60);
  });

  it('remember a block that was learnt when very many others are', () => {
    a.wrong(5);
    exchange(a, b);
    const crowd = Array.from({ length: 20_000 }, (_, i) => ({
      address: `2001:db8:${(i >> 8).toString(16)}:${i & 255}::/64`,
      agesMs: [0],
      blockedForMs: null,
      blocks: 0,
    }));
    b.limiter.learn(crowd);
    expect(b.wrong(1)).toBe(60);
  });
});

it('whatever comes where, all are blocked as one would be, when each is told of the others before the next', () => {
  const step = fc.record({
    host: fc.integer({ min: 0, max: 2 }),
    instance: fc.integer({ min: 0, max: 2 }),
    passedMs: fc.integer({ min: 0, max: 90_000 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      written.clear();
      const instances = [new Instance(1), new Instance(2, -5_000), new Instance(3)];
      const one = new GuessLimiter(() => now);
      for (const { host, instance, passedMs } of steps) {
        now += passedMs;
        const address = at(`198.51.100.${host}`, '10.0.0.1');
        const wait = instances[instance]?.limiter.wrong(address, 'admin');
        expect(wait).toBe(one.wrong(address, 'admin'));
        exchange(...instances);
      }
    }),
    { numRuns: 200 },
  );
});

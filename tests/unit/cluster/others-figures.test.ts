import { beforeEach, describe, expect, it } from 'vitest';
import { Pool } from '../../../lib/balancer/pool/pool';
import { SILENT } from '../../../lib/balancer/events';
import { everybodysBreaker } from '../../../lib/admin/breaker-item';
import { RateMeter } from '../../../lib/admin/live/rate-meter';
import { proxyUse } from '../../../lib/admin/proxies/proxy-item';
import { KEYS_TOLD_MAX, PASSED_TOLD_MAX, underWay } from '../../../lib/cluster/figures';
import { instancesOf } from '../../../lib/cluster/instances';
import { Living } from '../../../lib/cluster/living';
import { OthersFigures } from '../../../lib/cluster/others-figures';
import { SettingsTokenUse } from '../../../lib/inventory/settings-token-use';
import { configure, egressesOf } from '../balancer/egress/support';
import { keyConfig, poolConfig, SeededRandom, settle, START_MS, take } from '../balancer/support';

const PAGE_LIFE_MS = 15_000;
const FAILURES = 7;

/** Pages of instances in virtual time, as Redis keeps them. */
class Board {
  now = START_MS;
  readonly members: Member[] = [];
  readonly #pages = new Map<string, { readonly text: string; readonly at: number }>();

  join(keyIds: readonly string[], name?: string): Member {
    const member = new Member(this, `m${this.members.length}-${this.now}`, keyIds, name);
    this.members.push(member);
    return member;
  }

  /** Without a word: its page stays. */
  kill(member: Member): void {
    this.members.splice(this.members.indexOf(member), 1);
  }

  put(id: string, text: string): void {
    this.#pages.set(id, { text, at: this.now });
  }

  pages() {
    return [...this.#pages].flatMap(([from, { text, at }]) =>
      this.now - at < PAGE_LIFE_MS ? [{ from, text }] : [],
    );
  }

  advance(seconds: number): void {
    for (let n = 0; n < seconds; n += 1) {
      this.now += 1_000;
      for (const member of this.members) member.say();
      for (const member of this.members) member.hear();
    }
  }
}

class Member {
  readonly pool: Pool;
  readonly egresses = egressesOf('e');
  readonly tokens: SettingsTokenUse;
  readonly rates: RateMeter;
  readonly figures: OthersFigures;
  readonly told: string[] = [];
  written = 0;
  waiting = 0;
  readonly #living: Living;
  readonly #startedAt: number;

  constructor(
    private readonly board: Board,
    readonly id: string,
    keyIds: readonly string[],
    private readonly name = id,
  ) {
    this.#startedAt = board.now;
    this.#living = new Living(name);
    const now = () => board.now;
    this.rates = new RateMeter(now);
    this.tokens = new SettingsTokenUse(now);
    this.pool = new Pool(poolConfig(), new SeededRandom(), SILENT, this.egresses);
    this.pool.setKeys(
      keyIds.map((keyId) => keyConfig(keyId)),
      () => undefined,
    );
    this.figures = new OthersFigures({
      pools: this.#pools,
      egresses: this.egresses,
      now,
      onKey: (keyId) => this.told.push(keyId),
      onEgress: (egressId) => this.told.push(egressId),
      onBreaker: () => this.told.push('breaker'),
      onWritten: () => this.told.push('written'),
    });
  }

  get #pools() {
    return new Map([['p', this.pool]]);
  }

  key(id: string) {
    return this.pool.key(id) ?? expect.fail('no such key');
  }

  get egress() {
    return this.egresses.get('e') ?? expect.fail('no such proxy');
  }

  get inFlight(): number {
    return this.pool.keys.reduce((sum, { inFlight }) => sum + inFlight, 0);
  }

  finish(requests: number, durationMs: number, status = 200): void {
    for (let n = 0; n < requests; n += 1) {
      const tokens = { promptTokens: 5, completionTokens: 5 };
      this.rates.note({ status, outcome: 'success', durationMs, ttfbMs: null, ...tokens });
    }
  }

  say(): void {
    const { board, waiting, written } = this;
    const crowd = waiting === 0 ? undefined : { count: waiting, since: board.now - 2_000 };
    const minute = this.rates.minute();
    const figures = {
      written,
      minute,
      ...underWay({
        pools: this.#pools,
        egresses: this.egresses,
        crowdOf: () => crowd,
        tokens: this.tokens.all,
        now: () => board.now,
      }),
    };
    const { name, inFlight } = this;
    const page = { name, version: '', host: '', pid: 1, upMs: board.now - this.#startedAt, inFlight };
    board.put(this.id, JSON.stringify({ ...page, waiting, requestsPerMinute: minute.requests, figures }));
  }

  hear(): void {
    const others = this.board.pages().filter(({ from }) => from !== this.id);
    this.figures.update(this.#living.update(instancesOf(others), this.board.now));
  }

  all() {
    return this.rates.read(
      this.inFlight + this.figures.inFlight,
      this.waiting + this.figures.waiting,
      this.figures.minutes,
    );
  }
}

describe('live figures of several instances', () => {
  let board: Board;
  let a: Member;
  let b: Member;
  let c: Member;

  beforeEach(() => {
    board = new Board();
    [a, b, c] = [board.join(['x', 'y']), board.join(['x', 'y']), board.join(['x', 'y'])];
    board.advance(1);
  });

  it('are the same at each, however often a page is read', () => {
    a.key('x').inFlight = 2;
    b.key('x').inFlight = 1;
    b.key('y').inFlight = 4;
    b.egress.inFlight = 5;
    c.waiting = 3;
    a.finish(10, 100);
    b.finish(10, 9_000);
    b.finish(FAILURES, 100, 500);
    board.advance(3);
    for (const member of [a, b, c]) {
      expect(member.all()).toMatchObject({ inFlight: 7, waiting: 3, requestsPerMinute: 27 });
      expect(member.all()).toEqual(a.all());
      const shown = (id: string) => member.key(id).inFlight + member.key(id).inFlightElsewhere;
      expect([shown('x'), shown('y')]).toEqual([3, 4]);
      expect(member.inFlight + member.pool.inFlightElsewhere).toBe(7);
      expect(member.egress.inFlight + member.egress.inFlightElsewhere).toBe(5);
    }
    expect(a.all().latencyP95Ms).toBe(9_000);
    expect(a.all().successRate).toBeCloseTo(20 / 27);
    expect(a.figures.crowdOf(a.pool)).toEqual({ count: 3, since: board.now - 2_000 });
    expect(c.figures.crowdOf(c.pool)).toBeUndefined();
  });

  it('are told of once for each change, and not at all while nothing happens', () => {
    b.key('x').inFlight = 1;
    b.egress.inFlight = 1;
    board.advance(5);
    expect(a.told).toEqual(['x', 'e']);
    b.key('x').inFlight = 0;
    b.egress.inFlight = 0;
    b.written = 3;
    board.advance(5);
    expect(a.told).toEqual(['x', 'e', 'x', 'e', 'written']);
    expect(a.key('x').inFlightElsewhere).toBe(0);
    expect(a.pool.inFlightElsewhere).toBe(0);
  });

  it('have what has passed each proxy at all, one added meanwhile too, while those who counted it live', () => {
    Object.assign(a.egress, { requestCount: 3, errorCount: 1 });
    Object.assign(b.egress, { requestCount: 4, errorCount: 2 });
    configure(c.egresses, '');
    board.advance(2);
    configure(c.egresses, 'e');
    board.advance(2);
    for (const { egress } of [a, b, c])
      expect(proxyUse(egress)).toMatchObject({ requestCount: 7, errorCount: 3 });
    b.egress.requestCount += 2;
    board.advance(1);
    expect(proxyUse(c.egress)).toMatchObject({ requestCount: 9, errorCount: 3 });
    board.kill(b);
    board.advance(18);
    expect(proxyUse(c.egress)).toMatchObject({ requestCount: 3, errorCount: 1 });
    c.figures.update([]);
    expect(proxyUse(c.egress)).toMatchObject({ requestCount: 0, errorCount: 0 });
  });

  it('have what tokens of the settings are used for at all, and when last, while those who counted it live', () => {
    const use = () => {
      const [here, there] = [c.tokens.of('t'), c.figures.tokenUse('t')];
      return [here.requestCount, there.requestCount, there.lastUsedAt];
    };
    const startedAt = board.now;
    for (const member of [a, a, b, c]) member.tokens.used('t');
    a.tokens.used('other');
    board.advance(1);
    expect(use()).toEqual([1, 3, startedAt]);
    b.tokens.used('t');
    board.advance(2);
    expect(use()).toEqual([1, 4, startedAt + 1_000]);
    board.kill(b);
    board.advance(18);
    expect(use()).toEqual([1, 2, startedAt]);
    c.figures.update([]);
    expect(use()).toEqual([1, 0, null]);
  });

  it('lose an instance that dies when its page expires', () => {
    b.key('x').inFlight = 2;
    board.advance(1);
    board.kill(b);
    board.advance(10);
    expect(a.all().inFlight).toBe(2);
    board.advance(8);
    expect(a.all().inFlight).toBe(0);
    expect(a.key('x').inFlightElsewhere).toBe(0);
    expect(a.pool.inFlightElsewhere).toBe(0);
  });

  it('count nothing twice of one that died and was started anew at once', () => {
    const first = board.join(['x', 'y'], 'same');
    first.key('x').inFlight = 2;
    board.advance(2);
    board.kill(first);
    const second = board.join(['x', 'y'], 'same');
    second.key('x').inFlight = 2;
    board.advance(6);
    expect([a.all().inFlight, second.all().inFlight]).toEqual([2, 2]);
  });

  it('say of a breaker the worst that any tells, and that it has changed', () => {
    for (let n = 0; n < 20 && b.pool.breaker.state === 'closed'; n += 1) {
      const lease = take(b.pool, board.now, { witness: {} });
      const outcome = { kind: 'dial_failed', at: 'upstream', message: 'ECONNREFUSED' } as const;
      settle(b.pool, lease, outcome, board.now);
    }
    a.told.length = 0;
    board.advance(1);
    expect(a.pool.breaker.state).toBe('closed');
    expect(a.pool.breakerElsewhere).toMatchObject({ state: 'open', cause: 'failures' });
    expect(everybodysBreaker(a.pool).state).toBe('open');
    expect(everybodysBreaker(b.pool)).toEqual(b.pool.breaker);
    expect(a.told.filter((what) => what === 'breaker')).toHaveLength(1);
    a.figures.update([]);
    expect(everybodysBreaker(a.pool).state).toBe('closed');
    expect(a.told.filter((what) => what === 'breaker')).toHaveLength(2);
  });

  it('are one’s own where nothing is heard of the others, and what was written before is no news', () => {
    b.key('x').inFlight = 2;
    b.written = 5;
    board.advance(1);
    a.told.length = 0;
    a.figures.update([]);
    expect(a.all().inFlight).toBe(0);
    expect(a.pool.inFlightElsewhere).toBe(0);
    a.hear();
    expect(a.all().inFlight).toBe(2);
    expect(a.told).toEqual(['x', 'x']);
  });
});

it('a page stays small: the busiest keys are in it, and the sums are of all', () => {
  const board = new Board();
  const ids = Array.from({ length: 5_000 }, (_, n) => `0a1b2c3d-0000-4000-8000-${n}`);
  const [a, b] = [board.join(ids), board.join(ids)];
  for (const key of b.pool.keys) key.inFlight = 1;
  b.key(ids[4_321] ?? '').inFlight = 9;
  board.advance(1);
  expect(a.key(ids[4_321] ?? '').inFlightElsewhere).toBe(9);
  expect(a.pool.inFlightElsewhere).toBe(5_008);
  expect(a.told).toHaveLength(KEYS_TOLD_MAX);
  const sizes = board.pages().map(({ text }) => text.length);
  expect(Math.max(...sizes)).toBeLessThan(16 * 1024);
});

it('a page tells of a thousand proxies, those that are used most', () => {
  const ids = Array.from({ length: PASSED_TOLD_MAX + 1 }, (_, n) => String.fromCodePoint(0x4e00 + n));
  const egresses = egressesOf(ids.join(''));
  for (const [n, egress] of [...egresses.states].entries()) egress.requestCount = n + 1;
  const { passed } = underWay({
    pools: new Map(),
    egresses,
    crowdOf: () => undefined,
    tokens: [],
    now: () => 0,
  });
  expect(passed).toHaveLength(PASSED_TOLD_MAX);
  expect(passed?.map(([id]) => id)).not.toContain(ids[0]);
});

it('a page of another version, or a broken one, says who lives and no more', () => {
  const page = { name: 'n', version: '0', host: 'h', pid: 1, upMs: 1 };
  const figures = { inFlight: 1, waiting: 0, requestsPerMinute: 0 };
  const read = (more: object) =>
    instancesOf([{ from: 'a', text: JSON.stringify({ ...page, ...figures, ...more }) }]);
  expect(read({})).toMatchObject([{ id: 'a', inFlight: 1 }]);
  expect(read({ figures: { keys: [['x', -1]] } })[0]?.figures).toBeUndefined();
  const minute = new RateMeter(() => 0).minute();
  const older = { written: 1, minute, providers: [], keys: [], proxies: [] };
  expect(read({ figures: older })[0]?.figures).toMatchObject(older);
  expect(read({ figures: { ...older, passed: 'much', tokens: [['t', -1, 0]] } })[0]?.figures).toMatchObject(
    older,
  );
});

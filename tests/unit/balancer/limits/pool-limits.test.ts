import { describe, expect, it } from 'vitest';
import { ANSWER } from '../../../../lib/balancer/facts';
import type { Limits } from '../../../../lib/balancer/limits/limits';
import type { SeenLimit } from '../../../../lib/balancer/limits/seen-limits';
import { judge, type Outcome } from '../../../../lib/balancer/attempts/verdict';
import { savedStateOf } from '../../../../lib/balancer/pool/key-state';
import type { Lease } from '../../../../lib/balancer/pool/lease';
import { Pool } from '../../../../lib/balancer/pool/pool';
import {
  answered,
  EventLog,
  keyConfig,
  keyState,
  leaseRequest,
  noEgresses,
  poolConfig,
  poolOf,
  QUOTA,
  SeededRandom,
  shortageOf,
  START_MS as NOW,
  take,
} from '../support';

interface Given {
  readonly keys?: Readonly<Record<string, { readonly limits?: Limits; readonly account?: string }>>;
  readonly limits?: Limits;
}

function pool({ keys = { a: {} }, limits }: Given): Pool {
  const made = new Pool(
    poolConfig({ limits, cooldownMs: 5_000 }),
    new SeededRandom(),
    new EventLog(),
    noEgresses(),
  );
  made.setKeys(
    Object.entries(keys).map(([keyId, over]) => keyConfig(keyId, over)),
    () => undefined,
  );
  return made;
}

function settle(of: Pool, lease: Lease, outcome: Outcome, now: number): void {
  of.settle(lease, outcome, judge(outcome), now);
}

/** Leases as often as it can; returns which keys. */
function drain(of: Pool, now: number, over: Parameters<typeof leaseRequest>[0] = {}): string {
  let keys = '';
  for (;;) {
    const leased = of.lease(leaseRequest(over), now);
    if (!leased.ok) return [...keys].sort().join('');
    keys += leased.lease.key.config.keyId;
    settle(of, leased.lease, answered(200), now);
    of.finish(leased.lease, 'whole', '', now);
  }
}

function drainOne(of: Pool, now: number, keyId: string, model = 'gpt-4o'): boolean {
  const tried = new Set(of.keys.filter(({ config }) => config.keyId !== keyId));
  const leased = of.lease(leaseRequest({ model, tried }), now);
  if (!leased.ok) return false;
  leased.lease.release();
  return leased.lease.key.config.keyId === keyId;
}

function use(of: Pool, lease: Lease, now: number): void {
  settle(of, lease, answered(200), now);
  of.finish(lease, 'whole', '', now);
}

const seen = (limits: readonly SeenLimit[], account?: string): Outcome => ({
  kind: 'answer',
  status: 200,
  facts: ANSWER,
  limits,
  ...(account !== undefined && { account }),
});

describe('a key that was refused', () => {
  it('is asked by one of those who have waited for it, and by more as answers come', () => {
    const of = pool({});
    settle(of, take(of, NOW), answered(429, { 'retry-after': '6' }), NOW);
    const now = NOW + 6_000;
    const open = [take(of, now)];
    for (const most of [2, 4, 8]) {
      expect(shortageOf(of, now).retryAfterMs).toBe(250);
      for (const lease of open.splice(0)) use(of, lease, now);
      while (open.length < most) open.push(take(of, now));
    }
    expect(of.lease(leaseRequest(), now).ok).toBe(false);
    expect(of.lease(leaseRequest(), now + 60_000).ok).toBe(true);
  });
});

describe('limits that are set', () => {
  it('of requests hold for each key, and the shortage says when there is room again', () => {
    const of = pool({ keys: { a: {}, b: {} }, limits: { requestsPerMinute: 3 } });
    expect(drain(of, NOW)).toBe('aaabbb');
    const shortage = shortageOf(of, NOW + 10_000);
    expect(shortage).toEqual({ reason: 'all_cooling', retryAfterMs: 51_000 });
    expect(drain(of, NOW + 60_999)).toBe('');
    expect(drain(of, NOW + 61_000)).toBe('aaabbb');
  });

  it('count from the dial on: those who write that down hear of it before the answer', () => {
    const events = new EventLog();
    const of = poolOf('a', { limits: { requestsPerDay: 5 } }, events);
    const before = of.keys[0]!.account!.sharedUse.version;
    take(of, NOW);
    expect(events.keyChanges).toEqual(['a used']);
    expect(of.keys[0]!.account!.sharedUse.version).not.toBe(before);

    const unlimited = new EventLog();
    take(poolOf('a', {}, unlimited), NOW);
    expect(unlimited.keyChanges).toEqual([]);
  });

  it("of a key win over its provider's, one by one", () => {
    const limits = { requestsPerMinute: 2, tokensPerMinute: 10 };
    const of = pool({ keys: { a: { limits: { requestsPerMinute: 5 } }, b: {} }, limits });
    expect(drain(of, NOW, { tokens: 2 })).toBe('aaaaabb');
    expect(
      drain(pool({ keys: { a: { limits: { requestsPerMinute: 5 } } }, limits }), NOW, { tokens: 4 }),
    ).toBe('aa');
  });

  it('of a model hold for it alone', () => {
    const of = pool({ limits: { models: { 'gpt-4o': { requestsPerMinute: 1 } } } });
    expect(drain(of, NOW)).toBe('a');
    expect(of.lease(leaseRequest({ model: 'o3' }), NOW).ok).toBe(true);
  });

  it('are not found under names that every object has', () => {
    const of = pool({
      limits: { requestsPerMinute: 9, models: { ['__proto__']: { requestsPerMinute: 1 } } },
    });
    expect(of.lease(leaseRequest({ model: 'constructor' }), NOW).ok).toBe(true);
    expect(of.lease(leaseRequest({ model: '__proto__' }), NOW).ok).toBe(true);
  });

  it('of requests at a time are free again when one ends', () => {
    const of = pool({ limits: { concurrency: 2 } });
    const first = take(of, NOW);
    take(of, NOW);
    expect(shortageOf(of, NOW).reason).toBe('all_cooling');
    settle(of, first, answered(200), NOW);
    expect(shortageOf(of, NOW).reason).toBe('all_cooling');
    of.finish(first, 'whole', '', NOW);
    expect(of.lease(leaseRequest(), NOW).ok).toBe(true);
  });

  it.each([
    ['of a provider', { limits: { concurrency: 2, requestsPerMinute: 4 } }, {}],
    ['of a key', {}, { limits: { concurrency: 2, requestsPerMinute: 4 } }],
    ['of a model', {}, { limits: { models: { 'gpt-4o': { concurrency: 2, requestsPerMinute: 4 } } } }],
  ])('%s count what is in flight when they are set', (_of, provider, key) => {
    const of = pool({});
    const [first, second, third] = [take(of, NOW), take(of, NOW), take(of, NOW)];
    for (let time = 0; time < 2; time += 1) {
      of.configure(poolConfig(provider));
      of.setKeys([keyConfig('a', key)], () => undefined);
    }
    for (const lease of [first, second]) {
      expect(of.lease(leaseRequest(), NOW).ok).toBe(false);
      use(of, lease, NOW);
    }
    take(of, NOW);
    expect(of.lease(leaseRequest(), NOW).ok).toBe(false);
    use(of, third, NOW);
    expect(shortageOf(of, NOW + 30_000).retryAfterMs).toBe(31_000);
  });

  it.each([
    ['of a provider', { limits: { concurrency: 4, requestsPerMinute: 7 } }, {}],
    ['of keys', {}, { limits: { concurrency: 4, requestsPerMinute: 7 } }],
  ])('%s count what is in flight at each key that joins an account', (_of, provider, key) => {
    const of = pool({ keys: { a: {}, b: {} } });
    const open = Array.from({ length: 6 }, () => take(of, NOW));
    of.configure(poolConfig(provider));
    of.setKeys(
      ['a', 'b'].map((keyId) => keyConfig(keyId, { ...key, account: 'org' })),
      () => undefined,
    );
    for (const lease of open.slice(0, 3)) {
      expect(of.lease(leaseRequest(), NOW).ok).toBe(false);
      use(of, lease, NOW);
    }
    take(of, NOW);
    for (const lease of open.slice(3)) use(of, lease, NOW);
    expect(shortageOf(of, NOW).retryAfterMs).toBeGreaterThan(50_000);
  });

  it('of a day end with it, at the hour that is set', () => {
    const dayResetsAt = { time: '06:00', zone: 'UTC' };
    const of = pool({ limits: { requestsPerDay: 2, dayResetsAt } });
    expect(drain(of, NOW)).toBe('aa');
    expect(shortageOf(of, NOW + 120_000).retryAfterMs).toBe(6 * 3_600_000 - 120_000);
    expect(drain(of, NOW + 6 * 3_600_000)).toBe('aa');
  });

  it('of tokens reserve what a request may use, and are corrected by what it did', () => {
    const of = pool({ limits: { tokensPerMinute: 1_000 } });
    const first = take(of, NOW, { tokens: 900 });
    // Nobody knows yet how much of what is reserved it will use.
    expect(shortageOf(of, NOW, { tokens: 200 }).retryAfterMs).toBe(250);
    settle(of, first, answered(200), NOW);
    of.finish(first, 'whole', '', NOW + 1_000, 300);
    const second = take(of, NOW + 1_000, { tokens: 700 });
    expect(shortageOf(of, NOW + 1_000, { tokens: 1 }).reason).toBe('all_cooling');
    // It used more than it said.
    settle(of, second, answered(200), NOW + 1_000);
    of.finish(second, 'whole', '', NOW + 2_000, 5_000);
    expect(shortageOf(of, NOW + 61_500, { tokens: 100 }).reason).toBe('all_cooling');
    expect(of.lease(leaseRequest({ tokens: 1_000 }), NOW + 62_000).ok).toBe(true);
  });

  it.each(['tokensPerMinute', 'tokensPerDay'])(
    'of %s are waited for while those in flight may give some back',
    (name) => {
      const of = pool({ limits: { [name]: 1_000 } });
      const first = take(of, NOW, { tokens: 900 });
      expect(shortageOf(of, NOW, { tokens: 1_000 }).retryAfterMs).toBe(250);
      settle(of, first, answered(200), NOW);
      of.finish(first, 'whole', '', NOW, 900);
      expect(shortageOf(of, NOW, { tokens: 200 }).retryAfterMs).toBeGreaterThan(50_000);
      const second = take(of, NOW, { tokens: 50 });
      // All that it may give back is not enough.
      expect(shortageOf(of, NOW, { tokens: 200 }).retryAfterMs).toBeGreaterThan(50_000);
      second.release();
      expect(shortageOf(of, NOW, { tokens: 200 }).retryAfterMs).toBeGreaterThan(50_000);
    },
  );

  it('count tokens of answers alone, and no request that never got there', () => {
    const of = pool({ limits: { requestsPerMinute: 2, tokensPerMinute: 100 } });
    settle(of, take(of, NOW, { tokens: 100 }), answered(500), NOW);
    settle(of, take(of, NOW, { tokens: 100 }), { kind: 'dial_failed', at: 'upstream', message: '' }, NOW);
    take(of, NOW, { tokens: 100 });
    expect(shortageOf(of, NOW).reason).toBe('all_cooling');
  });

  it('are of the account, however many keys it has', () => {
    const keys = { a: { account: 'org' }, b: { account: 'org' }, c: {} };
    expect(drain(pool({ keys, limits: { requestsPerMinute: 3 } }), NOW)).toHaveLength(6);
  });

  it('that change apply at once to what has been used', () => {
    const of = pool({ limits: { requestsPerMinute: 3 } });
    expect(drain(of, NOW)).toBe('aaa');
    of.configure({ ...of.config, limits: { requestsPerMinute: 5 } });
    expect(drain(of, NOW)).toBe('aa');
    of.configure({ ...of.config, limits: undefined });
    expect(of.lease(leaseRequest(), NOW).ok).toBe(true);
  });

  it('outlive a restart, for the minute and the day, and keys of one account share what was', () => {
    const keys = { a: { account: 'org' }, b: { account: 'org' }, c: {} };
    const limits = { requestsPerMinute: 4, requestsPerDay: 6, models: { o3: { requestsPerDay: 1 } } };
    const before = pool({ keys, limits });
    const drained = drain(before, NOW);
    expect(drained).toHaveLength(8);
    expect(drain(before, NOW + 61_000, { model: 'o3' })).toHaveLength(2);
    const after = pool({ keys: {}, limits });
    after.setKeys(
      Object.entries(keys).map(([keyId, over]) => keyConfig(keyId, over)),
      (keyId) => savedStateOf(before.key(keyId)!, NOW + 62_000),
    );
    expect(drain(after, NOW + 63_000, { model: 'o3' })).toBe('');
    expect(drain(after, NOW + 63_000)).toHaveLength(2);
    expect(drain(after, NOW + 7_200_000)).toBe('');
    expect(drain(after, NOW + 86_400_000)).toHaveLength(8);
  });

  it('are not confused by what another version has written', () => {
    const after = pool({ keys: {} });
    const saved = savedStateOf(keyState('a'), NOW);
    for (const uses of ['', '{', '[]', '{"at":"x"}', '{"at":1,"whole":{"r":[["a",1]]}}']) {
      after.setKeys([], () => undefined);
      after.setKeys([keyConfig('a')], () => ({ ...saved, uses }));
      expect(after.lease(leaseRequest(), NOW).ok).toBe(true);
    }
  });

  it('outlive a new configuration of the keys', () => {
    const of = pool({ limits: { requestsPerMinute: 3 } });
    expect(drain(of, NOW)).toBe('aaa');
    of.setKeys([keyConfig('a', { weight: 2 }), keyConfig('b')], () => undefined);
    expect(drain(of, NOW)).toBe('bbb');
  });
});

describe('keys of one account', () => {
  const keys = { a: { account: 'org' }, b: { account: 'org' }, c: {} };

  it('rest together after a limit, for the model that met it', () => {
    const of = pool({ keys });
    settle(of, take(of, NOW), answered(429, { 'retry-after': '30' }), NOW);
    expect(drainOne(of, NOW, 'c')).toBe(true);
    expect(drainOne(of, NOW, 'b')).toBe(false);
    expect(drainOne(of, NOW, 'b', 'o3')).toBe(true);
    expect(drainOne(of, NOW + 30_000, 'b')).toBe(true);
  });

  it('rest together when its money is gone, and only the one that was told counts a failure', () => {
    const of = pool({ keys });
    settle(of, take(of, NOW), answered(429, {}, QUOTA), NOW);
    expect(of.keys.map(({ cooldown }) => cooldown.until > NOW)).toEqual([true, true, false]);
    expect(of.keys.map(({ failures }) => failures)).toEqual([1, 0, 0]);
  });

  it('are left alone by what speaks of one key', () => {
    const of = pool({ keys });
    settle(of, take(of, NOW), answered(401), NOW);
    expect(drainOne(of, NOW, 'b')).toBe(true);
  });
});

describe('limits that answers tell', () => {
  const none: readonly SeenLimit[] = [{ of: 'requests', limit: 50, remaining: 0, resetAt: NOW + 20_000 }];

  it('rest a key before its first refusal, for the model that they are of', () => {
    const of = pool({});
    settle(of, take(of, NOW), seen(none), NOW);
    expect(shortageOf(of, NOW)).toEqual({ reason: 'all_cooling', retryAfterMs: 20_000 });
    expect(of.lease(leaseRequest({ model: 'o3' }), NOW).ok).toBe(true);
    expect(of.lease(leaseRequest(), NOW + 20_000).ok).toBe(true);
  });

  it('count what has been sent since', () => {
    const of = pool({});
    settle(
      of,
      take(of, NOW),
      seen([{ of: 'requests', limit: 50, remaining: 2, resetAt: NOW + 20_000 }]),
      NOW,
    );
    take(of, NOW);
    take(of, NOW);
    expect(shortageOf(of, NOW).retryAfterMs).toBe(20_000);
  });

  it('are believed of the request that was sent last, in whichever order answers come', () => {
    const of = pool({});
    const [first, second] = [take(of, NOW), take(of, NOW)];
    const left = (remaining: number) =>
      seen([{ of: 'requests' as const, limit: 50, remaining, resetAt: NOW + 20_000 }]);
    settle(of, second, left(0), NOW);
    settle(of, first, left(1), NOW);
    expect(shortageOf(of, NOW).retryAfterMs).toBe(20_000);
  });

  it('of tokens let through what there are enough for', () => {
    const of = pool({});
    const limits = [{ of: 'tokens', limit: 1_000, remaining: 300, resetAt: NOW + 9_000 }] as const;
    settle(of, take(of, NOW, { tokens: 700 }), seen(limits), NOW);
    expect(shortageOf(of, NOW, { tokens: 301 }).retryAfterMs).toBe(9_000);
    expect(of.lease(leaseRequest({ tokens: 300 }), NOW).ok).toBe(true);
  });

  it('that refill bit by bit are known by how their reset moves', () => {
    const of = pool({});
    let now = NOW;
    // 20 a minute: one comes back in 3 s, and the reset tells when all have.
    for (const remaining of [19, 18, 17, 16]) {
      const resetAt = now + (20 - remaining) * 3_000;
      settle(of, take(of, now), seen([{ of: 'requests', limit: 20, remaining, resetAt }]), now);
    }
    settle(
      of,
      take(of, now),
      seen([{ of: 'requests', limit: 20, remaining: 0, resetAt: now + 60_000 }]),
      now,
    );
    expect(shortageOf(of, now).retryAfterMs).toBe(3_000);
    now += 3_000;
    take(of, now);
    expect(shortageOf(of, now).retryAfterMs).toBe(3_000);
  });

  it('give way to the time that a refusal names', () => {
    const of = pool({});
    const limits = [{ of: 'requests', limit: 20, remaining: 0, resetAt: NOW + 60_000 }] as const;
    const refused = answered(429, { 'retry-after': '2' });
    settle(of, take(of, NOW), { ...refused, limits } as Outcome, NOW);
    expect(shortageOf(of, NOW).retryAfterMs).toBe(2_000);
    expect(of.lease(leaseRequest(), NOW + 2_000).ok).toBe(true);
  });

  it('for several spans are told apart, in whichever order answers tell them, and whether all of them or not', () => {
    const of = pool({});
    const minute = {
      of: 'requests',
      spanMs: 60_000,
      limit: 30,
      remaining: 3,
      resetAt: NOW + 20_000,
    } as const;
    const day = {
      of: 'requests',
      spanMs: 86_400_000,
      limit: 900,
      remaining: 9,
      resetAt: NOW + 3_600_000,
    } as const;
    const answers = [
      [minute, day],
      [
        { ...day, remaining: 8 },
        { ...minute, remaining: 1 },
      ],
      [
        { ...minute, remaining: 0 },
        { ...day, remaining: 7 },
      ],
    ];
    const sent = [...answers, [day]].map(() => take(of, NOW));
    for (const [index, answer] of answers.entries()) settle(of, sent[index] as Lease, seen(answer), NOW);
    settle(of, sent[3] as Lease, seen([{ ...day, remaining: 6 }]), NOW);
    expect(shortageOf(of, NOW).retryAfterMs).toBe(20_000);
    settle(of, take(of, NOW + 20_000), seen([{ ...day, remaining: 0 }]), NOW + 20_000);
    expect(shortageOf(of, NOW + 22_000).retryAfterMs).toBe(3_000);
  });

  it('are the same when an answer does not tell for which span they are', () => {
    const of = pool({});
    const limit = { of: 'requests', limit: 30, remaining: 0, resetAt: NOW + 20_000 } as const;
    settle(of, take(of, NOW), seen([{ ...limit, spanMs: 60_000 }]), NOW);
    expect(shortageOf(of, NOW).retryAfterMs).toBe(20_000);
    const later = NOW + 20_000;
    settle(of, take(of, later), seen([{ ...limit, resetAt: later + 5_000 }]), later);
    settle(
      of,
      take(of, later + 5_000),
      seen([{ ...limit, remaining: 9, resetAt: later + 9_000 }]),
      later + 5_000,
    );
    expect(of.lease(leaseRequest(), later + 5_000).ok).toBe(true);
  });

  it('of an account are those of all of its keys', () => {
    const of = pool({ keys: { a: { account: 'org' }, b: { account: 'org' } } });
    settle(of, take(of, NOW), seen(none), NOW);
    expect(shortageOf(of, NOW).retryAfterMs).toBe(20_000);
  });

  it('are shared by keys whose answers name the same account', () => {
    const of = pool({ keys: { a: {}, b: {} } });
    const plenty = [{ of: 'requests', limit: 50, remaining: 40, resetAt: NOW + 20_000 }] as const;
    settle(of, take(of, NOW), seen(plenty, 'org-1'), NOW);
    settle(of, take(of, NOW), seen(plenty, 'org-1'), NOW);
    settle(of, take(of, NOW), seen(none, 'org-1'), NOW);
    expect(shortageOf(of, NOW).retryAfterMs).toBe(20_000);
  });

  /** As many as are served by one key whose answers name these accounts in turn. */
  function servedBy(of: Pool, names: readonly string[]): number {
    let served = 0;
    for (; served < 40; served += 1) {
      const leased = of.lease(leaseRequest(), NOW + served);
      if (!leased.ok) break;
      settle(of, leased.lease, seen([], names[served % names.length]), NOW + served);
      of.finish(leased.lease, 'whole', '', NOW + served);
    }
    return served;
  }

  it.each([
    ['now the organisation and now its project', ['org', 'org/project']],
    ['another account each time', ['org-1', 'org-2', 'org-3']],
    ['two in turn', ['user-1', 'org-1']],
  ])('that are set hold for a key whose answers name %s', (_what, names) => {
    const limits = { requestsPerMinute: 10, requestsPerDay: 15 };
    const of = pool({ limits });
    expect(servedBy(of, names)).toBe(10);
  });

  it('stay with a key that joins the account of others', () => {
    const of = pool({ keys: { a: {}, b: {} }, limits: { requestsPerMinute: 10 } });
    const use = (name: string | undefined) => {
      const lease = take(of, NOW);
      settle(of, lease, seen([], name), NOW);
      of.finish(lease, 'whole', '', NOW);
    };
    for (let i = 0; i < 8; i += 1) use(undefined);
    use('org');
    use('org');
    expect(of.lease(leaseRequest(), NOW).ok).toBe(false);
  });

  it('are of the project for keys of one organisation, once it is named', () => {
    const of = pool({ keys: { a: {}, b: {} } });
    for (const name of ['org', 'org', 'org/one', 'org/two']) settle(of, take(of, NOW), seen([], name), NOW);
    const [a, b] = of.keys.map(({ account }) => account);
    expect(a).not.toBe(b);
    for (const name of ['org', 'org']) settle(of, take(of, NOW), seen([], name), NOW);
    expect(of.keys.map(({ account }) => account?.name)).toEqual(['org/one', 'org/two']);
  });

  it('are shared with nobody by a key whose answers contradict each other', () => {
    const of = pool({ keys: { a: {}, b: {} } });
    for (const name of ['org-1', 'org-1', 'org-2', 'org-1', 'org-1'])
      settle(of, take(of, NOW), seen([], name), NOW);
    expect(of.keys.map(({ account }) => account?.name)).toEqual([undefined, 'org-1']);
  });

  it('are not raised by the answers of a burst, which reach the provider in any order', () => {
    const of = pool({});
    const told = (remaining: number) =>
      seen([{ of: 'requests', limit: 10, remaining, resetAt: NOW + 60_000 }]);
    settle(of, take(of, NOW), seen([{ of: 'requests', limit: 10, remaining: 9, resetAt: NOW }]), NOW);
    const burst = Array.from({ length: 10 }, () => take(of, NOW + 1));
    expect(of.lease(leaseRequest(), NOW + 1).ok).toBe(false);
    // The last one that was sent came first.
    for (const [index, lease] of burst.toReversed().entries()) {
      settle(of, lease, told(9 - index), NOW + 100);
      expect(of.lease(leaseRequest(), NOW + 100).ok).toBe(false);
    }
    expect(of.lease(leaseRequest(), NOW + 60_001).ok).toBe(true);
  });

  it.each([
    ['more', 250],
    ['as much as', 100],
    ['less', 40],
  ])('of tokens are not raised by the answers of a burst that reserved %s than it used', (_words, tokens) => {
    const of = pool({});
    const told = (remaining: number) =>
      seen([{ of: 'tokens', limit: 1_000, remaining, resetAt: NOW + 60_000 }]);
    settle(of, take(of, NOW, { tokens }), told(900), NOW);
    const burst: Lease[] = [];
    for (;;) {
      const leased = of.lease(leaseRequest({ tokens }), NOW + 1);
      if (!leased.ok) break;
      burst.push(leased.lease);
    }
    expect(burst).toHaveLength(Math.floor(900 / tokens));
    // The last one that was sent was counted and answered first; each used 100.
    for (const [index, lease] of burst.toReversed().entries()) {
      const left = Math.max(0, 800 - 100 * index);
      settle(of, lease, told(left), NOW + 100);
      const reserved = (burst.length - index - 1) * tokens;
      const most = Math.max(0, left - reserved);
      expect(of.lease(leaseRequest({ tokens: most + 1 }), NOW + 100).ok).toBe(false);
    }
    const left = Math.max(0, 900 - 100 * burst.length);
    expect(of.lease(leaseRequest({ tokens: Math.max(1, left) }), NOW + 200).ok).toBe(left > 0);
  });

  it('are known again by the answer of a request that was sent when nothing was on its way', () => {
    const of = pool({});
    const told = (remaining: number) =>
      seen([{ of: 'tokens', limit: 1_000, remaining, resetAt: NOW + 60_000 }]);
    settle(of, take(of, NOW, { tokens: 400 }), told(600), NOW);
    const [first, second] = [take(of, NOW, { tokens: 300 }), take(of, NOW, { tokens: 300 })];
    settle(of, second, told(100), NOW + 10);
    settle(of, first, told(300), NOW + 10);
    expect(of.lease(leaseRequest({ tokens: 101 }), NOW + 20).ok).toBe(false);
    // What was reserved too much came back.
    settle(of, take(of, NOW + 20, { tokens: 100 }), told(500), NOW + 30);
    expect(of.lease(leaseRequest({ tokens: 500 }), NOW + 40).ok).toBe(true);
  });

  it('are not held back by what was sent long before and is not answered yet', () => {
    const of = pool({});
    const told = (remaining: number) =>
      seen([{ of: 'requests', limit: 20, remaining, resetAt: NOW + 60_000 }]);
    settle(of, take(of, NOW), told(19), NOW);
    for (let index = 0; index < 10; index += 1) take(of, NOW + 10);
    settle(of, take(of, NOW + 5_000), told(8), NOW + 5_100);
    for (let index = 0; index < 8; index += 1) take(of, NOW + 5_200);
    expect(of.lease(leaseRequest(), NOW + 5_200).ok).toBe(false);
  });

  it('are asked for less and less often, while refusals name a time that proves wrong', () => {
    const of = pool({});
    const nothing: readonly SeenLimit[] = [
      { of: 'requests', limit: 3, remaining: 0, resetAt: NOW + 3_600_000 },
    ];
    let refused = 0;
    for (let now = NOW; now < NOW + 120_000; now += 500) {
      const result = of.lease(leaseRequest(), now);
      if (!result.ok) continue;
      refused += 1;
      const refusal = answered(429, { 'retry-after': '1' }, undefined, now);
      settle(of, result.lease, { ...refusal, limits: nothing } as Outcome, now);
    }
    expect(refused).toBeLessThan(9);
  });

  describe('that leave nothing for longer than a minute', () => {
    const nothing: readonly SeenLimit[] = [
      { of: 'requests', limit: 100, remaining: 0, resetAt: NOW + 3_600_000 },
    ];

    it('are put to the proof by one request, and not believed when it is answered', () => {
      const of = pool({});
      settle(of, take(of, NOW), seen(nothing), NOW);
      expect(shortageOf(of, NOW).retryAfterMs).toBe(5_000);
      const proof = take(of, NOW + 5_000);
      expect(shortageOf(of, NOW + 5_000).retryAfterMs).toBe(250);
      settle(of, proof, seen(nothing), NOW + 6_000);
      for (let i = 0; i < 20; i += 1) settle(of, take(of, NOW + 7_000), seen(nothing), NOW + 7_000);
    });

    it('are believed when it is refused', () => {
      const of = pool({});
      settle(of, take(of, NOW), seen(nothing), NOW);
      const at = NOW + 5_000;
      settle(of, take(of, at), { ...answered(429), limits: nothing } as Outcome, at);
      expect(shortageOf(of, NOW + 60_000).retryAfterMs).toBe(3_540_000);
    });
  });

  it('are not believed of a relay that says "0 left" again when little of what was back is used', () => {
    const of = pool({});
    const emptyAt = (now: number): Outcome =>
      seen([{ of: 'requests', limit: 100, remaining: 0, resetAt: now + 60_000 }]);
    settle(of, take(of, NOW), emptyAt(NOW), NOW);
    expect(shortageOf(of, NOW + 1).retryAfterMs).toBe(59_999);
    const now = NOW + 60_000;
    for (let i = 0; i < 20; i += 1) settle(of, take(of, now + i), emptyAt(now + i), now + i);
  });

  it('are not believed of a relay that says "0 left" with each answer, until it refuses', () => {
    const of = pool({});
    const empty: readonly SeenLimit[] = [{ of: 'requests', remaining: 0 }];
    let now = NOW;
    for (const restMs of [5_000, 5_000, 0, 0, 0]) {
      settle(of, take(of, now), seen(empty), now);
      expect(of.lease(leaseRequest(), now).ok).toBe(restMs === 0);
      now += restMs;
    }
    const refused = { ...answered(429), limits: empty } as Outcome;
    settle(of, take(of, now), refused, now);
    expect(of.lease(leaseRequest(), now).ok).toBe(false);
  });

  it('that an answer to a failure does not tell block nobody for good', () => {
    const of = pool({});
    settle(of, take(of, NOW), seen([{ of: 'requests', limit: 2, remaining: 1, resetAt: NOW + 5_000 }]), NOW);
    settle(of, take(of, NOW), answered(500), NOW);
    for (let at = NOW + 5_000; at < NOW + 900_000; at += 60_000) {
      settle(of, take(of, at), answered(500), at);
      settle(of, take(of, at), answered(500), at);
    }
  });
});

describe('the policy headroom', () => {
  it('takes a key of which nothing is told for half used, once it is used', () => {
    const of = pool({ keys: { told: {}, untold: {} } });
    of.configure(poolConfig({ policy: 'headroom' }));
    const limits = [{ of: 'requests', limit: 50, remaining: 40, resetAt: NOW + 60_000 }] as const;
    for (const lease of [take(of, NOW), take(of, NOW)]) {
      const isTold = lease.key.config.keyId === 'told';
      settle(of, lease, isTold ? seen(limits) : answered(200), NOW);
      of.finish(lease, 'whole', '', NOW);
    }
    const chosen = [1, 2, 3].map((ms) => {
      const lease = take(of, NOW + ms);
      of.settle(lease, { kind: 'client_closed' }, judge({ kind: 'client_closed' }), NOW + ms);
      return lease.key.config.keyId;
    });
    expect(chosen).toEqual(['told', 'told', 'told']);
  });

  const told = (left: number): Outcome =>
    seen([{ of: 'requests', limit: 1000, remaining: left, resetAt: NOW + 60_000 }]);

  /** Requests one after the other, a millisecond each; returns which keys. */
  function inTurn(of: Pool, count: number, outcome: (keyId: string) => Outcome, model = 'gpt-4o', at = NOW) {
    let keys = '';
    for (let i = 0; i < count; i++) {
      const lease = take(of, at + i, { model });
      keys += lease.key.config.keyId;
      settle(of, lease, outcome(lease.key.config.keyId), at + i);
      of.finish(lease, 'whole', '', at + i);
    }
    return keys;
  }

  function headroomPool(given: Given): Pool {
    const of = pool(given);
    of.configure(poolConfig({ policy: 'headroom', cooldownMs: 5_000 }));
    return of;
  }

  const abc = { keys: { a: {}, b: {}, c: {} } };

  it('serves keys that tell nothing strictly in turn', () => {
    expect(inTurn(headroomPool(abc), 9, () => answered(200))).toBe('abcabcabc');
  });

  it('serves keys that tell the same in turn, also after requests of which nothing is ever told', () => {
    const of = headroomPool(abc);
    expect(inTurn(of, 4, () => answered(200), '')).toBe('abca');
    const left: Record<string, number> = { a: 1000, b: 1000, c: 1000 };
    expect(inTurn(of, 9, (keyId) => told((left[keyId]! -= 1)), 'gpt-4o', NOW + 10)).toBe('bcabcabca');
  });

  it('lets each key tell of a model before one that has told of it is asked again', () => {
    const of = headroomPool(abc);
    inTurn(of, 3, () => told(990));
    const left: Record<string, number> = { a: 500, b: 500, c: 500 };
    const chosen = inTurn(of, 6, (keyId) => told((left[keyId]! -= 1)), 'o3', NOW + 10);
    expect(chosen).toBe('abcabc');
  });

  it('gives a new key its turn and no more', () => {
    const of = headroomPool(abc);
    inTurn(of, 6, () => answered(200));
    of.addKeys([keyConfig('d')], () => undefined);
    const chosen = inTurn(of, 8, () => answered(200), 'gpt-4o', NOW + 10);
    expect([...chosen].sort().join('')).toBe('aabbccdd');
  });

  it('does not favour a key that was refused once, before any pace is known', () => {
    const of = headroomPool(abc);
    const lease = take(of, NOW);
    settle(of, lease, answered(429), NOW);
    expect(lease.key.config.keyId).toBe('a');
    inTurn(of, 2, () => answered(200), 'gpt-4o', NOW + 1);
    expect(inTurn(of, 6, () => answered(200), 'gpt-4o', NOW + 6_000)).toBe('abcabc');
  });

  it('does not favour a key whose pace has been found out, and does not pass it over', () => {
    const of = headroomPool(abc);
    inTurn(of, 9, () => answered(200));
    const lease = take(of, NOW + 10_000);
    settle(of, lease, answered(429), NOW + 10_000);
    expect(lease.key.account!.intervalMs('gpt-4o')).toBeLessThan(Infinity);
    let chosen = '';
    for (let at = NOW + 100_000; at < NOW + 190_000; at += 10_000)
      chosen += inTurn(of, 1, () => answered(200), 'gpt-4o', at);
    expect([...chosen].sort().join('')).toBe('aaabbbccc');
  });

  it('takes limits of other models, and of requests in flight, for no word of what is left', () => {
    const of = headroomPool({
      keys: {
        a: { limits: { models: { o3: { requestsPerMinute: 10 } } } },
        b: { limits: { concurrency: 5 } },
        c: {},
      },
    });
    expect(inTurn(of, 9, () => answered(200))).toBe('abcabcabc');
  });

  it('asks a key that has told nothing again a minute later', () => {
    const of = headroomPool({ keys: { a: {}, b: {} } });
    const outcome = (keyId: string): Outcome => (keyId === 'a' ? told(990) : answered(200));
    expect(inTurn(of, 6, outcome)).toBe('abaaaa');
    const later = (keyId: string): Outcome => (keyId === 'a' ? told(990) : told(999));
    expect(inTurn(of, 3, later, 'gpt-4o', NOW + 59_000)).toBe('aaa');
    expect(inTurn(of, 3, later, 'gpt-4o', NOW + 60_001)).toContain('b');
  });
});

import { describe, expect, it } from 'vitest';
import { ANSWER } from '../../../../lib/balancer/facts';
import type { Limits } from '../../../../lib/balancer/limits/limits';
import type { SeenLimit } from '../../../../lib/balancer/limits/seen-limits';
import { judge, type Outcome } from '../../../../lib/balancer/attempts/verdict';
import { capacityOf, limitedModels } from '../../../../lib/balancer/pool/capacity-of';
import { savedStateOf } from '../../../../lib/balancer/pool/key-state';
import { Pool } from '../../../../lib/balancer/pool/pool';
import {
  answered,
  EventLog,
  keyConfig,
  leaseRequest,
  noEgresses,
  poolConfig,
  SeededRandom,
  START_MS as NOW,
} from '../support';

const MODEL = 'gpt-4o';
const DAY_MS = 86_400_000;

function poolWith(
  limits?: Limits,
  accounts: Readonly<Record<string, string | undefined>> = { a: undefined },
): Pool {
  const made = new Pool(poolConfig({ limits }), new SeededRandom(), new EventLog(), noEgresses());
  made.setKeys(
    Object.entries(accounts).map(([keyId, account]) => keyConfig(keyId, { account })),
    () => undefined,
  );
  return made;
}

interface Use {
  readonly at?: number;
  readonly tokens?: number;
  readonly model?: string;
  readonly outcome?: Outcome;
  readonly keyId?: string;
}

/** A request that is answered, and over. */
function use(
  pool: Pool,
  { at = NOW, tokens = 0, model = MODEL, outcome = answered(200), keyId }: Use = {},
): void {
  const others = keyId === undefined ? [] : pool.keys.filter(({ config }) => config.keyId !== keyId);
  const leased = pool.lease(leaseRequest({ model, tokens, tried: new Set(others) }), at);
  if (!leased.ok) throw new Error(leased.shortage.reason);
  pool.settle(leased.lease, outcome, judge(outcome), at);
  pool.finish(leased.lease, 'whole', '', at, tokens);
}

const telling = (...limits: SeenLimit[]): Outcome => ({ kind: 'answer', status: 200, facts: ANSWER, limits });
const naming = (account: string): Outcome => ({ kind: 'answer', status: 200, facts: ANSWER, account });
const refusing: Outcome = {
  kind: 'answer',
  status: 429,
  facts: { ...ANSWER, subject: 'rate', rule: 'rate' },
};

function left(pool: Pool, at: number, model?: string, keyId = 'a') {
  const key = pool.key(keyId)!;
  return capacityOf(key, model, at);
}

describe('what is left of limits that are set', () => {
  it('is all of it before the first request, and knows nothing of limits that are not set', () => {
    expect(left(poolWith({ requestsPerMinute: 10, tokensPerDay: 500 }), NOW)).toEqual({
      requestsPerMinute: { left: 10, limit: 10, source: 'set', resetsAt: undefined },
      tokensPerDay: { left: 500, limit: 500, source: 'set', resetsAt: undefined },
    });
    expect(left(poolWith(), NOW, MODEL)).toEqual({});
  });

  it('is less by what was used in the last minute and today, and says when all of it is back', () => {
    const pool = poolWith({
      requestsPerMinute: 10,
      tokensPerMinute: 100,
      requestsPerDay: 50,
      tokensPerDay: 500,
    });
    use(pool, { tokens: 30 });
    use(pool, { tokens: 30, at: NOW + 5_000 });
    expect(left(pool, NOW + 6_000)).toEqual({
      requestsPerMinute: { left: 8, limit: 10, source: 'set', resetsAt: NOW + 66_000 },
      tokensPerMinute: { left: 40, limit: 100, source: 'set', resetsAt: NOW + 66_000 },
      requestsPerDay: { left: 48, limit: 50, source: 'set', resetsAt: NOW + DAY_MS },
      tokensPerDay: { left: 440, limit: 500, source: 'set', resetsAt: NOW + DAY_MS },
    });
    expect(left(pool, NOW + 66_000).requestsPerMinute).toMatchObject({ left: 10, resetsAt: undefined });
    expect(left(pool, NOW + DAY_MS).requestsPerDay).toMatchObject({ left: 50, resetsAt: undefined });
  });

  it('of requests at a time counts those in flight', () => {
    const pool = poolWith({ concurrency: 3 });
    const leased = pool.lease(leaseRequest(), NOW);
    expect(leased.ok).toBe(true);
    expect(left(pool, NOW).concurrency).toMatchObject({ left: 2, limit: 3 });
  });

  it('is the smaller of what the model and what all models together have left', () => {
    const pool = poolWith({ requestsPerMinute: 10, models: { [MODEL]: { requestsPerMinute: 4 } } });
    use(pool, { model: 'o3' });
    expect(left(pool, NOW).requestsPerMinute).toMatchObject({ left: 9, limit: 10 });
    expect(left(pool, NOW, MODEL).requestsPerMinute).toMatchObject({ left: 4, limit: 4 });
    for (let sent = 0; sent < 6; sent += 1) use(pool, { model: 'o3' });
    expect(left(pool, NOW, MODEL).requestsPerMinute).toMatchObject({ left: 3, limit: 10 });
  });

  it('is shared by keys of one account', () => {
    const pool = poolWith({ requestsPerMinute: 10 }, { a: 'org', b: 'org', c: undefined });
    use(pool, { keyId: 'a' });
    expect(left(pool, NOW, undefined, 'b').requestsPerMinute).toMatchObject({ left: 9 });
    expect(left(pool, NOW, undefined, 'c').requestsPerMinute).toMatchObject({ left: 10 });
  });
});

describe('what is left as answers tell', () => {
  const told: SeenLimit = { of: 'requests', limit: 100, remaining: 90, resetAt: NOW + 30_000 };

  it('is what was told, less by what was sent since, and whole after the reset', () => {
    const pool = poolWith();
    use(pool, { outcome: telling({ ...told, spanMs: 60_000 }) });
    const room = { left: 90, limit: 100, source: 'told', resetsAt: NOW + 30_000 };
    expect(left(pool, NOW, MODEL)).toEqual({ requestsPerMinute: room });
    use(pool, { at: NOW + 1_000 });
    expect(left(pool, NOW + 1_000, MODEL).requestsPerMinute).toMatchObject({ left: 89 });
    expect(left(pool, NOW + 30_000, MODEL).requestsPerMinute).toMatchObject({
      left: 100,
      resetsAt: undefined,
    });
  });

  it('has no span where none was told, and is of the day where that was', () => {
    const pool = poolWith();
    use(pool, { outcome: telling(told, { ...told, of: 'tokens', spanMs: DAY_MS }) });
    expect(Object.keys(left(pool, NOW, MODEL)).sort()).toEqual(['requests', 'tokensPerDay']);
  });

  it('is of the model alone until it shows that all models draw on the same', () => {
    const pool = poolWith();
    use(pool, { outcome: telling(told) });
    expect(left(pool, NOW)).toEqual({});
    expect(left(pool, NOW, 'o3')).toEqual({});
    expect(limitedModels(pool.key('a')!)).toEqual([MODEL]);
    let remaining = 89;
    for (const model of ['o3', MODEL, 'o3', MODEL, 'o3']) {
      use(pool, { model, outcome: telling({ ...told, remaining }) });
      remaining -= 1;
    }
    expect(left(pool, NOW).requests).toMatchObject({ left: 85, limit: 100 });
    expect(limitedModels(pool.key('a')!)).toEqual([]);
  });

  it('is unknown again when its reset has come and no answer told the limit', () => {
    const pool = poolWith();
    use(pool, { outcome: telling({ of: 'tokens', remaining: 90, resetAt: NOW + 30_000 }) });
    expect(left(pool, NOW, MODEL)).toEqual({
      tokens: { left: 90, limit: undefined, source: 'told', resetsAt: NOW + 30_000 },
    });
    expect(left(pool, NOW + 30_000, MODEL)).toEqual({});
  });

  it('is unknown again a minute after an answer that told no reset', () => {
    const pool = poolWith();
    use(pool, { outcome: telling({ of: 'requests', limit: 100, remaining: 90 }) });
    use(pool, { at: NOW + 20_000 });
    expect(left(pool, NOW + 20_000, MODEL).requests).toMatchObject({ left: 89, resetsAt: undefined });
    expect(left(pool, NOW + 60_000, MODEL)).toEqual({});
  });

  it('is unknown again when requests went on after the reset and no answer told more', () => {
    const pool = poolWith();
    use(pool, { outcome: telling(told) });
    use(pool, { at: NOW + 31_000 });
    expect(left(pool, NOW + 31_000, MODEL).requests).toMatchObject({ left: 99 });
    use(pool, { at: NOW + 92_000 });
    expect(left(pool, NOW + 92_000, MODEL)).toEqual({});
  });

  it('says nothing of a relay that tells 0 left with each answer and goes on answering', () => {
    const pool = poolWith();
    const empty = telling({ of: 'requests', remaining: 0 });
    for (let sent = 0; sent < 4; sent += 1) use(pool, { at: NOW + sent * 6_000, outcome: empty });
    expect(left(pool, NOW + 20_000, MODEL)).toEqual({});
  });
});

describe('what is left of a pace', () => {
  it('is nothing at the refusal, and comes back bit by bit', () => {
    const pool = poolWith();
    for (let sent = 0; sent < 20; sent += 1) use(pool, { at: NOW + sent * 3_000 });
    expect(left(pool, NOW + 60_000, MODEL)).toEqual({});
    use(pool, { at: NOW + 60_000, outcome: refusing });
    const { limit = 0 } = left(pool, NOW + 60_000, MODEL).requestsPerMinute!;
    expect(left(pool, NOW + 60_000, MODEL).requestsPerMinute).toMatchObject({ left: 0, source: 'paced' });
    expect(limit).toBeGreaterThan(15);
    expect(left(pool, NOW + 90_000, MODEL).requestsPerMinute?.left).toBe(Math.floor(limit / 2));
    expect(left(pool, NOW + 125_000, MODEL).requestsPerMinute).toMatchObject({
      left: limit,
      resetsAt: undefined,
    });
    pool.reset('a');
    use(pool, { at: NOW + 130_000 });
    expect(left(pool, NOW + 130_000, MODEL)).toEqual({});
  });
});

describe('the account of a key', () => {
  const nameOf = (pool: Pool, keyId = 'a') => pool.key(keyId)!.account?.name;

  it('is what its answers say, unless a person has said another', () => {
    const pool = poolWith(undefined, { a: undefined, b: 'team' });
    use(pool, { keyId: 'a', outcome: naming('org-1') });
    use(pool, { keyId: 'b', outcome: naming('org-1') });
    expect([nameOf(pool), nameOf(pool, 'b')]).toEqual(['org-1', 'team']);
    pool.addKeys([keyConfig('a'), keyConfig('b', { account: 'team' })], () => undefined);
    expect([nameOf(pool), nameOf(pool, 'b')]).toEqual(['org-1', 'team']);
  });

  it('is left when a person takes it away, and stays away after a restart', () => {
    const pool = poolWith({ requestsPerMinute: 10 }, { a: 'team', b: 'team' });
    use(pool, { keyId: 'a' });
    const saved = () => savedStateOf(pool.key('a')!, NOW);
    const before = saved();
    pool.addKeys([keyConfig('a')], () => undefined);
    expect([nameOf(pool), nameOf(pool, 'b')]).toEqual([undefined, 'team']);
    expect(left(pool, NOW).requestsPerMinute).toMatchObject({ left: 10 });
    expect(left(pool, NOW, undefined, 'b').requestsPerMinute).toMatchObject({ left: 9 });
    for (const state of [before, saved()]) {
      const again = poolWith({ requestsPerMinute: 10 }, {});
      again.addKeys([keyConfig('a')], () => state);
      expect(nameOf(again)).toBeUndefined();
    }
  });
});

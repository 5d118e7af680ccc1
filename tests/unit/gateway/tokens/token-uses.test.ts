import { describe, expect, it } from 'vitest';
import { ALONE } from '../../../../lib/balancer/limits/company';
import { Stop } from '../../../../lib/balancer/stop';
import { Admission } from '../../../../lib/gateway/tokens/admission';
import { TokenRules, type TokenRuleParts } from '../../../../lib/gateway/tokens/token-rules';
import { TokenUses, type Expected } from '../../../../lib/gateway/tokens/token-uses';
import { ModelFilter } from '../../../../lib/openai/models/model-filter';
import { TestClock } from '../../balancer/support';
import { createDice } from '../../../support/dice';

const rulesOf = (parts: Partial<TokenRuleParts>) =>
  new TokenRules({
    id: 'token',
    isEnabled: true,
    expiresAt: undefined,
    filter: new ModelFilter(),
    providers: undefined,
    addresses: undefined,
    limits: undefined,
    budget: undefined,
    priority: 0,
    periodAt: (kind) => ({ name: kind, endsAt: Infinity }),
    ...parts,
  });

const EXPECTED: Expected = { promptTokens: 10, isComputing: true, costNano: () => undefined };
const usage = (tokens: number) => ({
  promptTokens: tokens,
  completionTokens: 0,
  totalTokens: tokens,
  cachedTokens: 0,
  reasoningTokens: 0,
});
const answered = (costNano: number, tokens = 1) => ({
  status: 200,
  firstByteMs: 1,
  usage: usage(tokens),
  costNano,
});

function bench(parts: Partial<TokenRuleParts>) {
  const clock = new TestClock();
  const uses = new TokenUses({ clock, wallNow: () => 0 });
  const rules = rulesOf(parts);
  return {
    clock,
    uses,
    rules,
    admit: (expected: Partial<Expected> = {}, under = rules): Admission | string => {
      const admitted = uses.admit(under, { ...EXPECTED, ...expected }, new Stop());
      if (admitted instanceof Promise) throw new Error('alone nobody waits');
      return admitted instanceof Admission ? admitted : admitted.code;
    },
    spent: () => uses.spending.of('token', 'total').spent,
  };
}

const opened = (admission: Admission | string): Admission => {
  if (typeof admission === 'string') throw new Error(admission);
  return admission;
};

const settled = (admission: Admission | string, costNano: number, tokens?: number): void => {
  if (typeof admission === 'string') throw new Error(admission);
  admission.settle(answered(costNano, tokens));
};

const budget = (amount: number, unit: 'usd' | 'tokens' | 'requests') =>
  ({ budget: { amount, unit, period: 'total' } }) as const;

it('of a budget that is new here no more is taken than its part, before another process has heard of it', () => {
  const company = { ...ALONE, instances: 2, hearers: ['self', 'other'] };
  const uses = new TokenUses({ clock: new TestClock(), wallNow: () => 0, company });
  const rules = rulesOf(budget(6, 'requests'));
  const stop = new Stop();
  const admitted = Array.from({ length: 6 }, () => uses.admit(rules, EXPECTED, stop));
  stop.abort();
  expect(admitted.map((one) => one instanceof Admission)).toEqual([true, true, true, false, false, false]);
  expect(admitted[3]).toBeInstanceOf(Promise);
});

describe('a budget', () => {
  it('lets the request through that crosses it, and no other', () => {
    const { admit, spent } = bench(budget(1e-9 * 25, 'usd'));
    for (let n = 0; n < 3; n += 1) settled(admit(), 10);
    expect(admit()).toBe('insufficient_quota');
    expect(spent().nano).toBe(30);
  });

  it('keeps for each request in flight what the ones before it came to, so that it is passed by one at most', () => {
    const { admit, spent } = bench(budget(1e-9 * 1_000, 'usd'));
    const inFlight: Admission[] = [];
    settled(admit(), 10);
    for (let n = 0; n < 300; n += 1) {
      const admitted = admit();
      if (typeof admitted !== 'string') inFlight.push(admitted);
      else expect(['token_rate_limited', 'insufficient_quota']).toContain(admitted);
      if (inFlight.length === 16 || typeof admitted === 'string') inFlight.shift()?.settle(answered(10));
    }
    for (const one of inFlight) one.settle(answered(10));
    expect(spent().nano).toBe(1_000);
  });

  it('is passed by one request at most, sixteen at a time whose costs differ by five', () => {
    const overshoots = Array.from({ length: 50 }, (_, seed) => {
      const dice = createDice(seed);
      const { admit, spent } = bench(budget(1e-9 * 1_000_000, 'usd'));
      const inFlight: Admission[] = [];
      const end = () =>
        settled(inFlight.splice(dice.below(inFlight.length), 1)[0] ?? '', 200 + dice.below(801));
      for (;;) {
        const admitted = inFlight.length < 16 ? admit() : 'full';
        if (admitted instanceof Admission) inFlight.push(admitted);
        else if (admitted === 'insufficient_quota' && inFlight.length === 0) break;
        else if (inFlight.length > 0) end();
      }
      return spent().nano - 1_000_000;
    });
    expect(Math.max(...overshoots)).toBeLessThanOrEqual(1_000);
  });

  it('lets in again when what was kept comes back: with nothing in flight only what is spent counts', () => {
    const { admit, spent } = bench(budget(1e-9 * 100, 'usd'));
    const first = admit({ costNano: () => 90 });
    const second = admit({ costNano: () => 90 });
    expect(admit()).toBe('token_rate_limited');
    settled(first, 1);
    expect(admit()).toBeInstanceOf(Admission);
    settled(second, 1);
    expect(spent().nano).toBe(2);
  });

  it('of requests is never passed, and counts those that were answered', () => {
    const { admit, spent } = bench(budget(2, 'requests'));
    const [first, second] = [admit(), admit()];
    expect(admit()).toBe('token_rate_limited');
    if (typeof first !== 'string') first.settle({ status: 502, firstByteMs: undefined, usage: undefined });
    settled(second, 0);
    settled(admit(), 0);
    expect([admit(), spent().requests]).toEqual(['insufficient_quota', 2]);
  });

  it('counts several responses of one conversation as they come, and each once', () => {
    const { admit, spent } = bench(budget(100, 'tokens'));
    const socket = admit({ promptTokens: 0 });
    if (typeof socket === 'string') throw new Error(socket);
    socket.charge(usage(30), 3);
    expect(spent()).toEqual({ nano: 3, tokens: 30, requests: 0 });
    socket.charge(usage(30), 3);
    socket.settle({ status: 101, firstByteMs: 1, usage: usage(60), costNano: 6 });
    socket.settle({ status: 101, firstByteMs: 1, usage: usage(60), costNano: 6 });
    expect(spent()).toEqual({ nano: 6, tokens: 60, requests: 1 });
  });

  it('of requests counts each response of a conversation when it is asked for', () => {
    const { admit, spent, uses, rules } = bench(budget(3, 'requests'));
    const socket = opened(admit());
    const ask = (): string => {
      const error = uses.responseError(rules, socket.isUnused);
      if (error === undefined) socket.responseAsked();
      return error?.code ?? 'ok';
    };
    expect([1, 2, 3, 4, 5].map(ask)).toEqual(['ok', 'ok', 'ok', 'insufficient_quota', 'insufficient_quota']);
    for (let over = 0; over < 3; over += 1) socket.responseEnded();
    socket.settle({ status: 101, firstByteMs: 1, usage: usage(60), costNano: 6 });
    expect(spent()).toEqual({ nano: 6, tokens: 60, requests: 3 });
    expect(uses.of('token').reserved.requests).toBe(0);
  });

  it('of requests leaves what is reserved for others, and counts responses that nobody has asked for', () => {
    const { admit, spent, uses, rules } = bench(budget(3, 'requests'));
    const [socket, other] = [opened(admit()), opened(admit())];
    socket.responseEnded();
    socket.responseEnded();
    expect(spent().requests).toBe(2);
    expect(uses.responseError(rules, socket.isUnused)?.code).toBe('token_rate_limited');
    expect(uses.responseError(rules, other.isUnused)).toBeUndefined();
  });

  it('that is changed acts at once on what was spent', () => {
    const { admit, rules } = bench(budget(1, 'tokens'));
    settled(admit(), 0, 5);
    expect(admit()).toBe('insufficient_quota');
    expect(admit({}, rulesOf({ id: rules.id, ...budget(10, 'tokens') }))).toBeInstanceOf(Admission);
  });
});

describe('limits', () => {
  it('on requests count each response of a conversation, and none twice', () => {
    const { admit, uses, rules, clock } = bench({ limits: { requestsPerMinute: 3, concurrency: 1 } });
    const socket = opened(admit());
    const ask = (): string => {
      const error = uses.responseError(rules, socket.isUnused);
      if (error === undefined) socket.responseAsked();
      return error?.code ?? 'ok';
    };
    expect([1, 2, 3, 4].map(ask)).toEqual(['ok', 'ok', 'ok', 'token_rate_limited']);
    clock.advance(61_000);
    expect(ask()).toBe('ok');
    socket.settle({ status: 101, firstByteMs: 1, usage: usage(60) });
    expect(admit()).toBeInstanceOf(Admission);
  });

  it('reserve the tokens of the prompt, and count those that were used', () => {
    const { admit, uses } = bench({ limits: { tokensPerMinute: 100 } });
    const left = () => uses.capacityOf('token', { tokensPerMinute: 100 }).tokensPerMinute?.left;
    const first = admit({ promptTokens: 60 });
    expect(left()).toBe(40);
    expect(admit({ promptTokens: 60 })).toBe('token_rate_limited');
    settled(first, 0, 20);
    expect(left()).toBe(80);
    const failing = admit({ promptTokens: 60 });
    if (typeof failing !== 'string')
      failing.settle({ status: 502, firstByteMs: undefined, usage: undefined });
    expect(left()).toBe(80);
  });

  it('are over when the minute is', () => {
    const { admit, clock } = bench({ limits: { requestsPerMinute: 1 } });
    settled(admit(), 0);
    expect(admit()).toBe('token_rate_limited');
    clock.advance(61_000);
    expect(admit()).toBeInstanceOf(Admission);
  });

  it('of requests at a time are given back exactly once, however a request ends', () => {
    const { admit } = bench({ limits: { concurrency: 1 } });
    const first = admit();
    expect(admit()).toBe('token_rate_limited');
    settled(first, 0);
    if (typeof first !== 'string') first.release();
    const second = admit();
    expect(second).toBeInstanceOf(Admission);
    expect(admit()).toBe('token_rate_limited');
    if (typeof second !== 'string') second.release();
    expect(admit()).toBeInstanceOf(Admission);
  });
});

import { describe, expect, it } from 'vitest';
import { attentionItemSchema } from '../../../../lib/admin/contract/stats';
import { createProxies } from '../../../../lib/admin/proxies/create';
import { createToken } from '../../../../lib/admin/tokens/create';
import { attention, readAttention } from '../../../../lib/admin/stats/attention';
import { ownTroubles } from '../../../../lib/admin/stats/everybodys-troubles';
import { VERDICTS, type Outcome, type VerdictName } from '../../../../lib/balancer/attempts/verdict';
import type { AttemptTrace, RequestTrace } from '../../../../lib/balancer/attempts/trace';
import { answered, leaseRequest, says, settle, take } from '../../balancer/support';
import { keyNamed, world, type World } from '../support';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];
const keys = (names = NAMES) => ({ API_KEYS: names.map(keyNamed).join(',') });

const itemsOf = async ({ context }: World) =>
  (await readAttention(context)).items.map((item) => attentionItemSchema.parse(item));

/** What is recorded of a request with one attempt. */
function traceOf(verdict: VerdictName): RequestTrace {
  const attempt = { provider: 'default', verdict, status: 503 } as AttemptTrace;
  return { attempts: [attempt], skippedProviders: [] };
}

/** An attempt of a request that ends so. */
function attempt({ pool, clock }: World, outcome: Outcome, witness = {}): void {
  const lease = take(pool('default'), clock.now, { witness });
  settle(pool('default'), lease, outcome, clock.now);
}

const DOWN: Outcome = { kind: 'dial_failed', at: 'upstream', message: 'ECONNREFUSED' };

describe('requests that wait', () => {
  it('are told by the provider whose keys they wait for, once they have waited for a while', async () => {
    const all = await world(keys());
    const { clock, context } = all;
    const since = clock.now;
    const waiting: World = { ...all, context: { ...context, crowdOf: () => ({ count: 45, since }) } };
    clock.now += 999;
    expect(await itemsOf(waiting)).toEqual([]);
    clock.now += 1;
    expect(await itemsOf(waiting)).toEqual([
      {
        kind: 'waiting',
        id: 'waiting:default',
        severity: 'medium',
        since,
        provider: 'default',
        providerName: 'Default',
        count: 45,
      },
    ]);
    expect(await itemsOf(all)).toEqual([]);
  });
});

describe('keys', () => {
  it('are told by what is wrong with them, without those that a person has disabled or whose rest is over', async () => {
    const all = await world(keys(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']));
    const { clock } = all;
    const [first, second, resting, other, failing, rested, byHand] = all.pool('default').keys;
    const rejected = { failures: 3, lastErrorStatus: 401, lastErrorAt: clock.now - 5 };
    Object.assign(first ?? {}, rejected, { disabled: { by: 'auto', reason: '401 invalid key' } });
    Object.assign(second ?? {}, rejected, { disabled: { by: 'auto', reason: '401 invalid key' } });
    const until = (ms: number) =>
      new Map([['gpt-4o', { until: clock.now + ms, inARow: 1, probe: undefined }]]);
    Object.assign(resting ?? {}, { lastErrorAt: clock.now - 3, modelCooldowns: until(12_000) });
    Object.assign(other ?? {}, { modelCooldowns: until(30_000) });
    Object.assign(failing ?? {}, { failures: 1, lastErrorStatus: 500, lastErrorAt: clock.now });
    Object.assign(rested ?? {}, { modelCooldowns: until(-1), failures: 1, lastErrorAt: clock.now - 60_000 });
    Object.assign(byHand ?? {}, { failures: 2, disabled: { by: 'manual', reason: 'disabled by hand' } });

    expect(await itemsOf(all)).toMatchObject([
      { state: 'disabled', status: 401, count: 2, of: 7, reason: '401 invalid key' },
      { state: 'resting', model: 'gpt-4o', count: 2, nextBackAt: clock.now + 12_000, reason: null },
      { state: 'failing', status: 500, count: 1 },
    ]);
    clock.now += 31_000;
    expect(await itemsOf(all)).toMatchObject([{ state: 'disabled' }]);
  });

  it('that rest for several models are one sentence, each of them once', async () => {
    const all = await world(keys(['a', 'b', 'c', 'd']));
    const { clock } = all;
    const until = (...rests: readonly (readonly [string, number])[]) =>
      new Map(
        rests.map(([model, ms]) => [model, { until: clock.now + ms, inARow: 1, probe: undefined }] as const),
      );
    const [both, one, over] = all.pool('default').keys;
    Object.assign(both ?? {}, {
      modelCooldowns: until(['gpt-4o', 9_000], ['gpt-5', 20_000], ['o9', 30_000]),
    });
    Object.assign(one ?? {}, { modelCooldowns: until(['gpt-5', 5_000]) });
    Object.assign(over ?? {}, { modelCooldowns: until(['gpt-5', -1]) });

    expect(await itemsOf(all)).toMatchObject([
      { state: 'resting', model: null, models: 3, count: 2, of: 4, nextBackAt: clock.now + 5_000 },
    ]);
    clock.now += 21_000;
    expect(await itemsOf(all)).toMatchObject([{ state: 'resting', model: 'o9', models: 1, count: 1 }]);
  });

  it('of a provider that has none left are told in one sentence, with when the first is back', async () => {
    const all = await world(keys());
    const { clock } = all;
    for (const [index, key] of all.pool('default').keys.entries()) {
      if (index < 2) Object.assign(key, { disabled: { by: 'auto', reason: '401' }, lastErrorStatus: 401 });
      else key.cooldown.until = clock.now + 1_000 * index;
    }
    expect(await itemsOf(all)).toMatchObject([
      { state: 'none_left', severity: 'high', count: 6, of: 6, disabled: 2, nextBackAt: clock.now + 2_000 },
    ]);
  });
});

describe('a provider', () => {
  it('is out once three requests in a row have failed for a while, and no more with its first answer', async () => {
    const all = await world(keys());
    for (let i = 0; i < 3; i++) attempt(all, DOWN);
    expect(await itemsOf(all)).toEqual([]);
    all.clock.now += 1_000;
    expect(await itemsOf(all)).toMatchObject([
      {
        kind: 'provider',
        provider: 'default',
        answer: 'unreachable',
        since: all.clock.now - 1_000,
        failed: 0,
      },
    ]);
    attempt(all, answered(429));
    expect((await itemsOf(all)).filter(({ kind }) => kind === 'provider')).toEqual([]);
  });

  it('is out for everybody once one instance has found it out, with the cost that all have seen', async () => {
    const all = await world(keys());
    const { clock, context } = all;
    for (let i = 0; i < 3; i++) attempt(all, DOWN);
    clock.now += 1_000;
    const [own] = ownTroubles(context);
    const since = clock.now - 5_000;
    const told = [
      { ...own, since, failed: 4, helped: 2, helper: 'Backup' },
      { ...own, failed: 1 },
      { kind: 'failing', id: 'failing:default', severity: 'medium', since, provider: 'default' },
      { kind: 'of another version', id: 'x' },
    ];
    const elsewhere = { ...context.instances.elsewhere, troubles: told };
    const heard: World = { ...all, context: { ...context, instances: { ...context.instances, elsewhere } } };
    expect(await itemsOf(heard)).toEqual([{ ...own, since, failed: 5, helped: 2, helper: 'Backup' }]);

    const idle = await world(keys());
    const ofIdle = { ...idle.context, instances: heard.context.instances };
    expect((await readAttention(ofIdle)).items).toMatchObject([{ kind: 'provider', since, failed: 5 }]);
  });

  it.each([1, 2])('is not out for %i of a thousand, however many attempts they make', async (requests) => {
    const all = await world(keys());
    for (let i = 0; i < requests; i++) {
      const witness = {};
      for (let n = 0; n < 3; n++) attempt(all, answered(503), witness);
    }
    all.clock.now += 5_000;
    expect(await itemsOf(all)).toEqual([]);
  });

  it('is out as long as its breaker is not closed, since the first failure', async () => {
    const all = await world(keys());
    const since = all.clock.now;
    for (let i = 0; i < 8; i++) attempt(all, answered(503));
    expect(all.pool('default').breaker.state).toBe('open');
    all.clock.now += 10_000;
    attempt(all, answered(503));
    expect(await itemsOf(all)).toMatchObject([{ answer: 'status', status: 503, since, severity: 'high' }]);
    // A question of our own is answered.
    const pool = all.pool('default');
    const [seen] = pool.outage.failures;
    if (seen === undefined) throw new Error('nothing has failed');
    const asked = { outcome: answered(404), detail: undefined, isLike: true, isWhole: false };
    expect(pool.askedAfter(seen, asked, all.clock.now)).toBe('back');
    pool.recovered();
    expect(await itemsOf(all)).toEqual([]);
    expect(all.pool('default').breaker.state).toBe('closed');
  });
});

describe('a provider that is out and back in turns', () => {
  it('is told without a break once it is out again, since it first was, and for some seconds after', async () => {
    const all = await world(keys());
    const { clock } = all;
    const since = clock.now;
    const providers = async () => (await itemsOf(all)).filter(({ kind }) => kind === 'provider');
    const fail = async () => {
      for (let i = 0; i < 6; i++) {
        attempt(all, DOWN);
        clock.now += 250;
      }
      await providers();
    };
    const serve = () => {
      clock.now += 1_500;
      attempt(all, answered(200));
    };
    await fail();
    serve();
    expect(await providers()).toEqual([]);
    for (let turns = 0; turns < 4; turns++) {
      await fail();
      expect(await providers()).toMatchObject([{ since }]);
      serve();
      expect(await providers()).toMatchObject([{ since }]);
    }
    clock.now += 6_000;
    expect(await providers()).toEqual([]);
  });
});

describe('a provider whose answers all break off', () => {
  it('is out from the first of them until one comes whole, whatever is let through between', async () => {
    const all = await world(keys());
    const { clock } = all;
    const since = clock.now;
    const pool = all.pool('default');
    const stream = (end: 'whole' | 'cut') => {
      const admission = pool.lease(leaseRequest(), clock.now);
      if (!admission.ok) return;
      settle(pool, admission.lease, answered(200), clock.now);
      clock.now += 100;
      pool.finish(admission.lease, end === 'whole' ? end : VERDICTS.cut, 'cut', clock.now);
    };
    for (let i = 0; i < 12; i++) stream('cut');
    clock.now += 1_000;
    for (let i = 0; i < 60; i++) {
      stream('cut');
      clock.now += 250;
      expect(await itemsOf(all)).toMatchObject([
        { kind: 'provider', answer: 'broke_off', since: since + 100 },
      ]);
    }
    clock.now += 5_000;
    stream('whole');
    expect(await itemsOf(all)).toEqual([]);
  });
});

describe('a provider of which only one endpoint fails, at which no question may be put,', () => {
  const images = { method: 'POST', path: '/images/generations' };
  const other = { outcome: answered(200), detail: undefined, isLike: false, isWhole: false };

  it('is told until that is no news, its breaker is left to traffic, and its next failure is told at once', async () => {
    const all = await world(keys());
    const { clock } = all;
    const pool = all.pool('default');
    const fail = () =>
      settle(pool, take(pool, clock.now, { asks: images, model: '' }), answered(503), clock.now);
    for (let i = 0; i < 8; i++) fail();
    const [seen] = pool.outage.failures;
    if (seen === undefined) throw new Error('nothing has failed');
    clock.now += 3_000;
    expect(pool.askedAfter(seen, other, clock.now)).toBe('there');
    expect(await itemsOf(all)).toMatchObject([{ kind: 'provider' }]);
    clock.now += 5_000;
    expect(await itemsOf(all)).toEqual([]);
    expect(pool.breaker.state).toBe('open');
    fail();
    expect(await itemsOf(all)).toMatchObject([{ kind: 'provider', answer: 'status', status: 503 }]);
  });
});

describe('a model that its provider fails alone', () => {
  const overloaded: Outcome = says('provider', { status: 503, isModelOnly: true });

  it('is told while it rests, and no more once it answers or nobody has asked for it for a while', async () => {
    const all = await world(keys());
    const pool = all.pool('default');
    const since = all.clock.now;
    const ask = (outcome: Outcome) =>
      settle(pool, take(pool, all.clock.now, { model: 'big' }), outcome, all.clock.now);
    for (let i = 0; i < 8; i++) ask(overloaded);
    const [item] = await itemsOf(all);
    expect(item).toMatchObject({ kind: 'model', model: 'big', provider: 'default', since });
    attempt(all, answered(200));
    expect(await itemsOf(all)).toHaveLength(1);
    all.clock.now += 8_000;
    expect(await itemsOf(all)).toEqual([]);
    ask(overloaded);
    expect(await itemsOf(all)).toMatchObject([{ kind: 'model' }]);
    all.clock.now += 4_000;
    ask(answered(200));
    expect(await itemsOf(all)).toEqual([]);
  });
});

describe('models that their provider fails', () => {
  const overloaded: Outcome = says('provider', { status: 503, isModelOnly: true });

  it('are one sentence, and what they cost is not told a second time', async () => {
    const all = await world(keys());
    const { context, clock } = all;
    const pool = all.pool('default');
    const recorder = context.shares.counting(
      { record: () => undefined },
      { now: () => clock.now, isOut: () => false, isResting: () => false },
    );
    const fail = (model: string) => {
      settle(pool, take(pool, clock.now, { model }), overloaded, clock.now);
      recorder.record({ model, trace: traceOf('model_unavailable') });
    };
    for (let i = 0; i < 8; i++) for (const model of ['big', 'bigger', 'biggest']) fail(model);
    expect(await itemsOf(all)).toMatchObject([{ kind: 'model', model: null, models: 3, status: 503 }]);
    for (let i = 0; i < 20; i++) recorder.record({ model: 'other', trace: traceOf('upstream_error') });
    expect(await itemsOf(all)).toMatchObject([
      { kind: 'model', models: 3 },
      { kind: 'failing', attempts: 20, failed: 20, model: 'other' },
    ]);
  });
});

describe('a provider that answers half of its attempts', () => {
  it('is told with how the others fail, and not while it is out or disabled', async () => {
    const all = await world(keys());
    const { context, clock } = all;
    const recorder = context.shares.counting(
      { record: () => undefined },
      { now: () => clock.now, isOut: () => false, isResting: () => false },
    );
    for (let i = 0; i < 40; i++) {
      const verdict = i % 2 === 0 ? 'success' : 'upstream_error';
      recorder.record({ model: `m${i}`, trace: traceOf(verdict) });
    }
    expect(await itemsOf(all)).toMatchObject([
      {
        ...{ kind: 'failing', provider: 'default', severity: 'medium', since: clock.now, model: null },
        ...{ attempts: 40, failed: 20, answer: 'status', status: 503 },
      },
    ]);
    for (let i = 0; i < 8; i++) attempt(all, answered(503));
    expect(await itemsOf(all)).toMatchObject([{ kind: 'provider' }]);
    all.pool('default').recovered();
    expect(await itemsOf(all)).toEqual([]);
  });
});

describe('a proxy', () => {
  // So many that it would be a wonder if a proxy had none of them.
  const many = Array.from({ length: 60 }, (_, i) => `k${i}`);
  const proxied = async (count = 2) => {
    const all = await world(keys(many));
    const text = Array.from({ length: count }, (_, i) => `http://p${i}.example:80`).join('\n');
    const { added } = await createProxies(all.context, { text, isShared: true, note: '' });
    return { ...all, ids: added.map(({ id }) => id) };
  };
  const die = ({ context, clock }: World, id: string, times = 3) => {
    for (let i = 0; i < times; i++) context.egresses.askedInVain(id, 'egress', 'ECONNREFUSED', clock.now);
  };

  it('is out after three failed dials and not after one; its keys are counted, with where they go', async () => {
    const all = await proxied();
    const [dead = '', good = ''] = all.ids;
    const bound = all.context.egresses.get(dead);
    die(all, dead, 1);
    expect(await itemsOf(all)).toEqual([]);
    die(all, dead, 2);
    const [item] = await itemsOf(all);
    expect(item).toMatchObject({
      kind: 'proxy',
      proxyId: dead,
      trouble: 'unreachable',
      since: all.clock.now,
      stranded: 0,
      through: all.context.egresses.get(good)?.config.hint,
    });
    const { pool, context } = all;
    const binding = pool('default').config.egress;
    const homeOf = context.egresses.homes(binding);
    const home = pool('default').keys.filter(({ config }) => homeOf(config) === bound);
    expect(home.length).toBeGreaterThan(0);
    expect(item).toMatchObject({ keys: home.length });

    const passed = { at: all.clock.now, latencyMs: 5, status: 200, error: undefined };
    context.egresses.checked(dead, passed, 3);
    expect(await itemsOf(all)).toEqual([]);
  });

  it('that a person has disabled is none, nor one that says that the far end is not there', async () => {
    const all = await proxied();
    const [first = '', second = ''] = all.ids;
    for (const id of [first, second]) die(all, id);
    expect(await itemsOf(all)).toMatchObject([{ stranded: expect.any(Number) as number }, {}]);
    all.context.egresses.setDisabled(first, 'off');
    all.context.egresses.askedInVain(second, 'upstream', '502', all.clock.now);
    expect(await itemsOf(all)).toEqual([]);
  });

  it('is told together with others where there are many', async () => {
    const all = await proxied(8);
    for (const id of all.ids.slice(0, 6)) die(all, id);
    expect(await itemsOf(all)).toMatchObject([{ kind: 'proxies', count: 6, of: 8, stranded: 0 }]);
  });
});

it('is made twice a second, whoever asks', async () => {
  const all = await world(keys());
  const [first] = all.pool('default').keys;
  expect((await attention(all.context)).items).toEqual([]);
  Object.assign(first ?? {}, { disabled: { by: 'auto', reason: '401' } });
  expect((await attention(all.context)).items).toEqual([]);
  all.clock.now += 500;
  expect((await attention(all.context)).items).toHaveLength(1);
});

describe('budgets of client tokens', () => {
  it('are told from 80 % on, those of tokens that let nobody in are not', async () => {
    const all = await world(keys());
    const { context } = all;
    const usd = new Map<string, number>();
    for (const [name, spent] of Object.entries({ a: 7.99, b: 8, c: 12, d: 10 })) {
      const budget = { amount: 10, unit: 'usd', period: 'day' } as const;
      const { item } = await createToken(context, { name, budget, isEnabled: name !== 'd' });
      usd.set(item.id, spent);
    }
    const spending = {
      ...context.spending,
      of: (id: string) => ({ nano: (usd.get(id) ?? 0) * 1e9, tokens: 0, requests: 0 }),
    };
    const items = await itemsOf({ ...all, context: { ...context, spending } });
    const budget = { kind: 'budget', unit: 'usd', amount: 10 };
    expect(items).toMatchObject([
      { ...budget, name: 'c', severity: 'medium', percent: 120, spent: 12 },
      { ...budget, name: 'b', severity: 'low', percent: 80, spent: 8 },
    ]);
  });
});

it('what the installation itself lacks is told with since when', async () => {
  const all = await world(keys());
  const context = { ...all.context, shortages: () => [{ of: 'disk' as const, since: 5 }] };
  expect(await itemsOf({ ...all, context })).toEqual([
    { kind: 'shortage', id: 'shortage:disk', severity: 'high', since: 5, of: 'disk' },
  ]);
});

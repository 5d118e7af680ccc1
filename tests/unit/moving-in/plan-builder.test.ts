import { describe, expect, it } from 'vitest';
import { PlanBuilder } from '../../../lib/moving-in/plan-builder';

const ADDRESS = 'https://a.example.com/v1';

function built(work: (builder: PlanBuilder, ref: string) => void) {
  const builder = new PlanBuilder();
  const ref = builder.addProvider({ name: 'A', baseUrl: ADDRESS }) ?? '';
  work(builder, ref);
  return builder.build();
}

const texts = ({ remarks }: ReturnType<typeof built>) => remarks.map(({ text }) => text).join('\n');

describe('a plan', () => {
  it.each(['', 'localhost', 'ftp://a', 'https://u:p@a.example.com', 'https://a.example.com/?key=1'])(
    'has no provider at "%s"',
    (baseUrl) => {
      const plan = built((builder) => expect(builder.addProvider({ name: 'B', baseUrl })).toBeUndefined());
      expect(plan.providers).toHaveLength(1);
      expect(texts(plan)).toContain('its address');
    },
  );

  it('has no header, parameter or proxy that is not allowed here', () => {
    const plan = built((builder) => {
      builder.addProvider({
        name: 'B',
        baseUrl: ADDRESS,
        auth: 'api-key',
        headers: { 'X-Good': '1', Host: 'x', 'API-Key': 'sk', 'x-good': '2', 'X-Line': 'a\nb' },
        query: { good: '1', bad: 'a\nb' },
        proxies: ['http://10.0.0.1:1', 'ftp://10.0.0.2', ''],
      });
    });
    expect(plan.providers[1]).toMatchObject({
      headers: { 'X-Good': '1' },
      query: { good: '1' },
      proxies: ['http://10.0.0.1:1'],
    });
    expect(plan.remarks.map(({ count }) => count)).toEqual([4, 1, 2]);
  });

  it('lets no provider go out directly that had a proxy', () => {
    const plan = built((builder) => {
      builder.addProvider({ name: 'B', baseUrl: ADDRESS, proxies: ['ftp://10.0.0.2'] });
    });
    expect(plan.providers[1]).toMatchObject({ isEnabled: false, proxies: [] });
    expect(texts(plan)).toContain('provider comes over disabled');
  });

  it('has keys that can be sent, once each, with weights in bounds', () => {
    const plan = built((builder, ref) => {
      for (const value of ['sk-one', ' sk-one ', '', 'sk two', 'sk-ü', 'x'.repeat(5_000)])
        builder.addKey(ref, { value });
      builder.addKey(ref, {
        value: 'sk-heavy',
        weight: 5_000,
        note: `a\nb${'c'.repeat(2_000)}`,
        limits: { requestsPerMinute: 0 },
      });
    });
    expect(plan.providers[0]?.keys.map(({ value, weight }) => [value, weight])).toEqual([
      ['sk-one', 1],
      ['sk-heavy', 1_000],
    ]);
    expect(plan.providers[0]).toMatchObject({ selectionPolicy: 'weighted', keys: [{}, { limits: null }] });
    expect(plan.providers[0]?.keys[1]?.note).toMatch(/^a b/);
    expect(plan.providers[0]?.keys[1]?.note).toHaveLength(1_000);
  });

  it('counts tiers from 1 without gaps, and has a target once', () => {
    const plan = built((builder, provider) => {
      builder.routes.add('m', { provider, model: 'x', weight: 2, tier: 7 });
      builder.routes.add('m', { provider, model: null, weight: 1, tier: -3 });
      builder.routes.add('m', { provider, model: 'x', weight: 3, tier: 7 });
      builder.routes.add('m', { provider, model: null, weight: 9, tier: 8 });
      builder.routes.add('', { provider, model: null, weight: 1, tier: 1 });
    });
    expect(plan.routes).toEqual([
      {
        name: 'm',
        targets: [
          { provider: '1', model: null, weight: 1, tier: 1 },
          { provider: '1', model: 'x', weight: 5, tier: 2 },
        ],
        on: ['unavailable'],
      },
    ]);
  });

  it('has no more routes and targets than this gateway takes, and says so', () => {
    const plan = built((builder, provider) => {
      for (let i = 0; i < 1_010; i += 1)
        builder.routes.add(`m${i}`, { provider, model: null, weight: 1, tier: 1 });
      for (let i = 0; i < 120; i += 1)
        builder.routes.add('m0', { provider, model: `x${i}`, weight: 1, tier: 1 });
    });
    expect([plan.routes.length, plan.routes[0]?.targets.length]).toEqual([1_000, 100]);
    expect(plan.remarks.map(({ count }) => count)).toEqual([10, 21]);
  });

  it('tells of a route whose name, or whose model, is longer than one can be', () => {
    const plan = built((builder, provider) => {
      const target = { provider, weight: 1, tier: 1 };
      builder.routes.add('m'.repeat(192), { ...target, model: null });
      builder.routes.add('m', { ...target, model: 'x'.repeat(192) });
      builder.routes.add('m', { ...target, model: 'x'.repeat(191) });
    });
    expect(plan.routes.map(({ name, targets }) => [name, targets.length])).toEqual([['m', 1]]);
    expect(plan.remarks).toMatchObject([
      { count: 2, text: expect.stringContaining('none for a model') as string },
    ]);
  });

  it('cuts nothing in two', () => {
    const plan = built(({ tokens }) => {
      for (const length of [78, 79])
        tokens.add({ name: 'x'.repeat(length) + '😀😀', value: `sk-client-${length}` });
    });
    for (const { name } of plan.tokens) expect(name).not.toMatch(/\p{Cs}/u);
  });

  it('has limits of 100 models, and tells of all others and of names that are too long', () => {
    const names = [...Array.from({ length: 130 }, (_one, index) => `m${index}`), 'x'.repeat(192)];
    const models = Object.fromEntries(names.map((name) => [name, { requestsPerMinute: 5 }]));
    const plan = built((builder, ref) => {
      builder.addKey(ref, { value: 'sk-test-limited', limits: { models: { ...models, none: {} } } });
      builder.routes.add('y'.repeat(192), { provider: ref, model: null, weight: 1, tier: 1 });
    });
    expect(Object.keys(plan.providers[0]?.keys[0]?.limits?.models ?? {})).toEqual(names.slice(0, 100));
    expect(plan.routes).toEqual([]);
    expect(plan.remarks.map(({ text, count }) => [text, count])).toEqual([
      ['limits of a model left out: its name is longer than 191 characters', 1],
      ['limits of models left out: there can be those of 100 models', 30],
      ['route left out: its name or a name in it is none for a model', 1],
    ]);
  });

  it('opens no token wider than it was', () => {
    const value = 'sk-client-1';
    const add = (given: object) =>
      built(({ tokens }) => tokens.add({ name: 't', value, ...given })).tokens[0];
    expect(add({})).toMatchObject({ isEnabled: true, allowedIps: [] });
    expect(add({ allowedIps: ['10.0.0.0/8', 'nonsense'] })).toMatchObject({
      isEnabled: true,
      allowedIps: ['10.0.0.0/8'],
    });
    expect(add({ allowedIps: ['nonsense'] })).toMatchObject({ isEnabled: false });
    expect(add({ models: ['m'.repeat(300)] })).toMatchObject({ isEnabled: false });
    expect(add({ models: Array.from({ length: 600 }, (_, i) => `m${i}`) })).toMatchObject({
      isEnabled: false,
    });
    expect(add({ providers: Array.from({ length: 600 }, (_, i) => `${i}`) })).toMatchObject({
      isEnabled: false,
      providers: [],
    });
    expect(add({ value: 'short' })).toBeUndefined();
  });

  it('tells equal things once, with their number and the first names, in one line each', () => {
    const plan = built((builder) => {
      for (let i = 0; i < 30; i += 1) builder.remarks.add('left out', `name ${i}\n${'x'.repeat(200)}`);
    });
    expect(plan.remarks).toHaveLength(1);
    expect(plan.remarks[0]).toMatchObject({ count: 30 });
    expect(plan.remarks[0]?.items).toHaveLength(10);
    for (const item of plan.remarks[0]?.items ?? []) expect(item).toMatch(/^name \d+ x+…$/);
  });
});

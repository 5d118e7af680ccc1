import { describe, expect, it } from 'vitest';
import { moveWork, type PresentState } from '../../../../lib/admin/moving-in/move-work';
import { PlanBuilder } from '../../../../lib/moving-in/plan-builder';

const NOTHING: PresentState = {
  providers: [],
  keys: new Map(),
  egresses: [],
  tokens: new Set(),
  tokenCount: 0,
  routes: [],
  zone: 'UTC',
  now: 0,
};
const present = (slug: string, baseUrl: string, auth = 'bearer', position = 0) => ({
  id: `id-${slug}`,
  slug,
  baseUrl,
  auth,
  position,
});

function planOf(...providers: readonly (readonly [name: string, baseUrl: string, ...keys: string[]])[]) {
  const builder = new PlanBuilder();
  for (const [name, baseUrl, ...keys] of providers) {
    const ref = builder.addProvider({ name, baseUrl, proxies: ['http://10.0.0.1:8080'] }) ?? '';
    for (const value of keys) builder.addKey(ref, { value });
  }
  return builder;
}

const slugs = (builder: PlanBuilder, state: PresentState = NOTHING) =>
  moveWork(builder.build(), state).providers.map(({ slug, id }) => [slug, id]);

describe('what there is to do', () => {
  it('gives each provider a slug of its own', () => {
    const builder = planOf(
      ['A', 'https://a.example.com/v1'],
      ['a', 'https://a.example.com/v1'],
      ['登录', 'https://b.example.com'],
      ['login', 'https://c.example.com'],
    );
    expect(slugs(builder)).toEqual([
      ['a', undefined],
      ['a-2', undefined],
      ['provider', undefined],
      ['login-provider', undefined],
    ]);
  });

  it('finds what it has made before, also under a number', () => {
    const builder = planOf(['A', 'https://a.example.com/v1'], ['A', 'https://b.example.com/v1']);
    const before = [
      present('a', 'https://other.example.com/v1'),
      present('a-2', 'https://a.example.com/v1'),
      present('a-3', 'https://b.example.com/v1'),
    ];
    expect(slugs(builder, { ...NOTHING, providers: before })).toEqual([
      ['a-2', 'id-a-2'],
      ['a-3', 'id-a-3'],
    ]);
  });

  it('takes a provider that takes its key another way for another one', () => {
    const builder = planOf(['A', 'https://a.example.com/v1']);
    expect(
      slugs(builder, { ...NOTHING, providers: [present('a', 'https://a.example.com/v1', 'api-key')] }),
    ).toEqual([['a-2', undefined]]);
  });

  it('adds only keys, tokens and proxies that are not here', () => {
    const builder = planOf(
      ['A', 'https://a.example.com/v1', 'sk-here', 'sk-new'],
      ['B', 'https://b.example.com/v1', 'sk-here'],
    );
    builder.tokens.add({ name: 'here', value: 'sk-client-here' });
    builder.tokens.add({ name: 'new', value: 'sk-client-new' });
    const state: PresentState = {
      ...NOTHING,
      providers: [present('a', 'https://a.example.com/v1')],
      keys: new Map([['id-a', new Set(['sk-here'])]]),
      egresses: [],
      tokens: new Set(['sk-client-here']),
    };
    const work = moveWork(builder.build(), state);
    expect(work.providers.map(({ keys, keysKnown }) => [keys.map(({ value }) => value), keysKnown])).toEqual([
      [['sk-new'], 1],
      [['sk-here'], 0],
    ]);
    expect([work.tokens.fresh.map(({ name }) => name), work.tokens.known]).toEqual([['new'], 1]);
    // The provider that is here keeps the way out that it has.
    expect(work.proxies.map(({ hint }) => hint)).toEqual(['http://10.0.0.1:8080']);
    expect(
      moveWork(builder.build(), { ...state, egresses: [{ id: 'e', url: 'http://10.0.0.1:8080' }] }).proxies,
    ).toEqual([]);
  });

  it('numbers many of one name without a gap, but for numbers that others have', () => {
    const builder = planOf(
      ...Array.from({ length: 30 }, (_one, index) => ['a', `https://${index}.example.com`] as const),
    );
    const before = [present('a', 'https://other.example.com'), present('a-7', 'https://other.example.com')];
    const numbers = Array.from({ length: 32 }, (_one, index) => index + 1).filter(
      (one) => ![1, 7].includes(one),
    );
    expect(slugs(builder, { ...NOTHING, providers: before })).toEqual(
      numbers.map((number) => [`a-${number}`, undefined]),
    );
  });

  it('keeps slugs short enough', () => {
    const name = 'x'.repeat(80);
    const [one, two] = slugs(planOf([name, 'https://a.example.com'], [name, 'https://b.example.com']));
    expect([one?.[0]?.length, two?.[0]]).toEqual([63, `${'x'.repeat(61)}-2`]);
  });
});

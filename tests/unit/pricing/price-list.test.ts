import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { cataloguePrice } from '../../../lib/pricing/catalogue';
import { PACKAGED, packagedList, readPriceList, usePriceList } from '../../../lib/pricing/price-list';

const AT = new Date('2026-11-29T12:00:00Z');

const provider = (id: string, model: string, prices: unknown = { input_mtok: 1, output_mtok: 2 }) => ({
  id,
  name: id.toUpperCase(),
  api_pattern: `https://api\\.${id}\\.com`,
  models: [{ id: model, match: { starts_with: model }, prices }],
});
const LIST = [provider('openai', 'gpt-4o'), provider('anthropic', 'claude-sonnet-4-5')];

const read = (value: unknown) => readPriceList(JSON.stringify(value));
const inputOf = (model: string) =>
  cataloguePrice({ provider: 'openai', baseUrl: undefined, model }, AT)?.rates.input;

afterEach(async () => usePriceList(await packagedList()));

it('the list that comes with the program passes for one, and is that of the version that is named', async () => {
  const { providers, models } = await packagedList();
  expect(models).toBeGreaterThan(500);
  expect(read(providers)).toMatchObject({ ok: true, list: { models } });
  const installed = readFileSync(
    new URL('../../../node_modules/@pydantic/genai-prices/package.json', import.meta.url),
    'utf8',
  );
  expect((JSON.parse(installed) as { version: string }).version).toBe(PACKAGED.version);
});

it('prices are looked up in the list that is used, and in the packaged one again', async () => {
  const list = read([provider('openai', 'gpt-4o', { input_mtok: 77 }), LIST[1]]);
  if (!list.ok) throw new Error(list.why);
  usePriceList(list.list);
  expect(inputOf('gpt-4o')).toBe(77);
  usePriceList(await packagedList());
  expect(inputOf('gpt-4o')).toBe(2.5);
});

describe('a list is refused', () => {
  it.each([
    ['no JSON', 'not json', 'it is not JSON'],
    ['no list', '{}', 'it is no list of prices: see 0'],
    ['empty', '[]', 'it is no list of prices: see 0'],
  ])('that is %s', (_what, text, why) => {
    expect(readPriceList(text)).toEqual({ ok: false, why });
  });

  it.each([
    ['has a negative price', { input_mtok: -1 }, '0.models.0.prices.input_mtok'],
    ['has a price that is none', { input_mtok: 'free' }, '0.models.0.prices'],
    ['has a price beyond reason', { input_mtok: 1e12 }, '0.models.0.prices.input_mtok'],
    ['has no price for any time', [], '0.models.0.prices'],
  ])('that %s', (_what, prices, at) => {
    expect(read([provider('openai', 'gpt-4o', prices), LIST[1]])).toEqual({
      ok: false,
      why: `it is no list of prices: see ${at}`,
    });
  });

  it.each(['(a+)+$', '([a-z]*)*x', '(', '^(a|a)+$'])('whose address %s may stall or is none', (regex) => {
    expect(read([{ ...LIST[0], api_pattern: regex }, LIST[1]])).toEqual({
      ok: false,
      why: 'it is no list of prices: see 0.api_pattern',
    });
  });

  it('that lacks the models that everybody has', () => {
    expect(read([LIST[0]])).toEqual({ ok: false, why: 'it has no price for claude-sonnet-4-5' });
  });
});

describe('a model is left out', () => {
  const withModel = (match: unknown) => {
    const model = { id: 'x', match, prices: { input_mtok: 1 } };
    return read([{ ...LIST[0], models: [...LIST[0]!.models, model] }, LIST[1]]);
  };

  it.each(['(a+)+$', '([a-z]*)*x', '(', '^(a|a)+$', '^(a|a){9}$', '^.*a.*b$', `^${'a?'.repeat(30)}$`])(
    'whose pattern %s may stall or is none',
    (regex) => {
      expect(withModel({ regex })).toMatchObject({ ok: true, list: { models: 2 } });
      expect(withModel({ or: [{ equals: 'y' }, { regex }] })).toMatchObject({ list: { models: 2 } });
    },
  );

  it('that is recognised in a way that is not known here', () => {
    expect(withModel({ sounds_like: 'x' })).toMatchObject({ ok: true, list: { models: 2 } });
    expect(withModel(undefined)).toMatchObject({ ok: true, list: { models: 2 } });
    expect(withModel({ equals: 'x' })).toMatchObject({ ok: true, list: { models: 3 } });
  });

  it.each([
    [{ type: 'phase_of_moon' }],
    [{ start_date: 'not a date' }],
    [{ type: 'time_of_date', start_time: '99:99', end_time: '01:00' }],
    [{ start_time: '01:00:00Z' }],
  ])('whose prices hold at times that are not known here: %j', (constraint) => {
    const prices = [{ prices: { input_mtok: 1 } }, { constraint, prices: { input_mtok: 2 } }];
    const model = { id: 'x', match: { equals: 'x' }, prices };
    const list = read([{ ...LIST[0], models: [...LIST[0]!.models, model] }, LIST[1]]);
    if (!list.ok) throw new Error(list.why);
    expect(list.list.models).toBe(2);
    usePriceList(list.list);
    expect(inputOf('x')).toBeUndefined();
  });

  it.each([
    [{ start_date: '2026-11-01' }],
    [{ type: 'time_of_date', start_time: '11:00:00Z', end_time: '13:00:00Z' }],
  ])('and none whose prices hold at times that are known: %j', (constraint) => {
    const prices = [{ prices: { input_mtok: 1 } }, { constraint, prices: { input_mtok: 2 } }];
    const list = read([provider('openai', 'gpt-4o', prices), LIST[1]]);
    if (!list.ok) throw new Error(list.why);
    usePriceList(list.list);
    expect(inputOf('gpt-4o')).toBe(2);
  });

  it('once all patterns together may take too long', () => {
    const models = Array.from({ length: 500 }, (_, i) => ({
      id: `m${i}`,
      match: { regex: '^.*-x$' },
      prices: { input_mtok: 1 },
    }));
    const list = read([...LIST, { ...LIST[0], id: 'other', models }]);
    expect(list).toMatchObject({ ok: true, list: { models: 2 + 255 } });
  });
});

it('a mark of the order of bytes, and a step at any length of a prompt, are no trouble', () => {
  const rate = { base: 1, tiers: [{ start: 2_000_000, price: 2 }] };
  const list = [provider('openai', 'gpt-4o', { input_mtok: rate }), LIST[1]];
  expect(readPriceList(`\uFEFF${JSON.stringify(list)}`)).toMatchObject({ ok: true, list: { models: 2 } });
});

it('a name longer than any model has costs nobody knows what', () => {
  expect(inputOf('gpt-4o')).toBe(2.5);
  expect(inputOf(`gpt-4o/${'x'.repeat(300)}`)).toBeUndefined();
  expect(inputOf(`${'x'.repeat(300)}/gpt-4o`)).toBeUndefined();
});

it('a list that cannot be used changes nothing', () => {
  const list = { providers: [{ id: 'x' }], models: 0 } as unknown as Parameters<typeof usePriceList>[0];
  expect(() => usePriceList(list)).toThrow('it cannot be used by this version');
  expect(inputOf('gpt-4o')).toBe(2.5);
});

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

  it.each(['(a+)+$', '([a-z]*)*x', '('])('whose pattern %s may stall or is none', (regex) => {
    const model = { id: 'x', match: { regex }, prices: { input_mtok: 1 } };
    expect(read([{ ...LIST[0], models: [...LIST[0]!.models, model] }, LIST[1]])).toMatchObject({ ok: false });
    expect(read([{ ...LIST[0], api_pattern: regex }, LIST[1]])).toMatchObject({ ok: false });
  });

  it('that lacks the models that everybody has', () => {
    expect(read([LIST[0]])).toEqual({ ok: false, why: 'it has no price for claude-sonnet-4-5' });
  });
});

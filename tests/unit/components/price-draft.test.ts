import { describe, expect, it } from 'vitest';
import { amountIn, draftOf, keptFields, pricesWith } from '../../../components/settings/price-draft';
import type { PriceAnswer, PricedModelItem } from '../../../lib/admin/contract/prices';

const rate = (base: number, ...steps: { above: number; rate: number }[]) => ({ base, steps });
const NO_PRICE: PriceAnswer = {
  source: 'own',
  provider: null,
  model: null,
  input: null,
  cachedInput: null,
  cacheWrite: null,
  cacheWrite1h: null,
  inputAudio: null,
  cachedAudio: null,
  inputImage: null,
  output: null,
  reasoning: null,
  outputAudio: null,
  outputImage: null,
  request: null,
  batch: null,
  flex: null,
  priority: null,
};
const itemOf = (price: Partial<PriceAnswer> | null): PricedModelItem => ({
  provider: 'openai',
  model: 'gpt-4o',
  requests: 1,
  price: price === null ? null : { ...NO_PRICE, ...price },
});
const texts = (input: string, cached = '', output = '') => ({ input, cached_input: cached, output });

describe('an own price', () => {
  const exact = {
    provider: 'openai',
    model: 'gpt-4o',
    input: 1,
    output: 2,
    cache_write: 3,
    reasoning: 4,
    request: 0.01,
    batch: 0.5,
    input_audio: 9,
  };
  const pattern = { model: 'gpt-*', input: 5, request: 0.02, flex: 0.5 };
  const other = { model: 'other', input: 7 };

  it('keeps its place, and all that the form does not show', () => {
    const all = [other, exact, pattern];
    const draft = draftOf(itemOf({ source: 'own', provider: 'openai', model: 'gpt-4o' }), all);
    expect(draft).toMatchObject({ isPattern: false, losesSteps: false, texts: texts('1', '', '2') });
    expect(keptFields(draft).map(([field]) => field)).toEqual([
      ...['cache_write', 'reasoning', 'request', 'batch', 'input_audio'],
    ]);
    expect(pricesWith(all, draft, texts('1,5', '0.1'))).toEqual([
      other,
      { ...exact, input: 1.5, cached_input: 0.1, output: undefined },
      pattern,
    ]);
  });

  it('keeps its pattern and its provider, unless it is to be for this model alone', () => {
    const all = [other, pattern, exact];
    const item = itemOf({ source: 'own', model: 'gpt-*' });
    const draft = draftOf(item, all);
    expect(draft).toMatchObject({ isPattern: true, texts: texts('5') });
    expect(pricesWith(all, draft, texts('6'))).toEqual([other, { ...pattern, input: 6 }, exact]);
    expect(pricesWith(all, draft, texts('6'), item)).toEqual([
      { ...pattern, input: 6, provider: 'openai', model: 'gpt-4o' },
      ...all,
    ]);
  });

  it('may be one for each request alone, but not a share alone', () => {
    const draft = draftOf(itemOf({ source: 'own', model: 'gpt-*' }), [pattern]);
    expect(pricesWith([pattern], draft, texts(''))).toEqual([{ model: 'gpt-*', request: 0.02, flex: 0.5 }]);
    const share = { model: 'gpt-*', input: 5, flex: 0.5 };
    expect(pricesWith([share], draftOf(itemOf({ source: 'own', model: 'gpt-*' }), [share]), texts(''))).toBe(
      undefined,
    );
  });
});

it('a price of the catalogue brings all its rates along, and says that it loses its steps', () => {
  const listed = itemOf({
    source: 'catalogue',
    provider: 'OpenAI',
    model: 'gpt-4o',
    input: rate(2.5, { above: 200_000, rate: 5 }),
    cachedInput: rate(1.25),
    cacheWrite: rate(3.75),
    cacheWrite1h: rate(6),
    output: rate(10),
    outputAudio: rate(80),
    request: 0.005,
    batch: 0.5,
    flex: 0.5,
  });
  const draft = draftOf(listed, []);
  expect(draft).toMatchObject({ place: undefined, losesSteps: true, texts: texts('2.5', '1.25', '10') });
  expect(pricesWith([{ model: '*', input: 1 }], draft, texts('3', '1.25', '10'))).toEqual([
    {
      provider: 'openai',
      model: 'gpt-4o',
      input: 3,
      cached_input: 1.25,
      cache_write: 3.75,
      cache_write_1h: 6,
      output: 10,
      output_audio: 80,
      request: 0.005,
      batch: 0.5,
      flex: 0.5,
    },
    { model: '*', input: 1 },
  ]);
});

it('a price that nobody knows begins with nothing', () => {
  const draft = draftOf(itemOf(null), []);
  expect(draft.texts).toEqual(texts(''));
  expect(pricesWith([], draft, texts(''))).toBeUndefined();
  expect(pricesWith([], draft, texts('1'))).toEqual([{ provider: 'openai', model: 'gpt-4o', input: 1 }]);
});

it.each([
  ['', null],
  [' 0,5 ', 0.5],
  ['1e3', 1_000],
  ['1000000', 1_000_000],
  ['-1', undefined],
  ['1000001', undefined],
  ['free', undefined],
  ['NaN', undefined],
])('"%s" is the amount %s', (text, amount) => expect(amountIn(text)).toBe(amount));

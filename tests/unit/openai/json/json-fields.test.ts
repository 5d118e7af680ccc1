import { describe, expect, it } from 'vitest';
import { isFields, parsed, parsedBriefly, text } from '../../../../lib/openai/json/json-fields';

it('only an object that is no list has fields', () => {
  for (const value of [{}, { a: 1 }]) expect(isFields(value)).toBe(true);
  for (const value of [null, undefined, [], [{}], 'a', 1, true]) expect(isFields(value)).toBe(false);
});

it('a text is what has letters', () => {
  expect(text('a')).toBe('a');
  for (const value of ['', undefined, null, 1, ['a'], {}]) expect(text(value)).toBeUndefined();
});

describe.each([
  ['at once', parsed],
  ['briefly', parsedBriefly],
])('JSON that is read %s', (_, read) => {
  it('is its value, and undefined where it is none', () => {
    expect(read('{"a":[1,{}]}')).toEqual({ a: [1, {}] });
    expect(read('null')).toBeNull();
    for (const broken of ['', '{', 'no', '[1,]']) expect(read(broken)).toBeUndefined();
  });
});

describe('JSON that is read briefly', () => {
  it('has at most 4 million characters', () => {
    const long = (length: number) => `"${'a'.repeat(length - 2)}"`;
    expect(parsedBriefly(long(4 * 2 ** 20))).toHaveLength(4 * 2 ** 20 - 2);
    expect(parsedBriefly(long(4 * 2 ** 20 + 1))).toBeUndefined();
  });

  it.each([
    ['numbers', (count: number) => `[${'1,'.repeat(count - 1)}1]`],
    ['lists', (count: number) => `${'[],'.repeat(count / 2).slice(0, -1)}`],
    ['objects', (count: number) => `${'{},'.repeat(count / 2).slice(0, -1)}`],
  ])('has at most 300,000 values, be they %s', (_, of) => {
    const list = (json: string) => (json.startsWith('[1') ? json : `[${json}]`);
    expect(parsedBriefly(list(of(300_000)))).toBeInstanceOf(Array);
    expect(parsedBriefly(list(of(300_002)))).toBeUndefined();
  });
});

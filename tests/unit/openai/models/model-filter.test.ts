import { describe, expect, it } from 'vitest';
import * as models from '../../../../lib/openai/models/model-filter';

const { ModelFilter } = models;
const filter = new ModelFilter([' GPT-4o ', 'models/gemini-pro', '', ' ']);

/** Of this many characters, with the filtered name behind `before` of them. */
const long = (before: number, length: number) => `${'x'.repeat(before)}/gpt-4o:`.padEnd(length, 'y');

describe('a filtered model', () => {
  it.each([
    'gpt-4o',
    ' GPT-4o\n',
    'ｇｐｔ-4o',
    'gpt\u200b-4o',
    '\u200b gpt-4o \ufffd',
    'openai/gpt-4o',
    'openai:gpt-4o',
    'a/b/gpt-4o:free',
    'gpt-4o#1',
    'gpt-4o?a=b',
    'gpt-4o/',
    'gpt-4o//',
    'xgpt-4o/gpt-4o',
    'loft:gpt-4o',
    'ft::gpt-4o',
    'gemini-pro',
    'models/gemini-pro',
  ])('is one however it is spelt: %j', (name) => {
    expect(filter.has(name)).toBe(true);
  });

  it.each([
    '',
    ' ',
    ':',
    'gpt-4',
    'gpt-4o-mini',
    'xgpt-4o',
    'x-gpt-4o',
    'gpt-4o/x',
    'gpt-4o/ /',
    'ft:gpt-4o',
    'ft:gpt-4o:acme',
    'openai/ft:gpt-4o:acme',
    'a:ft:gpt-4o',
    'gemini-pro-2',
  ])('is none that only sounds like it: %j', (name) => {
    expect(filter.has(name)).toBe(false);
  });

  it('is looked for at the beginning and at the end of what is too long for a name', () => {
    expect(filter.has(long(4092, 8192))).toBe(true);
    expect(filter.has(long(4092, 8193))).toBe(false);
    expect(filter.has(long(4200, 9000))).toBe(false);
    expect(filter.has(long(20, 9000))).toBe(true);
    expect(filter.has(long(8500, 9000))).toBe(true);
    expect(filter.has(`${long(4092, 8192)}${' '.repeat(100)}`)).toBe(true);
  });

  it('is none without names', () => {
    expect(filter.isEmpty).toBe(false);
    for (const empty of [new ModelFilter(), new ModelFilter(['', ' ', 'models/'])]) {
      expect(empty.isEmpty).toBe(true);
      for (const name of ['', ' ', 'gpt-4o']) expect(empty.has(name)).toBe(false);
    }
  });
});

it.each([
  [' Model ', true, false],
  ['ENGINE', true, false],
  ['azure_deployment', true, false],
  ['x-Fallbacks', true, true],
  ['ｍodel', true, false],
  ['', false, false],
  ['mode', false, false],
  ['model'.padEnd(200, 'x'), true, false],
  ['model'.padEnd(201, 'x'), false, false],
  ['fallback'.padEnd(200, 'x'), true, true],
  ['fallback'.padEnd(201, 'x'), false, false],
])('what is called %s may name a model: %s; fallbacks: %s', (name, isModel, isFallback) => {
  expect([models.mayNameModel(name), models.mayHoldFallbacks(name)]).toEqual([isModel, isFallback]);
});

it.each([
  ['prompt', true],
  ['metadata[model]', true],
  ['input', true],
  ['description[0]', true],
  ['model', false],
  ['model[prompt]', false],
  ['', false],
  ['[prompt]', false],
])('the form’s field %s is content: %s', (name, isContent) => {
  expect(models.isContentName(name)).toBe(isContent);
});

it('who asks for a filtered model is told what they asked for, up to 100 letters of it', () => {
  expect(models.notServed('gpt-4o')).toBe("The model 'gpt-4o' does not exist or is not served here.");
  expect(models.notServed('m'.repeat(101))).toBe(
    `The model '${'m'.repeat(100)}' does not exist or is not served here.`,
  );
});

import { describe, expect, test } from 'vitest';
import { isRequestId, matching, maybeSecret } from '../../../lib/client/matching';

const named = (...labels: string[]) => labels.map((label) => ({ label }));
const labels = (items: readonly { readonly label: string }[]) => items.map(({ label }) => label);

describe('matching', () => {
  test('finds by every word, in any case and width, with or without accents', () => {
    const items = named('Client tokens', 'Keys', 'Azure Zürich', 'ＡＢＣ');
    expect(labels(matching(items, 'TOK cli'))).toEqual(['Client tokens']);
    expect(labels(matching(items, 'zurich'))).toEqual(['Azure Zürich']);
    expect(labels(matching(items, 'abc'))).toEqual(['ＡＢＣ']);
    expect(matching(items, 'keys tokens')).toEqual([]);
  });

  test('puts a whole name before a beginning, before the beginning of a word, before the rest', () => {
    const items = named('monkeys', 'Add keys', 'Keys of Groq', 'keys');
    expect(labels(matching(items, 'keys'))).toEqual(['keys', 'Keys of Groq', 'Add keys', 'monkeys']);
  });

  test('finds by other words too, and counts the label more', () => {
    const items = [{ label: '密钥', words: ['keys'] }, { label: 'keys of mine' }];
    expect(labels(matching(items, 'keys'))).toEqual(['keys of mine', '密钥']);
    expect(labels(matching(items, '密'))).toEqual(['密钥']);
  });

  test('keeps all in their order for an empty search', () => {
    expect(labels(matching(named('b', 'a'), '  '))).toEqual(['b', 'a']);
  });
});

test.each([
  ['req_6f1c0a0e2b00000001', true],
  ['req_011CQ5x0d7f2', true],
  ['chatcmpl-9aBcDeFg', true],
  ['sk-abcdefghijklmnop', false],
  ['req_', false],
  ['req_6f1c 0a0e', false],
])('%s is the id of a request: %s', (text, isId) => expect(isRequestId(text)).toBe(isId));

test.each([
  ['sk-abcdefghijklmnopqrstuvwxyz', true],
  ['0123456789abcdef0123456789abcdef', true],
  ['wxyz', false],
  ['the team that does research', false],
  ['req_6f1c0a0e2b00000001', false],
])('%s may be a secret: %s', (text, isSecret) => expect(maybeSecret(text)).toBe(isSecret));

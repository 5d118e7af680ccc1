import { expect, test } from 'vitest';
import { partsOf } from '../../../lib/client/answer-parts';

const text = (words: string) => ({ kind: 'text', text: words, language: '' });
const code = (words: string, language = '') => ({ kind: 'code', text: words, language });

test.each([
  ['words alone', 'Hello\n\nthere', [text('Hello\n\nthere')]],
  ['code between words', 'a\n\n```ts\nx\n\n  y\n```\n\nb\n', [text('a'), code('x\n\n  y', 'ts'), text('b')]],
  ['code that has not ended', 'a\n```python\nx', [text('a'), code('x', 'python')]],
  ['a fence that has just begun', 'a\n```', [text('a'), code('')]],
  ['a shorter fence within a longer one', '````md\n```ts\nx\n```\n````', [code('```ts\nx\n```', 'md')]],
  ['a fence of another kind within', '~~~\n```\n~~~', [code('```')]],
  ['a line in code that looks like a fence with a name', '```\n```ts\n```', [code('```ts')]],
  ['backticks within a line', 'use ```x``` here', [text('use ```x``` here')]],
  ['nothing', '', []],
  ['markup', '<script>alert(1)</script>', [text('<script>alert(1)</script>')]],
])('an answer with %s is cut as people read it', (_what, answer, parts) =>
  expect(partsOf(answer)).toEqual(parts),
);

test('a long line of what could begin a fence is only text', () => {
  const line = `~~~${'a'.repeat(50_000)}\``;
  expect(partsOf(line)).toEqual([text(line)]);
});

import { expect, test } from 'vitest';
import { foundModels } from '../../../components/playground/found-models';

const groups = [
  { provider: '', names: ['fast'] },
  { provider: 'Default', names: Array.from({ length: 300 }, (_, index) => `model-${index}`) },
  { provider: 'Groq', names: ['groq/llama-3.3-70b', 'groq/Qwen-3'] },
];

test('a search finds each of its words anywhere in a name, in any case', () => {
  expect(foundModels(groups, 'qwen groq')).toEqual({
    groups: [{ provider: 'Groq', names: ['groq/Qwen-3'] }],
    more: 0,
  });
  expect(foundModels(groups, 'nowhere')).toEqual({ groups: [], more: 0 });
});

test('a provider with many models hides no other, and tells how many are left out', () => {
  const { groups: found, more } = foundModels(groups, '', 30);
  expect(found.map(({ names }) => names.length)).toEqual([1, 10, 2]);
  expect(more).toBe(290);
  expect(foundModels(groups, 'model-29', 30).more).toBe(0);
});

import { expect, it } from 'vitest';
import { modelIdOf, modelsOf, withModels } from '../../../../lib/openai/models/model-list';

it('reads every shape of a list of models, empty ones too', () => {
  expect(modelsOf({ object: 'list', data: [{ id: 'a' }] })).toEqual([{ id: 'a' }]);
  expect(modelsOf([{ id: 'a' }])).toEqual([{ id: 'a' }]);
  expect(modelsOf({ models: [{ name: 'a' }] })).toEqual([{ name: 'a' }]);
  expect(modelsOf({ models: ['a'], data: null })).toEqual(['a']);
  expect(modelsOf({ data: [] })).toEqual([]);
});

it.each([[undefined], [null], ['text'], [{}], [{ data: {} }], [{ error: { message: 'no' } }]])(
  'takes nothing else for one: %j',
  (json) => {
    expect(modelsOf(json)).toBeUndefined();
  },
);

it('finds the name of a model wherever it stands', () => {
  const items = [
    'a',
    { id: 'a', name: 'Model A' },
    { model: 'a', name: 'Model A' },
    { name: 'a' },
    { id: '', name: 'a' },
  ];
  expect(items.map(modelIdOf)).toEqual(['a', 'a', 'a', 'a', 'a']);
  expect([null, 7, {}, { id: 7 }, []].map(modelIdOf)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

it('keeps the shape of a list that is made shorter', () => {
  expect(withModels({ object: 'list', data: [1, 2] }, [1])).toEqual({ object: 'list', data: [1] });
  expect(withModels({ models: ['a', 'b'], more: 1 }, ['a'])).toEqual({ models: ['a'], more: 1 });
  expect(withModels(['a', 'b'], ['a'])).toEqual(['a']);
});

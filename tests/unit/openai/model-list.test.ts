import { expect, it } from 'vitest';
import { modelsOf } from '../../../lib/openai/model-list';

it('reads both shapes of a list of models, empty ones too', () => {
  expect(modelsOf({ object: 'list', data: [{ id: 'a' }] })).toEqual([{ id: 'a' }]);
  expect(modelsOf([{ id: 'a' }])).toEqual([{ id: 'a' }]);
  expect(modelsOf({ data: [] })).toEqual([]);
});

it.each([[undefined], [null], ['text'], [{}], [{ data: {} }], [{ error: { message: 'no' } }]])(
  'takes nothing else for one: %j',
  (json) => {
    expect(modelsOf(json)).toBeUndefined();
  },
);

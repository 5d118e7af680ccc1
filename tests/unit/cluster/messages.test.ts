import { expect, it } from 'vitest';
import { messagesOf } from '../../../lib/cluster/messages';

const use = (heard: unknown) => ({
  kind: 'use',
  keyId: 'k',
  use: { at: 1, taken: [1, 2], models: [], ...(heard !== undefined && { heard }) },
});

it.each([undefined, [], [['a', 1, 2]]])('reads what is used of limits, whoever was heard (%j)', (heard) => {
  expect(messagesOf(JSON.stringify([use(heard)]))).toEqual([use(heard)]);
});

it.each([1, 'a', {}, [1], [[]], [['a', 1]], [['a', 1, 'b']], [[1, 1, 1]], [['a', 1, 2, 3]]])(
  'passes over what tells nonsense of it (%j)',
  (heard) => {
    expect(messagesOf(JSON.stringify([use(heard), { kind: 'asks' }]))).toEqual([{ kind: 'asks' }]);
  },
);

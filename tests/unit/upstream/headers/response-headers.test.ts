import { expect, it } from 'vitest';
import { clientResponseHeaders } from '../../../../lib/upstream/headers/response-headers';

it('what an upstream says of its answer reaches the client, each of a repeated header too', () => {
  expect(clientResponseHeaders({ 'x-a': '1', link: ['a', 'b'], none: undefined })).toEqual([
    ...['x-a', '1'],
    ...['link', 'a'],
    ...['link', 'b'],
  ]);
});

it('its request id makes room for ours', () => {
  expect(clientResponseHeaders({ 'x-request-id': 'theirs' })).toEqual(['x-upstream-request-id', 'theirs']);
});

it.each(['connection', 'transfer-encoding', 'set-cookie', 'alt-svc', 'strict-transport-security', 'nel'])(
  'what is true of its connection or site alone does not: %s',
  (name) => expect(clientResponseHeaders({ [name]: 'x' })).toEqual([]),
);

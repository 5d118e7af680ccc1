import { expect, it } from 'vitest';
import { requestIdOf } from '../../../../lib/gateway/request/request-id';

const idOf = (headers: Record<string, string>): string => requestIdOf((name) => headers[name]);

it("a client's own id is kept", () => {
  expect(idOf({ 'x-request-id': 'mine-1', authorization: 'Bearer token-1' })).toBe('mine-1');
});

it.each(['authorization', 'x-api-key', 'api-key'])(
  'an id never holds the token of its request: %s',
  (name) => {
    const token = name === 'authorization' ? 'Bearer token-1' : 'token-1';
    expect(idOf({ 'x-request-id': 'token-1', [name]: token })).toMatch(/^req_/);
    expect(idOf({ 'x-request-id': 'a:token-1:b', [name]: token })).toMatch(/^req_/);
  },
);

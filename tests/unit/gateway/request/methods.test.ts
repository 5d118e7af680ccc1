import { expect, it } from 'vitest';
import { ALLOWED_METHODS, isAllowedMethod } from '../../../../lib/gateway/request/methods';

it('what a 405 says is allowed is allowed', () => {
  expect(ALLOWED_METHODS.split(', ').every(isAllowedMethod)).toBe(true);
});

it.each(['TRACE', 'CONNECT', 'PROPFIND', 'get', ''])('no other method is: %s', (method) => {
  expect(isAllowedMethod(method)).toBe(false);
});

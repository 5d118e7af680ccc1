import { expect, it } from 'vitest';
import { keyPlace } from '../../../../lib/upstream/headers/key-place';
import { upstreamPath } from '../../../../lib/upstream/headers/request-query';
import { addressAt, placeBeside } from '../../../../lib/upstream/place';

it.each([
  ['/models', {}, '/models'],
  ['/models?a=%20+&b', {}, '/models?a=%20+&b'],
  ['/models', { query: { v: '1 &' } }, '/models?v=1%20%26'],
  ['/models?v=2&a=1&%76=3', { query: { v: '1' } }, '/models?a=1&v=1'],
  ['/models?key=client-token', { key: { name: 'key', secret: 'sk/+=' } }, '/models?key=sk%2F%2B%3D'],
  ['/models?key=client-token', { key: { name: 'key', secret: '' } }, '/models'],
])("the provider's parameters take the place of the client's: %s %j", (path, added, expected) => {
  expect(upstreamPath(path, [], added)).toBe(expected);
});

it.each([
  [undefined, '/v1/models', { in: 'header', name: 'authorization', prefix: 'Bearer ' }],
  ['api-key', '/openai/v1/models', { in: 'header', name: 'api-key', prefix: '' }],
  ['header:x-a', '/', { in: 'header', name: 'x-a', prefix: '' }],
  ['query:k', '/', { in: 'query', name: 'k' }],
  ['x-goog-api-key', '/v1beta/models', { in: 'header', name: 'x-goog-api-key', prefix: '' }],
  ['x-goog-api-key', '/v1beta/openai/models', { in: 'header', name: 'authorization', prefix: 'Bearer ' }],
])('%s at %s is where the key stands', (auth, path, place) => expect(keyPlace(auth, path)).toEqual(place));

it.each([
  ['/v1beta/openai', '/v1beta', '/v1beta'],
  ['/v1beta', '/v1beta/openai', '/v1beta/openai'],
  ['/openai/v1', '/openai/deployments/d', '/openai/deployments/d'],
  ['/openai/deployments/x', '/openai', '/openai'],
  ['/team/azure/openai/v1', '/openai', '/team/azure/openai'],
  ['', '/v1beta', '/v1beta'],
])('beside %s the place %s is %s', (prefix, place, expected) => {
  expect(placeBeside(prefix, place)).toBe(expected);
  expect(addressAt(`https://h${prefix}`, place)).toBe(`https://h${expected}`);
});

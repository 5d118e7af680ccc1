import { expect, test } from 'vitest';
import { headerAskedFor } from '../../../components/keys/header-asked';

test.each([
  ['401: x-api-key header is required', 'x-api-key'],
  ["Missing 'X-API-Key' header", 'X-API-Key'],
  ['Please provide the `api-key` header.', 'api-key'],
  ['missing header: x-goog-api-key', 'x-goog-api-key'],
  ['You must send your key in the header x-auth-token', 'x-auth-token'],
])('a refusal that asks for another header is understood: %s', (text, header) => {
  expect(headerAskedFor(text)).toBe(header);
});

test.each(['401: Incorrect API key provided', 'invalid x-api-key header', 'No credit left', ''])(
  'one that says something else is not taken for it: %s',
  (text) => {
    expect(headerAskedFor(text)).toBeUndefined();
  },
);

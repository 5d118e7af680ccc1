import { expect, it } from 'vitest';
import { isCrossSite, isSameOrigin } from '../../../lib/auth/same-origin';

const judge = (headers: Record<string, string>) =>
  isSameOrigin(new Headers({ host: 'balance.example', ...headers }));

it('is true for what the dashboard sends', () => {
  expect(judge({ origin: 'https://balance.example', 'sec-fetch-site': 'same-origin' })).toBe(true);
  expect(judge({ origin: 'https://balance.example' })).toBe(true);
  expect(
    judge({
      host: '10.0.0.1:8000',
      origin: 'https://balance.example',
      'x-forwarded-host': 'balance.example',
    }),
  ).toBe(true);
});

it('is false for pages of others, whatever they leave out', () => {
  expect(judge({ origin: 'https://evil.example' })).toBe(false);
  expect(judge({ origin: 'null' })).toBe(false);
  expect(judge({ origin: 'https://balance.example:444' })).toBe(false);
  expect(judge({ 'sec-fetch-site': 'cross-site' })).toBe(false);
  expect(judge({ origin: 'https://balance.example', 'sec-fetch-site': 'same-site' })).toBe(false);
  expect(judge({})).toBe(false);
});

it('a page of another site is told apart from a person who types the address', () => {
  expect(isCrossSite(new Headers({ 'sec-fetch-site': 'cross-site' }))).toBe(true);
  expect(isCrossSite(new Headers({ 'sec-fetch-site': 'none' }))).toBe(false);
  expect(isCrossSite(new Headers())).toBe(false);
});

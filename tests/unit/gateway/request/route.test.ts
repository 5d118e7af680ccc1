import { expect, it } from 'vitest';
import { ownPathOf, parseRoute } from '../../../../lib/gateway/request/route';

it.each([
  ['/v1/models', undefined, '/models', ''],
  ['/v1', undefined, '', ''],
  ['/Groq/v1/files?a=/v1/b', 'groq', '/files', '?a=/v1/b'],
  ['/hf/v1/x', 'hf', '/x', ''],
  ['/openai/groq/v1/x?', 'groq', '/x', '?'],
  ['/g%72oq/v1/x', 'groq', '/x', ''],
  ['/a/v1/b/v1/c', 'a', '/b/v1/c', ''],
  ['/v1//chat/completions', undefined, '/chat/completions', ''],
  ['/a/v1////b//c', 'a', '/b//c', ''],
  ['/v1/%6dodels/%41%7a%30%2D%2e%5F%7E?%6d', undefined, '/models/Az0-._~', '?%6d'],
  ['/v1/a%2Fb%3fc%25%20', undefined, '/a%2Fb%3fc%25%20', ''],
  ['/v1/%%36dodels', undefined, '/%%36dodels', ''],
])('a path leads to a provider, with its query as it came: %s', (url, provider, path, query) => {
  expect(parseRoute(url)).toMatchObject({ provider, path, query });
});

it.each([
  '/',
  '/keys',
  '/v1x/models',
  '/a/b/v1/x',
  '/hf/a/b/v1/x',
  '//v1/x',
  '/hf//v1/x',
  '/keys?next=/v1/x',
])('no other path is the gateway’s: %s', (url) => expect(parseRoute(url)).toBeUndefined());

it('only the prefixes of other programs may mean the default provider', () => {
  const isAlias = (url: string) => parseRoute(url)?.mayFallBackToDefault;
  expect(['/hf/v1/x', '/OpenAI/v1/x', '/groq/v1/x', '/hf/groq/v1/x', '/v1/x'].map(isAlias)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

it.each([
  ['/v1/models', '/v1'],
  ['/hf/Groq/v1//%6dodels?a=/v1/', '/hf/Groq/v1'],
  ['/a/v1', '/a/v1'],
])('a client is told its own address as it has asked: %s', (url, own) => expect(ownPathOf(url)).toBe(own));

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
  ['/gemini/v1beta/openai/files?a', '/gemini/v1beta/openai'],
  ['/azure/openai/deployments/%64/embeddings', '/azure/openai/deployments/%64'],
  ['/azure/openai/v1/files', '/azure/openai/v1'],
  ['/azure/openai/deployments/a%2Fb/c/embeddings', '/azure/openai/deployments/a%2Fb/c'],
])('a client is told its own address as it has asked: %s', (url, own) => expect(ownPathOf(url)).toBe(own));

it.each([
  ['/gemini/v1beta/models/g:generateContent', 'gemini', '/v1beta', '/models/g:generateContent', 'g'],
  ['/v1beta/models/g%2D1:countTokens', undefined, '/v1beta', '/models/g-1:countTokens', 'g-1'],
  ['/hf/gemini/v1alpha/files', 'gemini', '/v1alpha', '/files', undefined],
  ['/gemini/v1beta/openai/chat/completions', 'gemini', '/v1beta/openai', '/chat/completions', undefined],
  ['/gemini/v1/models/g:generateContent', 'gemini', '/v1', '/models/g:generateContent', 'g'],
  ['/v1/models/ft:gpt-4o:org::id', undefined, undefined, '/models/ft:gpt-4o:org::id', undefined],
  [
    '/Azure/openai/deployments/d/chat/completions',
    'azure',
    '/openai/deployments/d',
    '/chat/completions',
    'd',
  ],
  ['/openai/deployments/d/embeddings', undefined, '/openai/deployments/d', '/embeddings', 'd'],
  ['/azure/openai/files', 'azure', '/openai', '/files', undefined],
  ['/v1beta/models/a/b-1:generateContent', undefined, '/v1beta', '/models/a/b-1:generateContent', 'a/b-1'],
  ['/v1beta/models/a%2Fb:countTokens', undefined, '/v1beta', '/models/a/b:countTokens', 'a/b'],
  ['/v1/models/a/b/c:free:embedContent', undefined, '/v1', '/models/a/b/c:free:embedContent', 'a/b/c:free'],
  ['/v1beta/models/models%2Fg:predict', undefined, '/v1beta', '/models/models/g:predict', 'g'],
  ['/v1beta/tunedModels/t:predict', undefined, '/v1beta', '/tunedModels/t:predict', 't'],
  ['/v1beta/models/a/models/g:predict', undefined, '/v1beta', '/models/a/models/g:predict', 'a/models/g'],
  ['/openai/deployments/a/b/embeddings', undefined, '/openai/deployments/a/b', '/embeddings', 'a/b'],
  ['/openai/deployments/a%2fb/embeddings', undefined, '/openai/deployments/a/b', '/embeddings', 'a/b'],
  [
    '/openai/deployments/openai/b/responses',
    undefined,
    '/openai/deployments/openai/b',
    '/responses',
    'openai/b',
  ],
  [
    '/azure/openai/deployments/d/chat/completions/e/chat/completions',
    'azure',
    '/openai/deployments/d',
    '/chat/completions/e/chat/completions',
    'd',
  ],
  ['/openai/deployments/a/b/c', undefined, '/openai/deployments/a', '/b/c', 'a'],
  ['/azure/openai/v1/responses', 'azure', undefined, '/responses', undefined],
])("other providers' own clients ask %s", (url, provider, place, path, model) => {
  const { mayFallBackToDefault, ...route } = parseRoute(`${url}?a=1`)!;
  expect(mayFallBackToDefault).toBe(false);
  expect({ place: undefined, model: undefined, ...route }).toEqual({
    provider,
    place,
    path,
    model,
    query: '?a=1',
  });
});

it('a stream is asked for by the address', () => {
  const isStream = (query: string) =>
    parseRoute(`/g/v1beta/models/m:streamGenerateContent${query}`)?.isStream;
  expect(['?alt=sse', '?key=a&alt=sse', '?alt=json', ''].map(isStream)).toEqual([
    true,
    true,
    undefined,
    undefined,
  ]);
});

it.each(['/v1beta', '//v1beta/models', '/a/b/v1beta/models', '/openai', '/openai/files', '/keys/v1betas/x'])(
  'what only looks so is not: %s',
  (url) => expect(parseRoute(url)?.path ?? '').toBe(''),
);

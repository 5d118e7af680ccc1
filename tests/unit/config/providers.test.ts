import { describe, expect, it } from 'vitest';
import { parseSetting, serializeSetting } from '../../../lib/config/settings';

const minimal = { name: 'A', base_url: 'https://a.example/v1' };

const parse = (entries: unknown) =>
  parseSetting('PROVIDERS_CONFIG', typeof entries === 'string' ? entries : JSON.stringify(entries));

const read = (entries: unknown) => {
  const parsed = parse(entries);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.value;
};

const refusal = (entries: unknown) => {
  const parsed = parse(entries);
  if (parsed.ok) throw new Error('was accepted');
  return parsed.message;
};

const absent = {
  model_request_key: undefined,
  custom_headers: undefined,
  timeout: undefined,
  first_token_timeout: undefined,
  auth: undefined,
  query: undefined,
  max_failures: undefined,
  max_retries: undefined,
  test_model: undefined,
  selection_policy: undefined,
  fallbacks: undefined,
  proxies: undefined,
  limits: undefined,
};

const full = {
  name: 'Azure East',
  path: 'azure',
  base_url: 'https://b.example/openai',
  api_keys: ['sk-1', { key: 'sk-2', weight: 3 }],
  enabled: false,
  model_request_key: 'sk-m',
  custom_headers: { 'X-A': 'b' },
  timeout: 1.5,
  first_token_timeout: 4,
  auth: 'api-key',
  query: { 'api-version': '2024-10-21' },
  max_failures: 5,
  max_retries: 0,
  test_model: 'gpt-x',
  selection_policy: 'weighted',
  fallbacks: ['default', 'a'],
  proxies: ['socks5://127.0.0.1:1080'],
  limits: { requests_per_minute: 60 },
};

describe('PROVIDERS_CONFIG', () => {
  it('fills in path, keys and enabled, and leaves absent options undefined', () => {
    expect(read([minimal])).toStrictEqual([
      { name: 'A', path: 'a', base_url: 'https://a.example/v1', api_keys: [], enabled: true, ...absent },
    ]);
  });

  it('reads every field', () => {
    expect(read([full])).toStrictEqual([
      {
        ...full,
        api_keys: [
          { value: 'sk-1', weight: 1 },
          { value: 'sk-2', weight: 3 },
        ],
      },
    ]);
  });

  it('gives equal providers for its canonical text', () => {
    const value = read([minimal, full]);
    expect(read(serializeSetting('PROVIDERS_CONFIG', value))).toStrictEqual(value);
  });

  it('tidies as lists do elsewhere: trimmed, no empties, no repeats, texts split', () => {
    const [provider] = read([
      {
        ...minimal,
        path: ' MyPath ',
        base_url: 'https://A.example/v1/',
        api_keys: 'sk-2, sk-1,,sk-2',
        fallbacks: 'B,b',
      },
    ]);
    expect(provider).toMatchObject({ path: 'mypath', base_url: 'https://a.example/v1', fallbacks: ['b'] });
    expect(provider?.api_keys.map(({ value }) => value)).toStrictEqual(['sk-2', 'sk-1']);
  });

  it('takes null and empty text as not set', () => {
    const [provider] = read([{ ...minimal, path: '', timeout: null, test_model: ' ', api_keys: null }]);
    expect(provider).toMatchObject({ path: 'a', timeout: undefined, test_model: undefined, api_keys: [] });
  });

  it.each<[string, unknown, string]>([
    ['text that is no JSON', '[{"name":', 'PROVIDERS_CONFIG: must be a JSON list'],
    ['an object instead of a list', minimal, 'PROVIDERS_CONFIG: must be a JSON list'],
    ['an entry that is no object', ['a'], 'PROVIDERS_CONFIG[0]: must be an object'],
    ['a missing name', [{ base_url: 'https://a.example' }], 'PROVIDERS_CONFIG[0].name: is missing'],
    ['a missing base_url', [minimal, { name: 'B' }], 'PROVIDERS_CONFIG[1].base_url: is missing'],
    [
      'another scheme',
      [{ ...minimal, base_url: 'ftp://a.example' }],
      'PROVIDERS_CONFIG[0].base_url: must start with http://',
    ],
    ['a mistyped field', [{ ...minimal, baseUrl: 'x' }], 'PROVIDERS_CONFIG[0].baseUrl: is not a known field'],
    [
      'a mistyped field of a key',
      [{ ...minimal, api_keys: [{ key: 'sk-1', wieght: 2 }] }],
      'PROVIDERS_CONFIG[0].api_keys[0].wieght: is not a known field',
    ],
    [
      'a reserved path',
      [{ ...minimal, path: 'API' }],
      'PROVIDERS_CONFIG[0].path: is reserved for a page or path of the gateway, got "api"',
    ],
    ['a path with a slash', [{ ...minimal, path: 'a/b' }], 'PROVIDERS_CONFIG[0].path: must be 1 to 63'],
    [
      'a name that gives a reserved path',
      [{ ...minimal, name: 'Keys' }],
      'PROVIDERS_CONFIG[0].path: is reserved',
    ],
    ['a name that gives no path', [{ ...minimal, name: '硅基' }], 'made from the name'],
    [
      'a path used twice',
      [minimal, { ...minimal, path: 'x' }, { ...minimal, name: 'a' }],
      'PROVIDERS_CONFIG[2].path: is the path of entry 0 already, got "a"',
    ],
    [
      'a key with a space',
      [{ ...minimal, api_keys: ['sk-1', 'sk 2'] }],
      'PROVIDERS_CONFIG[0].api_keys[1].key: must be printable ASCII',
    ],
    [
      'a weight of 0',
      [{ ...minimal, api_keys: [{ key: 'sk-1', weight: 0 }] }],
      'PROVIDERS_CONFIG[0].api_keys[0].weight: must be a whole number from 1',
    ],
    [
      'a key that is a number',
      [{ ...minimal, api_keys: [5] }],
      'PROVIDERS_CONFIG[0].api_keys[0]: must be a key',
    ],
    [
      'a header with a line break',
      [{ ...minimal, custom_headers: { 'X-A': 'b\nc' } }],
      'PROVIDERS_CONFIG[0].custom_headers.X-A: must be one line',
    ],
    [
      'headers in a list',
      [{ ...minimal, custom_headers: ['X-A'] }],
      'PROVIDERS_CONFIG[0].custom_headers: must be a JSON object',
    ],
    [
      'enabled in quotes',
      [{ ...minimal, enabled: 'yes' }],
      'PROVIDERS_CONFIG[0].enabled: must be true or false, got "yes"',
    ],
    [
      'a negative timeout of the first token',
      [{ ...minimal, first_token_timeout: -1 }],
      'PROVIDERS_CONFIG[0].first_token_timeout: must be a number from 0 to 86400, got -1',
    ],
    [
      'a negative timeout',
      [{ ...minimal, timeout: -1 }],
      'PROVIDERS_CONFIG[0].timeout: must be a number from 0.01 to 86400, got -1',
    ],
    [
      'a fraction of a retry',
      [{ ...minimal, max_retries: 1.5 }],
      'PROVIDERS_CONFIG[0].max_retries: must be a whole number',
    ],
    [
      'an unknown policy',
      [{ ...minimal, selection_policy: 'random' }],
      'PROVIDERS_CONFIG[0].selection_policy: must be one of round_robin',
    ],
    [
      'itself as a fallback',
      [{ ...minimal, fallbacks: ['b', 'A'] }],
      'PROVIDERS_CONFIG[0].fallbacks[1]: must not be the provider itself',
    ],
    [
      'a fallback that is no slug',
      [{ ...minimal, fallbacks: ['b', 'x y'] }],
      'PROVIDERS_CONFIG[0].fallbacks[1]: must be 1 to 63',
    ],
    [
      'proxies that are neither a list nor "direct"',
      [{ ...minimal, proxies: true }],
      'PROVIDERS_CONFIG[0].proxies: must be "direct" or a list of proxies',
    ],
    [
      'a proxy of a scheme that is not supported',
      [{ ...minimal, proxies: ['http://a.example:1', 'ftp://user:secret@b.example'] }],
      'PROVIDERS_CONFIG[0].proxies[1]: has a scheme that is not supported',
    ],
  ])('refuses %s, with index and field', (_title, entries, message) => {
    expect(refusal(entries)).toContain(message);
  });

  it('tells how many more problems there are', () => {
    expect(refusal([{ ...minimal, timeout: -1, max_failures: 0 }])).toContain('(and 1 more)');
  });
});

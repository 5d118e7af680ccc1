import { describe, expect, it } from 'vitest';
import { moveIn } from '../../../lib/cli/python-settings';
import { parseSetting } from '../../../lib/config/settings';

/** What a fresh installation of that program has in its database. */
const FRESH = {
  SQLITE_DATABASE: 'default_db',
  MYSQL_PORT: '3306',
  API_KEYS: '["sk-one", "sk-two"]',
  ALLOWED_TOKENS: '["sk-123456"]',
  BASE_URL: 'https://api.example.com/v1',
  AUTH_TOKEN: 'sk-123456',
  MAX_FAILURES: '3',
  TEST_MODEL: 'gpt-4o-mini',
  TIME_OUT: '300',
  MAX_RETRIES: '3',
  PROXIES: '["http://user:pass@10.0.0.1:8080", "socks5://10.0.0.2:1080"]',
  PROXIES_USE_CONSISTENCY_HASH_BY_API_KEY: 'true',
  PROXY_AUTO_CHECK_ENABLED: 'false',
  PROXY_CHECK_INTERVAL_HOURS: '1.0',
  MODEL_REQUEST_KEY: '',
  CUSTOM_HEADERS: '{"X-Team": "blue"}',
  DEFAULT_PROVIDER: 'default',
  PROVIDERS_CONFIG: '[]',
  FILTERED_MODELS: '[]',
  CHECK_INTERVAL_HOURS: '1',
  TIMEZONE: 'Asia/Shanghai',
  GITHUB_REPO_OWNER: 'somebody',
  LOG_LEVEL: 'CRITICAL',
  AUTO_DELETE_REQUEST_LOGS_ENABLED: 'false',
  ADMIN_SESSION_EXPIRE: '3600',
  URL_NORMALIZATION_ENABLED: 'false',
};

describe('an installation without further providers', () => {
  const moved = moveIn(FRESH);

  it('brings its settings, each of which is allowed here', () => {
    expect(moved.problems).toEqual([]);
    expect(moved.settings).toMatchObject({
      BASE_URL: FRESH.BASE_URL,
      TIMEZONE: 'Asia/Shanghai',
      LOG_LEVEL: 'ERROR',
    });
    for (const [name, text] of Object.entries(moved.settings)) {
      expect(parseSetting(name as 'PORT', text).ok, name).toBe(true);
    }
  });

  it('brings its keys to the default provider, and not as a setting, so that the dashboard can delete them', () => {
    expect([...moved.keys]).toEqual([['default', ['sk-one', 'sk-two']]]);
    expect(moved.settings).not.toHaveProperty('API_KEYS');
  });

  it('leaves out what belongs to its own database and program', () => {
    for (const name of ['SQLITE_DATABASE', 'MYSQL_PORT', 'GITHUB_REPO_OWNER', 'URL_NORMALIZATION_ENABLED']) {
      expect(moved.settings).not.toHaveProperty(name);
    }
  });
});

describe('an installation with providers', () => {
  const entry = {
    name: 'DeepSeek',
    path: 'deepseek',
    base_url: 'https://api.example.com/v1',
    api_keys: ['sk-d1', ' sk-d2 '],
    model_request_key: '',
    custom_headers: {},
    timeout: 300,
    max_failures: 3,
    max_retries: 3,
    test_model: '',
    tools_code_execution_enabled: false,
    enabled: true,
  };
  const off = { ...entry, name: 'Off', path: 'off', enabled: false };
  const move = (more: Record<string, string>, entries: unknown[] = [off, entry]) =>
    moveIn({ ...FRESH, PROVIDERS_CONFIG: JSON.stringify(entries), ...more });

  it('brings them, with their keys, and serves the first that is enabled, as it did', () => {
    const { settings, keys, problems } = move({});
    // That program does not use API_KEYS then, and nothing is left out without a word.
    expect(problems).toEqual([expect.stringMatching(/^API_KEYS: its \d+ keys are left out/)]);
    const parsed = parseSetting('PROVIDERS_CONFIG', settings.PROVIDERS_CONFIG ?? '');
    expect(parsed).toMatchObject({
      ok: true,
      value: [
        { path: 'off', enabled: false, api_keys: [] },
        { path: 'deepseek', timeout: 300, test_model: undefined },
      ],
    });
    expect(settings.DEFAULT_PROVIDER).toBe('deepseek');
    expect(keys.get('deepseek')).toEqual(['sk-d1', 'sk-d2']);
    expect(keys.has('default')).toBe(false);
  });

  it('keeps the default provider that was chosen by its name', () => {
    expect(move({ DEFAULT_PROVIDER: 'Off' }).settings.DEFAULT_PROVIDER).toBe('off');
    expect(move({ DEFAULT_PROVIDER: 'DeepSeek' }).settings.DEFAULT_PROVIDER).toBe('deepseek');
  });

  it('leaves out only the providers that are wrong', () => {
    const { settings, keys, problems } = move({ API_KEYS: '' }, [
      { ...entry, base_url: 'nonsense' },
      { ...entry, path: 'b' },
    ]);
    expect(problems).toEqual([expect.stringMatching(/^PROVIDERS_CONFIG\[0\]\.base_url/)]);
    expect(settings.DEFAULT_PROVIDER).toBe('b');
    expect([...keys.keys()]).toEqual(['b']);
  });

  it('makes a path of the name where there is none, and of its place where the name has no letter for one', () => {
    const named = [
      { ...entry, path: '' },
      { ...entry, path: '', name: '智谱' },
    ];
    expect([...move({}, named).keys.keys()]).toEqual(['deepseek', 'provider-2']);
  });

  it('keeps the first of two with one path, and says what is lost', () => {
    const { keys, problems } = move({ API_KEYS: '' }, [entry, { ...entry, api_keys: ['sk-other'] }]);
    expect([...keys]).toEqual([['deepseek', ['sk-d1', 'sk-d2']]]);
    expect(problems).toEqual([
      'PROVIDERS_CONFIG[1].path: another provider has it; the provider is left out, with its 1 keys',
    ]);
  });
});

describe('what is wrong', () => {
  it.each<[string, string, string, RegExp]>([
    [
      'PROXIES',
      '["http://u:sk-secret@10.0.0.1:1", "junk"]',
      '["http://u:sk-secret@10.0.0.1:1"]',
      /^PROXIES\[1\]: /,
    ],
    ['PROXIES', 'junk, http://10.0.0.1:1', '["http://10.0.0.1:1"]', /^PROXIES\[0\]: /],
    ['ALLOWED_TOKENS', '["sk-token-one", "sk-secret two"]', '["sk-token-one"]', /^ALLOWED_TOKENS\[1\]: /],
    ['CUSTOM_HEADERS', '{"Host": "sk-secret", "X-A": "b"}', '{"X-A":"b"}', /^CUSTOM_HEADERS\.Host: /],
  ])('costs no other part of its setting: %s %s', (name, text, kept, words) => {
    const { settings, problems } = moveIn({ ...FRESH, [name]: text });
    expect(settings[name as 'PROXIES']).toBe(kept);
    expect(problems).toEqual([expect.stringMatching(words)]);
    expect(problems.join()).not.toContain('sk-secret');
  });

  it('costs no other key', () => {
    const { keys, problems } = moveIn({ ...FRESH, API_KEYS: '["sk-one", "sk-secret two", "sk-three"]' });
    expect(keys.get('default')).toEqual(['sk-one', 'sk-three']);
    expect(problems).toEqual([expect.stringMatching(/^API_KEYS\[1\]: /)]);
  });

  it('lets no gateway go out directly without saying so', () => {
    const { settings, problems } = moveIn({ ...FRESH, PROXIES: '["gopher://h", "junk"]' });
    expect(settings).not.toHaveProperty('PROXIES');
    expect(problems).toHaveLength(3);
    expect(problems[2]).toContain('DIRECTLY');
  });

  it('costs a provider no more than the header, the field or the key that it is', () => {
    const entry = {
      name: 'A',
      path: 'a',
      base_url: 'https://a.example.com/v1',
      api_keys: ['sk-one', 'sk-secret two'],
      custom_headers: { 'X-A': 'b', Authorization: 'sk-secret', 'X-B': 'c' },
      timeout: -1,
      max_failures: 3,
    };
    const { settings, keys, problems } = moveIn({
      ...FRESH,
      API_KEYS: '',
      PROVIDERS_CONFIG: JSON.stringify([entry, { ...entry, path: 'b', base_url: 'nowhere' }]),
    });
    expect(JSON.parse(settings.PROVIDERS_CONFIG ?? '')).toEqual([
      {
        name: 'A',
        path: 'a',
        base_url: 'https://a.example.com/v1',
        custom_headers: { 'X-A': 'b', 'X-B': 'c' },
        max_failures: 3,
      },
    ]);
    expect([...keys]).toEqual([['a', ['sk-one']]]);
    expect(problems.map((one) => one.replace(/: .*(; the provider.*)|: .*/, '$1'))).toEqual([
      'PROVIDERS_CONFIG[0].api_keys',
      'PROVIDERS_CONFIG[0].custom_headers.Authorization',
      'PROVIDERS_CONFIG[0].timeout',
      'PROVIDERS_CONFIG[1].api_keys',
      'PROVIDERS_CONFIG[1].base_url; the provider is left out, with its 1 keys',
    ]);
    expect(problems.join()).not.toContain('sk-secret');
  });

  it.each<[string, Record<string, string>]>([
    ['a setting', { MAX_RETRIES: 'many' }],
    ['headers that are no JSON', { CUSTOM_HEADERS: '{"X-A":"sk-secret' }],
    ['a key', { API_KEYS: '["sk-secret with a blank"]' }],
    ['providers that are no JSON', { PROVIDERS_CONFIG: '[{"api_keys": ["sk-secret"' }],
    ['a provider that is none', { PROVIDERS_CONFIG: '[7]' }],
    [
      'a provider without an address',
      { PROVIDERS_CONFIG: '[{"name":"a","path":"a","api_keys":["sk-secret"]}]' },
    ],
  ])('is told, without secrets, and the rest is taken over: %s', (_what, wrong) => {
    const { settings, problems } = moveIn({ ...FRESH, ...wrong });
    expect(problems).toHaveLength(1);
    expect(problems[0]).not.toContain('sk-secret');
    expect(settings.TIMEZONE).toBe('Asia/Shanghai');
  });
});

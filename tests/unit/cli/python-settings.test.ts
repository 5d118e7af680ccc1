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

  it('makes a path of the name where there is none', () => {
    expect([...move({}, [{ ...entry, path: '' }]).keys.keys()]).toEqual(['deepseek']);
  });
});

describe('what is wrong', () => {
  it.each<[string, Record<string, string>]>([
    ['a setting', { MAX_RETRIES: 'many' }],
    ['a list', { PROXIES: '["gopher://user:sk-secret@h"]' }],
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

import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  defaultSettings,
  isSettingName,
  parseSetting,
  serializeSetting,
  settingDefinitions,
  type SettingName,
  settingNames,
  type Settings,
  type StartOnlyName,
} from '../../../lib/config/settings';
import { takesAtMost } from '../../support/cost';

const valueOf = (name: SettingName, raw: string): unknown => {
  const parsed = parseSetting(name, raw);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.value;
};

const messageOf = (name: SettingName, raw: string): string => {
  const parsed = parseSetting(name, raw);
  if (parsed.ok) throw new Error(`${name}=${raw} was accepted`);
  return parsed.message;
};

const key64 = 'ab'.repeat(32);
const base64Key = Buffer.alloc(32, 7).toString('base64');

const good: [SettingName, string, unknown][] = [
  ['PORT', '0', 0],
  ['PORT', ' "8080" ', 8080],
  ['HOST', '::', '::'],
  ['HOST', 'localhost', 'localhost'],
  ['DATABASE_TYPE', 'MySQL', 'mysql'],
  ['MYSQL_PASSWORD', "'p#ss w\"rd'", 'p#ss w"rd'],
  ['ENCRYPTION_KEY', key64, key64],
  ['ENCRYPTION_KEY', base64Key, base64Key],
  ['ENCRYPTION_KEY', 'correct horse battery', 'correct horse battery'],
  ['MAX_RETRIES', '0', 0],
  ['CHECK_INTERVAL_HOURS', '0', 0],
  ['CHECK_INTERVAL_HOURS', '.5', 0.5],
  ['PROXY_CHECK_INTERVAL_HOURS', '0.25', 0.25],
  ['TIME_OUT', '1.5', 1.5],
  ['STREAM_IDLE_TIMEOUT', '0.2', 0.2],
  ['FIRST_TOKEN_TIMEOUT', '0', 0],
  ['STREAM_KEEPALIVE_SECONDS', '2.5', 2.5],
  ['WAIT_SECONDS', '0', 0],
  ['WAIT_QUEUE_MAX', '100000', 100_000],
  ['HEDGE_SECONDS', '2.5', 2.5],
  ['COOLDOWN_SECONDS', '0.000001', 0.000001],
  ['PROXY_CHECK_TIMEOUT', '2.5', 2.5],
  ...['true', 'TRUE', '1', 'yes', 'On', '"true"'].map((raw): [SettingName, string, unknown] => [
    'PROXY_AUTO_CHECK_ENABLED',
    raw,
    true,
  ]),
  ...['false', 'False', '0', 'NO', 'off'].map((raw): [SettingName, string, unknown] => [
    'PROXIES_USE_CONSISTENCY_HASH_BY_API_KEY',
    raw,
    false,
  ]),
  ['API_KEYS', '["sk-a","sk-b"]', ['sk-a', 'sk-b']],
  ['API_KEYS', 'sk-b, sk-a ,,sk-b,', ['sk-b', 'sk-a']],
  ['API_KEYS', 'sk-a\r\nsk-b\n\n', ['sk-a', 'sk-b']],
  ['API_KEYS', '"sk-a","sk-b"', ['sk-a', 'sk-b']],
  ['API_KEYS', '\'["sk-a", " sk-b "]\'', ['sk-a', 'sk-b']],
  ['API_KEYS', '"["sk-a","sk-b"]"', ['sk-a', 'sk-b']],
  ['API_KEYS', '"[\\"sk-a\\",\\"sk-b\\"]"', ['sk-a', 'sk-b']],
  ['API_KEYS', "['sk-a', 'sk-b',]", ['sk-a', 'sk-b']],
  ['API_KEYS', '[sk-a,sk-b]', ['sk-a', 'sk-b']],
  ['API_KEYS', '["with,comma"]', ['with,comma']],
  ['API_KEYS', '[]', []],
  ['ALLOWED_TOKENS', 'only-one', ['only-one']],
  ['FILTERED_MODELS', 'gpt 4,模型', ['gpt 4', '模型']],
  ['BASE_URL', 'https://API.Example.com:443/v1//', 'https://api.example.com/v1'],
  ['BASE_URL', 'http://127.0.0.1:11434/v1', 'http://127.0.0.1:11434/v1'],
  ['PROXY_CHECK_URL', 'https://www.google.com/', 'https://www.google.com'],
  [
    'CUSTOM_HEADERS',
    '{"X-Team":"blue","OpenAI-Organization":"org-1"}',
    { 'X-Team': 'blue', 'OpenAI-Organization': 'org-1' },
  ],
  ['CUSTOM_HEADERS', '\'{"X-A":""}\'', { 'X-A': '' }],
  ['SELECTION_POLICY', 'LEAST_IN_FLIGHT', 'least_in_flight'],
  ['LOG_LEVEL', 'warning', 'WARNING'],
  ['TIMEZONE', 'Asia/Shanghai', 'Asia/Shanghai'],
  ['TIMEZONE', 'UTC', 'UTC'],
  ['DEFAULT_PROVIDER', 'OpenAI', 'openai'],
  [
    'PROXIES',
    'http://h:8080, HTTPS://u:p@h.example:8443/ ,socks5://h,socks5h://u:p%40x@[::1]:1080',
    ['http://h:8080', 'https://u:p@h.example:8443', 'socks5://h', 'socks5h://u:p%40x@[::1]:1080'],
  ],
  ['PROXIES', 'http://h:1,HTTP://h:1/', ['http://h:1']],
];

const bad: [SettingName, string, string][] = [
  ['PORT', '65536', '0 to 65535'],
  ['PORT', '-1', '0 to 65535'],
  ['PORT', '80.5', 'whole number'],
  ['PORT', '8e3', 'whole number'],
  ['PORT', '0x50', 'whole number'],
  ['MYSQL_PORT', '0', '1 to 65535'],
  ['MAX_FAILURES', 'three', 'whole number from 1 to 1000'],
  ['MAX_FAILURES', '2.5', 'whole number'],
  ['TIME_OUT', '0', 'number from 0.01'],
  ['FIRST_TOKEN_TIMEOUT', '-1', 'number from 0'],
  ['STREAM_KEEPALIVE_SECONDS', '3601', 'number from 0'],
  ['WAIT_SECONDS', '-1', 'number from 0'],
  ['WAIT_QUEUE_MAX', '1.5', 'whole number'],
  ['HEDGE_SECONDS', '-1', 'number from 0'],
  ['TIME_OUT', 'NaN', 'number'],
  ['TIME_OUT', 'Infinity', 'number'],
  ['CHECK_INTERVAL_HOURS', '501', 'to 500'],
  ['ADMIN_SESSION_EXPIRE', '299', '300 to 86400'],
  ['SHUTDOWN_TIMEOUT', '3601', '0 to 3600'],
  ['PROXY_AUTO_CHECK_ENABLED', 'maybe', 'true or false'],
  ['HOST', 'http://0.0.0.0', 'host name'],
  ['HOST', 'a b', 'host name'],
  ['DATABASE_TYPE', 'oracle', 'sqlite, mysql, postgres'],
  ['DATA_DIR', 'a\u0000b', 'control characters'],
  ['BASE_URL', 'api.openai.com/v1', 'http:// or https://'],
  ['BASE_URL', 'ftp://api.openai.com', 'http:// or https://'],
  ['BASE_URL', 'https:///v1', 'a host'],
  ['BASE_URL', 'https://a b/v1', 'spaces'],
  ['BASE_URL', 'https://a.example/v1?x=1', 'query'],
  ['BASE_URL', 'https://a.example/v1#', 'fragment'],
  ['BASE_URL', 'https://a.example:99999', 'valid'],
  ['BASE_URL', 'https://u:p@a.example/v1', 'user or password'],
  ['SELECTION_POLICY', 'random', 'round_robin, least_in_flight, weighted, sticky, headroom'],
  ['LOG_LEVEL', 'TRACE', 'DEBUG, INFO, WARNING, ERROR'],
  ['TIMEZONE', 'Mars/Olympus', 'IANA'],
  ['TIMEZONE', '+08:00', 'IANA'],
  ['DEFAULT_PROVIDER', 'login', 'reserved'],
  ['FILTERED_MODELS', '["a", 1]', 'FILTERED_MODELS[1]: must be text'],
  ['API_KEYS', '["sk-a", null]', 'API_KEYS[1]: must be text'],
  ['API_KEYS', 'sk-a,sk b', 'API_KEYS[1]: must be printable ASCII'],
  ['API_KEYS', 'sk-ä', 'API_KEYS[0]: must be printable ASCII'],
  ['API_KEYS', '["sk-a\\u0007"]', 'API_KEYS[0]: must be printable ASCII'],
  ['API_KEYS', '["sk-a", "sk-b"', 'must be a JSON array'],
  ['API_KEYS', '[{"key":"sk-a"}]', 'API_KEYS[0]: must be text'],
  ['AUTH_TOKEN', 'two words', 'printable ASCII'],
  ['ENCRYPTION_KEY', 'too short', 'at least 16'],
  ['CUSTOM_HEADERS', '[]', 'JSON object'],
  ['CUSTOM_HEADERS', 'X-A: b', 'JSON object'],
  ['CUSTOM_HEADERS', '{"X-A":1}', 'CUSTOM_HEADERS.X-A: must be text'],
  ['CUSTOM_HEADERS', '{"X A":"b"}', 'header name'],
  ['CUSTOM_HEADERS', '{"":"b"}', 'header name'],
  ['CUSTOM_HEADERS', '{"X-A":"b\\r\\nX-B: c"}', 'CUSTOM_HEADERS.X-A: must be one line'],
  ['CUSTOM_HEADERS', '{"X-A\\nX-B":"c"}', 'header name'],
  ['CUSTOM_HEADERS', '{"__proto__":"c"}', 'header name'],
  ['CUSTOM_HEADERS', '{"X-A":"b","x-a":"c"}', 'given twice'],
  ...['Host', 'content-length', 'Connection', 'TRANSFER-ENCODING', 'authorization'].map(
    (name): [SettingName, string, string] => [
      'CUSTOM_HEADERS',
      `{"${name}":"x"}`,
      `CUSTOM_HEADERS.${name}: is a header`,
    ],
  ),
  ['PROXIES', 'http://ok:1,proxy.example:8080', 'PROXIES[1]: has no scheme'],
  ['PROXIES', 'ftp://h:21', 'PROXIES[0]: has a scheme that is not supported'],
  ['PROXIES', 'http://', 'has no host'],
  ['PROXIES', 'socks5://:1080', 'has no host'],
  ['PROXIES', 'socks5://user:word@', 'has no host'],
  ['PROXIES', 'socks5://user:word@:1080', 'has no host'],
  ['PROXIES', 'http:///h:80', 'has no host'],
  ['PROXIES', 'junk', 'has no scheme'],
  ['PROXIES', 'http://a:1 http://b:2', 'contains a space'],
  ['PROXIES', 'http://h:99999', 'not a valid address'],
  ['PROXIES', 'http://h:0', 'port 0'],
  ['PROXIES', 'http://h:80/path', 'after the host'],
  ['PROXIES', 'http://u:50%@h:80', '% '],
  ['PROXIES', 'http://u:a@b@h:80', '@'],
  ['PROXIES', '["http://h:1", 2]', 'PROXIES[1]: must be text'],
];

describe('settings', () => {
  it.each(good)('reads %s=%s', (name, raw, value) => {
    expect(valueOf(name, raw)).toStrictEqual(value);
  });

  it.each(good)('gives an equal value for the canonical text of %s=%s', (name, raw) => {
    const value = valueOf(name, raw) as never;
    expect(valueOf(name, serializeSetting(name, value))).toStrictEqual(value);
  });

  it.each(bad)('refuses %s=%s, with its name and what is allowed', (name, raw, allowed) => {
    const message = messageOf(name, raw);
    expect(message).toMatch(new RegExp(`^${name}[.[:]`));
    expect(message).toContain(allowed);
    expect(message).not.toContain('\n');
  });

  it('shows the refused value, cut to a readable length', () => {
    expect(messageOf('MAX_FAILURES', 'three')).toBe(
      'MAX_FAILURES: must be a whole number from 1 to 1000, got "three"',
    );
    expect(messageOf('LOG_LEVEL', 'x'.repeat(5000)).length).toBeLessThan(200);
  });

  it('hides a refused secret', () => {
    expect(messageOf('AUTH_TOKEN', 'two words')).toMatch(/, got \(hidden\)$/);
  });

  it.each(settingNames)('takes an empty %s as not set', (name) => {
    for (const raw of ['', '  ', '""', "''"]) expect(valueOf(name, raw)).toBe(defaultSettings[name]);
  });

  it.each(settingNames)('accepts its own default and example of %s', (name) => {
    const text = serializeSetting(name, defaultSettings[name]);
    expect(valueOf(name, text)).toStrictEqual(defaultSettings[name]);
    const { example } = settingDefinitions[name];
    if (example !== undefined) expect(parseSetting(name, example).ok).toBe(true);
  });

  it('never writes a value that it would not read', () => {
    expect(() => serializeSetting('PORT', 70_000)).toThrow();
  });

  it('reads 50,000 keys in a time linear in their number', () => {
    const keys = (length: number) => Array.from({ length }, (_, index) => `sk-${index}`).join('\n');
    const [few, many] = [keys(5_000), keys(50_000)];
    expect(valueOf('API_KEYS', many)).toHaveLength(50_000);
    // Ten times as long; a hundred times if each were compared with all others.
    const isCheap = takesAtMost(
      30,
      () => valueOf('API_KEYS', many),
      () => valueOf('API_KEYS', few),
    );
    expect(isCheap).toBe(true);
  });

  it('knows its names, and not those of every object', () => {
    expect(isSettingName('PORT')).toBe(true);
    expect(isSettingName('toString')).toBe(false);
    expect(isSettingName('port')).toBe(false);
  });

  it('gives each value its own type', () => {
    expectTypeOf<Settings['MAX_FAILURES']>().toEqualTypeOf<number>();
    expectTypeOf<Settings['API_KEYS']>().toEqualTypeOf<readonly string[]>();
    expectTypeOf<Settings['DATABASE_TYPE']>().toEqualTypeOf<'sqlite' | 'mysql' | 'postgres'>();
    expectTypeOf<'ENCRYPTION_KEY'>().toExtend<StartOnlyName>();
    expectTypeOf<'LOG_LEVEL'>().not.toExtend<StartOnlyName>();
  });
});

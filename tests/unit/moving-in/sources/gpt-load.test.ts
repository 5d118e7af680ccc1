import { describe, expect, it } from 'vitest';
import { gptLoad } from '../../../../lib/moving-in/sources/gpt-load';
import { sourceOf } from '../../../support/moving-in';

const KEY_1 = 'test-encryption-key-16';
const KEY_2 = 'ca200c47502bb185a9fc1d5e1e432877dbac1975649359870ed0887a6fb2c3f0';

const read1 = (encryptionKey = KEY_1, also = '') =>
  gptLoad.read(sourceOf(gptLoad, 'gpt-load-1.sql', { encryptionKey, also }));
const read2 = (encryptionKey = KEY_2, also = '') =>
  gptLoad.read(sourceOf(gptLoad, 'gpt-load-2.sql', { encryptionKey, also }));

describe('gpt-load 1', () => {
  const plan = read1();
  const provider = (slug: string) => plan.providers.find((one) => one.slug === slug);

  it('makes a provider of each group, at the address that its clients ask', () => {
    expect(plan.providers.map(({ slug, baseUrl, auth }) => [slug, baseUrl, auth])).toEqual([
      ['openai', 'https://api.openai.com/v1', 'bearer'],
      ['openai-2', 'https://mirror.example.com/v1', 'bearer'],
      ['zhipu', 'https://open.bigmodel.cn/api/paas/v4', 'bearer'],
      ['claude', 'https://api.anthropic.com/v1', 'x-api-key'],
      ['gem', 'https://generativelanguage.googleapis.com/v1beta/openai', 'x-goog-api-key'],
      ['openai-b', 'https://b.example.com/v1', 'bearer'],
    ]);
  });

  it('takes what a group says over what is set for all, and only what is not usual', () => {
    expect(provider('openai')).toMatchObject({
      name: 'OpenAI team',
      maxRetries: 5,
      maxFailures: null,
      timeoutSeconds: null,
      testModel: 'gpt-4o-mini',
      proxies: ['http://user:secretpw@10.0.0.1:8080'],
      headers: { 'X-Team': 'blue' },
    });
    expect(provider('zhipu')).toMatchObject({ maxRetries: null, proxies: [], headers: {} });
  });

  it('decrypts keys, with their notes and states', () => {
    expect(provider('openai')?.keys).toEqual([
      {
        value: 'sk-test-openai-aaaaaaaaaaaaaaaa1',
        weight: 1,
        note: 'research',
        tags: [],
        limits: null,
        state: 'active',
      },
      {
        value: 'sk-test-openai-aaaaaaaaaaaaaaaa2',
        weight: 1,
        note: '',
        tags: [],
        limits: null,
        state: 'found_dead',
      },
    ]);
  });

  it.each([
    ['', /encrypted, and no ENCRYPTION_KEY/],
    ['another-key-of-somebody', /encrypted, with another ENCRYPTION_KEY/],
  ])('leaves out keys that it cannot decrypt, and says so', (key, words) => {
    const locked = read1(key);
    expect(locked.providers.flatMap(({ keys }) => keys)).toEqual([]);
    expect(locked.remarks.find(({ text }) => words.test(text))?.count).toBe(6);
  });

  it('takes a key that was never encrypted for what it is, also if it is all hex digits', () => {
    const hex = 'ab'.repeat(32);
    // SHA-256 of it, as that program writes without an encryption key.
    const hash = '271a413bd339c5709fdceaec41f14f11e9fbfb5042d72d331c65f32b284cd09a';
    const unsealed = read1(
      '',
      `INSERT INTO api_keys VALUES (90, 'sk-plain-key', '', 3, 'active', '');
      INSERT INTO api_keys VALUES (91, '${hex}', '${hash}', 3, 'active', '');`,
    );
    const values = unsealed.providers.flatMap(({ keys }) => keys.map(({ value }) => value));
    expect(values).toEqual(expect.arrayContaining(['sk-plain-key', hex]));
  });

  it('keeps client tokens to their groups, unless another source opens all', () => {
    const tokens = new Map(plan.tokens.map((token) => [token.value, token.providers]));
    const refs = (...slugs: string[]) => slugs.map((slug) => provider(slug)?.ref);
    expect(tokens.get('sk-test-global-1')).toEqual([]);
    expect(tokens.get('sk-test-client-openai')).toEqual(refs('openai', 'openai-2'));
    expect(tokens.get('sk-test-both')).toEqual(refs('openai', 'openai-2', 'zhipu'));
    expect(tokens.get('sk-test-client-all')).toEqual(refs('openai', 'openai-2', 'openai-b'));
  });

  it('makes routes of redirects and of groups of groups', () => {
    const [a, a2, b] = [provider('openai')?.ref, provider('openai-2')?.ref, provider('openai-b')?.ref];
    const route = (name: string) => plan.routes.find((one) => one.name === name)?.targets;
    expect(route('gpt-4o')).toEqual([
      // Of 30 and 70, with three quarters of the 30 for one upstream.
      { provider: a, model: null, weight: 45, tier: 1 },
      { provider: a2, model: null, weight: 15, tier: 1 },
      { provider: b, model: null, weight: 140, tier: 1 },
    ]);
    expect(route('fast')).toEqual([
      { provider: a, model: 'gpt-4o-mini', weight: 45, tier: 1 },
      { provider: a2, model: 'gpt-4o-mini', weight: 15, tier: 1 },
      { provider: b, model: 'gpt-4.1-mini', weight: 140, tier: 1 },
    ]);
    expect(provider('openai-b')?.fallbacks).toEqual([a, a2]);
  });

  it('adds up what two groups of groups give one upstream, within what a weight can be', () => {
    const { routes } = read1(
      KEY_1,
      `INSERT INTO groups SELECT 7, 'other', '', '', '', 'aggregate', '[]', '', 'openai', 0, '-', 'null', 'null', '[]', '{}', 0;
      UPDATE group_sub_groups SET weight = 1000; INSERT INTO group_sub_groups VALUES (7, 5, 1000);`,
    );
    expect(routes.find(({ name }) => name === 'gpt-4o')?.targets).toEqual([
      { provider: '1.0', model: null, weight: 375, tier: 1 },
      { provider: '1.1', model: null, weight: 125, tier: 1 },
      { provider: '5.0', model: null, weight: 1_000, tier: 1 },
    ]);
  });

  it('gives all upstreams of a group their part of a redirect that is in no group of groups', () => {
    const { routes, remarks } = read1(
      KEY_1,
      `DELETE FROM group_sub_groups; UPDATE groups SET upstreams = '[{"url":"https://a.example.com","weight":1},
        {"url":"https://b.example.com","weight":1500},{"url":"https://c.example.com","weight":10}]' WHERE id = 5;`,
    );
    expect(routes.find(({ name }) => name === 'fast')?.targets).toEqual([
      { provider: '1.0', model: 'gpt-4o-mini', weight: 756, tier: 1 },
      { provider: '1.1', model: 'gpt-4o-mini', weight: 252, tier: 1 },
      { provider: '5.0', model: 'gpt-4.1-mini', weight: 1_000, tier: 1 },
      { provider: '5.1', model: 'gpt-4.1-mini', weight: 7, tier: 1 },
      { provider: '5.2', model: 'gpt-4.1-mini', weight: 1, tier: 1 },
    ]);
    expect(remarks).toContainEqual(
      expect.objectContaining({ text: expect.stringMatching(/^weights are rounded/) as string }),
    );
  });

  it('says where redirects count, and leaves out an upstream that was never asked', () => {
    const { providers, remarks } = read1(
      KEY_1,
      `UPDATE groups SET upstreams = '[{"url":"https://off.example.com","weight":0},{"url":"https://api.openai.com","weight":3}]' WHERE id = 1;`,
    );
    expect(providers.map(({ slug }) => slug)).not.toContain('openai-2');
    expect(providers[0]).toMatchObject({ baseUrl: 'https://api.openai.com/v1', fallbacks: ['5.0'] });
    const told = (words: string) => remarks.find(({ text }) => text.includes(words))?.items;
    expect(told('its weight is 0')).toEqual(['openai']);
    expect(told('below /{provider}/v1 names are sent')).toEqual(['openai', 'openai-b']);
  });

  it('names what does not come over', () => {
    const texts = plan.remarks.map(({ text, items }) => `${text}: ${items.join()}`).join('\n');
    for (const words of [
      'variable in it',
      'cannot be removed',
      'set in each body',
      'request_timeout',
      'weights count in routes alone',
    ])
      expect(texts).toContain(words);
    expect(texts).not.toMatch(/secretpw|sk-test/);
  });

  it('tells of settings for all that somebody has changed', () => {
    const { remarks } = read1(
      KEY_1,
      `INSERT INTO system_settings VALUES ('request_timeout', '120'), ('connect_timeout', '15'), ('max_idle_conns', '');`,
    );
    const told = remarks.map(({ text }) => text).filter((text) => text.startsWith('setting that does not'));
    expect(told).toEqual(['setting that does not come over: request_timeout']);
  });

  it('tells of settings that are no number, or no JSON', () => {
    const { providers, remarks } = read1(
      KEY_1,
      `UPDATE groups SET config = '{"max_retries":-1,"response_header_timeout":"soon"}', header_rules = '[{"key"' WHERE name = 'openai';`,
    );
    expect(providers[0]).toMatchObject({ maxRetries: null, timeoutSeconds: null, headers: {} });
    const texts = remarks.map(({ text }) => text);
    expect(texts).toContain('number of retries left out: it is none from 0 to 100');
    expect(texts).toContain('time-out in seconds left out: it is none from 1 to 86400');
    expect(texts).toContain('part of a group left out: it is no JSON: header_rules');
  });

  it('survives rows that make no sense', () => {
    const odd = read1(
      KEY_1,
      `INSERT INTO groups (id, name, upstreams, channel_type) VALUES (50, NULL, 'no json', 'openai');
      INSERT INTO groups (id, name, upstreams, channel_type) VALUES (51, 'odd', '[{"url":"ftp://x"},{"url":null},7]', 'openai');
      INSERT INTO groups (id, name, upstreams, channel_type, config) VALUES (52, 'new kind', '[]', 'grpc', '[]');
      INSERT INTO api_keys (id, key_value, group_id) VALUES (92, NULL, 51), (93, 'sk-of-nobody', NULL);
      INSERT INTO group_sub_groups VALUES (6, 999, NULL);`,
    );
    expect(odd.providers.map(({ slug }) => slug)).toEqual(plan.providers.map(({ slug }) => slug));
    expect(odd.remarks.map(({ text }) => text)).toEqual(
      expect.arrayContaining([expect.stringContaining("channel type 'grpc' is not known")]),
    );
  });
});

describe('gpt-load 2', () => {
  const plan = read2();

  it('makes providers, keys with weights, routes with other names, and tokens with rules', () => {
    expect(
      plan.providers.map(({ slug, baseUrl, selectionPolicy }) => [slug, baseUrl, selectionPolicy]),
    ).toEqual([
      ['openai', 'https://api.openai.com/v1', 'weighted'],
      ['mixed', 'https://mixed.example.com/v1', null],
    ]);
    expect(plan.providers[0]?.keys.map(({ value, weight, state }) => [value, weight, state])).toEqual([
      ['sk-test-g2-aaaaaaaaaaaaaaaaaaa1', 80, 'active'],
      ['sk-test-g2-aaaaaaaaaaaaaaaaaaa2', 1, 'disabled'],
    ]);
    expect(plan.routes.find(({ name }) => name === 'fast')?.targets).toEqual([
      { provider: '1', model: 'gpt-4o-mini', weight: 50, tier: 1 },
      { provider: '2', model: 'gpt-4.1-mini', weight: 20, tier: 1 },
    ]);
    expect(plan.tokens.find(({ name }) => name === 'team a')).toMatchObject({
      value: 'sk-gl-81e84316f831adb89cf8c6f462308503',
      providers: ['1'],
      models: ['fast'],
      limits: { requestsPerMinute: 60 },
      budget: { amount: 2.5, unit: 'usd', period: 'day' },
    });
  });

  it.each(['{"groups":[1', '{"groups":"1"}', '{"models":{"a":1}}'])(
    'opens nothing for a token whose filters cannot be read: %s',
    (filters) => {
      const { tokens, remarks } = read2(KEY_2, `UPDATE access_keys SET filters = '${filters}' WHERE id = 2;`);
      expect(tokens.map(({ name }) => name)).toEqual(['Default']);
      expect(remarks.map(({ text }) => text)).toContain('client token left out: its filters cannot be read');
    },
  );

  it('asks for the key that everything is encrypted with, and tells when it is another one', () => {
    expect(() => read2('')).toThrow(/encryption\.key/);
    const locked = read2('another');
    expect([locked.providers.flatMap(({ keys }) => keys), locked.tokens]).toEqual([[], []]);
    expect(
      locked.remarks.map(({ text }) => text).filter((text) => /another ENCRYPTION_KEY/.test(text)),
    ).toHaveLength(2);
  });
});

it('says of a database that it is not of gpt-load', () => {
  expect(() => gptLoad.read(sourceOf(gptLoad, undefined))).toThrow(/no table `groups`/);
});

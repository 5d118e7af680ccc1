import { describe, expect, it } from 'vitest';
import { planProviders } from '../../../lib/inventory/provider-plan';
import { providerConfig, settings } from './support';

const slugs = (plan: ReturnType<typeof planProviders>) => plan.map(({ slug }) => slug);
const keysOf = (plan: ReturnType<typeof planProviders>, slug: string) =>
  plan.find((provider) => provider.slug === slug)?.keys.map(({ value }) => value);

describe('the provider of BASE_URL and API_KEYS', () => {
  it('is called DEFAULT_PROVIDER, comes first, and is there even without keys', () => {
    const plan = planProviders(
      settings({ DEFAULT_PROVIDER: 'mine', PROVIDERS_CONFIG: [providerConfig('other')] }),
    );
    expect(slugs(plan)).toEqual(['mine', 'other']);
    expect(plan[0]).toMatchObject({ baseUrl: 'https://api.openai.com/v1', isEnabled: true, keys: [] });
  });

  it('has the key for listing models; an empty one means none', () => {
    expect(planProviders(settings({ MODEL_REQUEST_KEY: 'sk-models' }))[0]?.modelRequestKey).toBe('sk-models');
    expect(planProviders(settings())[0]?.modelRequestKey).toBeNull();
  });

  it('is called default when DEFAULT_PROVIDER is one of PROVIDERS_CONFIG, and is there only if it has keys', () => {
    const named = { DEFAULT_PROVIDER: 'other', PROVIDERS_CONFIG: [providerConfig('other', ['sk-other'])] };
    expect(slugs(planProviders(settings(named)))).toEqual(['other']);
    const plan = planProviders(settings({ ...named, API_KEYS: ['sk-own'] }));
    expect(slugs(plan)).toEqual(['default', 'other']);
    expect(keysOf(plan, 'default')).toEqual(['sk-own']);
    expect(keysOf(plan, 'other')).toEqual(['sk-other']);
  });

  it('gives its keys to an entry of its very name, which keeps its own address', () => {
    const plan = planProviders(
      settings({
        BASE_URL: 'https://base.example/v1',
        API_KEYS: ['sk-a', 'sk-b'],
        PROVIDERS_CONFIG: [providerConfig('default', ['sk-b', 'sk-c'])],
      }),
    );
    expect(slugs(plan)).toEqual(['default']);
    expect(plan[0]?.baseUrl).toBe('https://default.example/v1');
    expect([...(keysOf(plan, 'default') ?? [])].sort()).toEqual(['sk-a', 'sk-b', 'sk-c']);
  });
});

describe('an entry of PROVIDERS_CONFIG', () => {
  it('keeps every field', () => {
    const full = providerConfig('full', ['sk-1'], {
      enabled: false,
      model_request_key: 'sk-models',
      custom_headers: { 'X-Team': 'blue' },
      timeout: 1.5,
      first_token_timeout: 4,
      max_failures: 2,
      max_retries: 0,
      test_model: 'gpt-test',
      selection_policy: 'sticky',
      fallbacks: ['default'],
      proxies: ['http://proxy.example:8080'],
      limits: { tokens_per_day: 9, models: { m: { concurrency: 1 } } },
    });
    expect(planProviders(settings({ PROVIDERS_CONFIG: [full] }))[1]).toEqual({
      slug: 'full',
      name: 'FULL',
      baseUrl: 'https://full.example/v1',
      isEnabled: false,
      modelRequestKey: 'sk-models',
      customHeaders: { 'X-Team': 'blue' },
      timeoutSeconds: 1.5,
      firstTokenTimeoutSeconds: 4,
      maxFailures: 2,
      maxRetries: 0,
      testModel: 'gpt-test',
      selectionPolicy: 'sticky',
      fallbacks: ['default'],
      proxies: ['http://proxy.example:8080'],
      limits: { tokensPerDay: 9, models: { m: { concurrency: 1 } } },
      keys: [{ value: 'sk-1', weight: 1 }],
    });
  });

  it('gives its keys their limits and accounts, and those without none', () => {
    const api_keys = [
      { value: 'sk-1', weight: 1, limits: { requests_per_minute: 3 }, account: 'team a' },
      { value: 'sk-2', weight: 1, limits: { models: {} } },
    ];
    const plan = planProviders(settings({ PROVIDERS_CONFIG: [providerConfig('a', [], { api_keys })] }));
    expect(plan[1]?.keys).toStrictEqual([
      { value: 'sk-1', weight: 1, limits: { requestsPerMinute: 3 }, account: 'team a' },
      { value: 'sk-2', weight: 1 },
    ]);
  });

  it('has the word about a key that API_KEYS names as well', () => {
    const api_keys = [{ value: 'sk-a', weight: 2, account: 'team a' }];
    const plan = planProviders(
      settings({ API_KEYS: ['sk-a'], PROVIDERS_CONFIG: [providerConfig('default', [], { api_keys })] }),
    );
    expect(plan[0]?.keys).toStrictEqual(api_keys);
  });

  it('leaves limits that it does not name to the settings', () => {
    expect(planProviders(settings({ PROVIDERS_CONFIG: [providerConfig('plain')] }))[1]).toMatchObject({
      modelRequestKey: null,
      customHeaders: {},
      timeoutSeconds: null,
      firstTokenTimeoutSeconds: null,
      maxFailures: null,
      maxRetries: null,
      testModel: null,
      selectionPolicy: null,
      fallbacks: [],
      proxies: 'shared',
    });
  });
});

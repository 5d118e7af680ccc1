import { describe, expect, it } from 'vitest';
import { litellm } from '../../../../lib/moving-in/sources/litellm';
import { fixtureText, sourceOf, yamlOf } from '../../../support/moving-in';

const SALT = 'sk-test-salt-key';

describe('a config.yaml of LiteLLM', () => {
  const read = (
    text = fixtureText('litellm.yaml'),
    environment = { AZURE_KEY_EAST: 'azure-test-east-key' },
  ) => litellm.read(sourceOf(litellm, undefined, { config: yamlOf(text), environment }));
  const plan = read();
  const provider = (slug: string, nth = 0) => plan.providers.filter((one) => one.slug === slug)[nth];
  const route = (name: string) => plan.routes.find((one) => one.name === name);

  it('makes providers of addresses, apart where keys serve other models', () => {
    expect(
      plan.providers.map(({ slug, baseUrl, keys }) => [slug, baseUrl, keys.map(({ value }) => value)]),
    ).toEqual([
      ['openai', 'https://api.openai.com/v1', ['sk-test-ll-1']],
      ['azure', 'https://east.openai.azure.com/openai/v1', ['azure-test-east-key']],
      ['openai', 'https://api.openai.com/v1', ['sk-test-ll-2']],
      ['ollama', 'http://10.0.0.2:11434/v1', ['none']],
      ['groq', 'https://api.groq.com/openai/v1', ['gsk-test-1']],
    ]);
    expect(provider('openai')).toMatchObject({ maxRetries: 2 });
    expect(provider('openai')?.keys[0]?.limits).toEqual({
      models: { 'gpt-4o': { requestsPerMinute: 100, tokensPerMinute: 50_000 } },
    });
  });

  it('tells of no variable that may be the secret itself', () => {
    const { remarks } = read(
      'model_list: [{model_name: a, litellm_params: {model: openai/a, api_key: os.environ/sk-live-1, api_base: os.environ/GONE}}]',
    );
    const texts = remarks.map(({ text }) => text);
    expect(texts).toContain('variable that was not given: GONE');
    expect(texts).toContain('variable that was not given: its name is none');
    expect(JSON.stringify(remarks)).not.toContain('sk-live');
  });

  it('names a provider that is not known, and no key that stands in its place', () => {
    const { remarks } = read(
      `model_list:
        - {model_name: a, litellm_params: {model: bedrock/a, api_key: k}}
        - {model_name: b, litellm_params: {model: sk-live-secret, api_key: k}}
        - {model_name: c, litellm_params: {model: sk-live-secret/x, api_key: k}}`,
    );
    expect(remarks.map(({ text, items }) => `${text}: ${items.join()}`)).toEqual([
      "deployment left out: 'bedrock' has a protocol of its own, or is not known here: a",
      'deployment left out: its provider has a protocol of its own, or is not known here: b,c',
    ]);
  });

  it('makes routes of model groups, their order and their fallbacks', () => {
    const [a, azure, b, ollama] = ['1', '2', '3', '4'];
    expect(route('gpt-4o')).toEqual({
      name: 'gpt-4o',
      targets: [
        { provider: a, model: null, weight: 3, tier: 1 },
        { provider: azure, model: 'dep-4o', weight: 1, tier: 2 },
        { provider: a, model: 'gpt-4o-mini', weight: 1, tier: 3 },
        { provider: b, model: 'gpt-4o-mini', weight: 1, tier: 3 },
        { provider: ollama, model: 'llama3', weight: 1, tier: 4 },
      ],
      on: ['unavailable'],
    });
    expect(route('gpt-4')?.targets.map(({ model }) => model)).toEqual(['gpt-4o', 'dep-4o']);
    expect(route('gpt-4o-mini')?.on).toEqual(['unavailable', 'context_length']);
  });

  it('names what does not come over, and takes the master key as a client token', () => {
    const texts = plan.remarks.map(({ text, items }) => `${text}: ${items.join()}`).join('\n');
    for (const words of [
      'NOT_GIVEN',
      "'bedrock'",
      'temperature',
      'router_settings.routing_strategy',
      'drop_params',
      'groq/*',
    ])
      expect(texts).toContain(words);
    expect(plan.tokens.map(({ value }) => value)).toEqual(['sk-test-master']);
    expect(texts).not.toMatch(/sk-test|azure-test/);
  });

  it.each([
    ['azure/d', 'https://x.openai.azure.com', 'https://x.openai.azure.com/openai/v1'],
    ['azure/d', 'https://x.openai.azure.com/openai/v1/', 'https://x.openai.azure.com/openai/v1'],
    [
      'azure/d',
      'https://x.openai.azure.com/openai/deployments/d?api-version=1',
      'https://x.openai.azure.com/openai/v1',
    ],
    ['anthropic/c', 'https://proxy.example.com', 'https://proxy.example.com/v1'],
    ['openai/m', 'http://vllm:8000/v1/chat/completions', 'http://vllm:8000/v1'],
    ['m', 'http://vllm:8000/v1', undefined],
    ['gpt-4o', 'http://vllm:8000/v1', 'http://vllm:8000/v1'],
    ['claude-sonnet-4', '', 'https://api.anthropic.com/v1'],
    ['xai/grok-4', '', 'https://api.x.ai/v1'],
  ])('knows where %s at "%s" is asked', (model, apiBase, baseUrl) => {
    const entry = {
      model_name: 'a',
      litellm_params: { model, api_base: apiBase, api_key: 'sk-test-some-key' },
    };
    const { providers } = read(JSON.stringify({ model_list: [entry] }));
    expect(providers.map((one) => one.baseUrl)).toEqual(baseUrl === undefined ? [] : [baseUrl]);
  });

  it('makes a route of a pattern that is the same at the provider', () => {
    const entries = ['gpt-5*', '*', 'o*'].map((model) => ({
      model_name: model,
      litellm_params: { model: `openai/${model === 'o*' ? 'other-*' : model}`, api_key: 'sk-test-some-key' },
    }));
    const { routes, remarks } = read(JSON.stringify({ model_list: entries }));
    expect(routes.map(({ name, targets }) => [name, targets[0]?.model])).toEqual([['gpt-5*', null]]);
    expect(remarks).toMatchObject([
      { text: expect.stringContaining('pattern') as string, items: ['*', 'o*'] },
    ]);
  });

  it.each([
    ['no models', '{}'],
    ['lists that are none', 'model_list: 7\nrouter_settings: [1]\nlitellm_settings: x'],
    [
      'entries of nothing',
      'model_list: [null, 1, {}, {model_name: a}, {model_name: b, litellm_params: {model: []}}]',
    ],
    [
      'fallbacks in a circle',
      'router_settings: {fallbacks: [{a: [a, b]}, 3, {b: a}], model_group_alias: {a: {model: 1}}}',
    ],
  ])('survives %s', (_what, text) => {
    expect(read(text).providers).toEqual([]);
  });
});

describe('the database of LiteLLM', () => {
  const read = (encryptionKey = SALT) => litellm.read(sourceOf(litellm, 'litellm.sql', { encryptionKey }));

  it('decrypts both ways that it encrypts in, also credentials', () => {
    const plan = read();
    expect(
      plan.providers.map(({ slug, keys }) => [slug, keys.map(({ value, state }) => [value, state])]),
    ).toEqual([
      [
        'openai',
        [
          ['sk-test-db-1', 'active'],
          ['sk-test-db-2', 'disabled'],
        ],
      ],
      ['anthropic', [['sk-ant-test-db', 'active']]],
      ['groq', [['gsk-test-db-gcm', 'active']]],
    ]);
    expect(plan.routes.find(({ name }) => name === 'gpt-4o')?.targets.map(({ model }) => model)).toEqual([
      null,
      'llama-3.3-70b',
    ]);
    expect(plan.remarks).toContainEqual({
      text: 'virtual key left out: LiteLLM keeps a hash of it alone; make a new client token',
      count: 2,
      items: ['team-a', 'team-b'],
    });
  });

  it.each(['', 'another'])('says what is encrypted without the key (%j), and shows none of it', (key) => {
    const plan = read(key);
    expect(plan.providers).toEqual([]);
    expect(plan.remarks[0]?.text).toMatch(/encrypted/);
  });

  it('is told from other databases', () => {
    expect(() => litellm.read(sourceOf(litellm, undefined))).toThrow(/LiteLLM_ProxyModelTable/);
  });
});

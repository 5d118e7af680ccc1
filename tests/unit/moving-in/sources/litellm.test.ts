import { describe, expect, it } from 'vitest';
import { litellm } from '../../../../lib/moving-in/sources/litellm';
import { fixtureText, sourceOf, yamlOf } from '../../../support/moving-in';

const SALT = 'sk-test-salt-key';

describe('a config.yaml of LiteLLM', () => {
  const read = (
    text = fixtureText('litellm.yaml'),
    environment: Readonly<Record<string, string>> = { AZURE_KEY_EAST: 'azure-test-east-key' },
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

  it('takes what variables have in any place of a deployment and of the settings', () => {
    const texts =
      'NAME=fast HEADER=secret-of-a-header RPM=7 WEIGHT=3 SECONDS=45 RETRIES=4 KEY=sk-test-of-env';
    const pairs = `${texts} CREDENTIAL=shared FALLBACK=slow`.split(' ').map((pair) => pair.split('='));
    const environment = Object.fromEntries(pairs) as Record<string, string>;
    const { providers, routes, remarks } = read(
      `environment_variables: {KEY_OF_FILE: os.environ/KEY}
credential_list:
  - {credential_name: os.environ/CREDENTIAL, credential_values: {api_key: os.environ/KEY_OF_FILE}}
model_list:
  - model_name: os.environ/NAME
    litellm_params:
      {model: openai/a, litellm_credential_name: shared, extra_headers: {X-Env: os.environ/HEADER, X-Gone: os.environ/GONE},
       rpm: os.environ/RPM, tpm: os.environ/GONE, weight: os.environ/WEIGHT, timeout: os.environ/SECONDS}
  - {model_name: slow, litellm_params: {model: groq/b, api_key: sk-test-slow}}
  - {model_name: os.environ/GONE, litellm_params: {model: groq/c, api_key: sk-test-slow}}
  - nothing
router_settings: {num_retries: os.environ/RETRIES, fallbacks: [{fast: [os.environ/FALLBACK]}]}`,
      environment,
    );
    expect(providers[0]).toMatchObject({
      headers: { 'X-Env': 'secret-of-a-header' },
      timeoutSeconds: 45,
      maxRetries: 4,
      keys: [{ value: 'sk-test-of-env', limits: { models: { a: { requestsPerMinute: 7 } } } }],
    });
    expect(routes.find(({ name }) => name === 'fast')?.targets).toEqual([
      { provider: '1', model: 'a', weight: 3, tier: 1 },
      { provider: '2', model: 'b', weight: 1, tier: 2 },
    ]);
    expect(remarks).toEqual(
      expect.arrayContaining([
        { text: 'variable that was not given: GONE', count: 3, items: ['fast', 'model_name'] },
        { text: 'entry left out: it is no deployment', count: 1, items: ['model_list'] },
        { text: 'deployment left out: it has no name', count: 1, items: [] },
      ]),
    );
  });

  it('tells of all parts that do not come over, and of an alias that is hidden no more', () => {
    const { remarks } = read(
      `x-common: &common {api_key: sk-test-common}
model_list:
  - {model_name: a, litellm_params: {model: openai/a, <<: *common}, model_info: {mode: chat}}
guardrails: [{guardrail_name: pii}]
mcp_servers: {deep: {url: 'https://mcp.example.com'}}
prompts: []
router_settings: {model_group_alias: {secret: {model: a, hidden: true}, open: {model: a, hidden: false}}}`,
    );
    expect(remarks.map(({ text, items }) => [text, ...items])).toEqual([
      ['hidden alias becomes a route, which lists of models show here', 'secret'],
      ['setting that does not come over: guardrails'],
      ['setting that does not come over: mcp_servers'],
      ['part of a deployment that does not come over: model_info', 'a'],
    ]);
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

  const told = ({ remarks }: ReturnType<typeof read>) =>
    remarks.map(({ text, items }) => `${text}: ${items.join()}`);
  const models = (...entries: readonly (readonly [name: string, model: string, more?: string])[]) =>
    `model_list:\n${entries
      .map(
        ([name, model, more = '']) =>
          `  - {model_name: ${name}, litellm_params: {model: ${model}, api_key: sk-test-some-key${more}}}\n`,
      )
      .join('')}`;

  it('keeps the limits of a key that only one of its deployments has, and says for whom they count', () => {
    const limited = read(
      models(
        ['a', 'openai/m', ', rpm: 100, tpm: 90'],
        ['b', 'openai/m'],
        ['c', 'openai/m', ', rpm: 70'],
        ['d', 'openai/n'],
      ),
    );
    expect(limited.providers[0]?.keys[0]?.limits).toEqual({
      models: { m: { requestsPerMinute: 70, tokensPerMinute: 90 } },
    });
    expect(told(limited)).toContain(
      'limits are of a key for a model here: the lowest of its deployments counts for all: a, b, c',
    );
  });

  it.each([
    [9, 1, [9, 1], []],
    [0.9, 0.1, [9, 1], []],
    [0.333, 0.667, [33, 67], []],
    [1, 0.0001, [1_000, 1], ['weights are rounded: they are whole numbers from 1 to 1000 here: m']],
    [50_000, 25_000, [1_000, 500], []],
    [2, 0, [2, 1], ['deployment without a weight beside others that have one: its weight is 1: m']],
  ])('gives each deployment its share of a route: %d to %d', (a, b, weights, remarks) => {
    const shared = read(
      models(['m', 'openai/m', `, weight: ${a}`], ['m', 'openai/m', `, weight: ${b}`]).replace(
        'sk-test-some-key',
        'sk-test-other-key',
      ),
    );
    expect(shared.routes[0]?.targets.map(({ weight }) => weight)).toEqual(weights);
    expect(new Set(shared.routes[0]?.targets.map(({ provider: ref }) => ref)).size).toBe(2);
    expect(told(shared)).toEqual(remarks);
  });

  it('tells of shares by rate', () => {
    const shared = read(models(['m', 'openai/m', ', rpm: 10'], ['m', 'groq/m', ', rpm: 90']));
    expect(told(shared)).toEqual([
      'deployments of one model with several rpm or tpm get equal shares here: m',
    ]);
  });

  it('has the fallbacks of * and of default_fallbacks for those alone that have none of their own', () => {
    const list = models(['a', 'openai/a'], ['b', 'openai/b'], ['c', 'openai/c']);
    const sent = (settings: string, name: string) =>
      read(list + settings)
        .routes.find((one) => one.name === name)
        ?.targets.map(({ model }) => model ?? name);
    const any = 'router_settings: {fallbacks: [{"*": [c]}, {a: [b]}, {a: [c]}]}';
    expect([sent(any, 'a'), sent(any, 'b'), sent(any, 'c')]).toEqual([['a', 'b'], ['b', 'c'], ['c']]);
    expect(told(read(list + any))).toEqual(['second entry of a model left out, as there: fallbacks: a']);
    const byDefault = 'litellm_settings: {fallbacks: [{a: [b]}], default_fallbacks: [c]}';
    expect([sent(byDefault, 'a'), sent(byDefault, 'b')]).toEqual([
      ['a', 'b'],
      ['b', 'c'],
    ]);
  });

  it('loses no alias and no fallback without a word', () => {
    const lost = read(
      `${models(['a', 'openai/a'], ['b', 'openai/b'])}router_settings:
  model_group_alias: {x: nothing, a: b, b: b}
  fallbacks: [{gone: [a]}, {a: [b, gone, {model: b}]}, b, {"*": [a]}]
  context_window_fallbacks: [{lost: [a]}]
  default_fallbacks: [b]
litellm_settings:
  fallbacks: [{b: [a]}]
  content_policy_fallbacks: {a: b}
`,
    );
    expect(told(lost)).toEqual([
      'alias left out: nothing that comes over serves it: x: nothing',
      'alias has the name of a model: its route leads to the targets of both: a',
      'litellm_settings.fallbacks left out: router_settings.fallbacks counts there too: ',
      'fallback left out: it is no name of a model: fallbacks: a',
      'entry left out: it names no model: fallbacks: ',
      'fallbacks of * left out: default_fallbacks counts there too: ',
      'fallback left out: nothing that comes over serves it: a: gone',
      'fallbacks of a model left out: no route has its name: fallbacks: gone',
      'fallbacks of a model left out: no route has its name: context_window_fallbacks: lost',
      'setting left out: it is no list: content_policy_fallbacks: ',
    ]);
  });

  it.each([
    ['no models', '{}'],
    ['lists that are none', 'model_list: 7\nrouter_settings: [1]\nlitellm_settings: x'],
    [
      'entries of nothing',
      'model_list: [null, 1, {}, {model_name: a}, {model_name: b, litellm_params: {model: []}}]',
    ],
    ['an entry that has no number', 'model_list: [{blocked: [{toString: null}]}]'],
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

  it.each([SALT, '', 'another'])(
    'with a config.yaml beside it takes keys of that as they are (%j)',
    (key) => {
      // As long as what is encrypted, and of the same characters.
      const written = `pk-ant-api03-${'Ab-_'.repeat(24)}AAA`;
      const config = yamlOf(
        `model_list: [{model_name: claude, litellm_params: {model: anthropic/claude, api_key: ${written}}}]`,
      );
      const { providers } = litellm.read(sourceOf(litellm, 'litellm.sql', { encryptionKey: key, config }));
      expect(providers.flatMap(({ keys }) => keys.map(({ value }) => value))).toContain(written);
    },
  );

  it.each(['', SALT])('takes a key that it has never encrypted (%j)', (encryptionKey) => {
    const written = `sk-ant-api03-${'Ab-_'.repeat(24)}AAA`;
    const also = `INSERT INTO "LiteLLM_ProxyModelTable" (model_id, model_name, litellm_params)
      VALUES ('plain', 'claude', '${JSON.stringify({ model: 'anthropic/claude', api_key: written })}');`;
    const { providers } = litellm.read(sourceOf(litellm, 'litellm.sql', { encryptionKey, also }));
    expect(providers.flatMap(({ keys }) => keys.map(({ value }) => value))).toContain(written);
  });

  it('is told from other databases', () => {
    expect(() => litellm.read(sourceOf(litellm, undefined))).toThrow(/LiteLLM_ProxyModelTable/);
  });
});

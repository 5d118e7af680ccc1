/** What is known of a provider, so that nobody has to look it up. */
export interface Preset {
  readonly name: string;
  /** Undefined where each customer has an address of their own: then it has to be given. */
  readonly baseUrl: string | undefined;
  /** As in the setting `auth`. */
  readonly auth: string;
  /** The model that a key is tested with where its list of models proves nothing; undefined where none is sure. */
  readonly testModel: string | undefined;
  /** Whether `/models` below the address lists the models: to the owner of a key, or to anybody. */
  readonly modelList: 'key' | 'public';
  /** The provider's own page that says so, and the day on which it was looked up. */
  readonly page: string;
  readonly lookedUp: string;
}

const LOOKED_UP = '2026-11-29';

const bearer = (
  name: string,
  baseUrl: string,
  page: string,
  { testModel, modelList = 'key' }: Partial<Pick<Preset, 'testModel' | 'modelList'>> = {},
): Preset => ({ name, baseUrl, auth: 'bearer', testModel, modelList, page, lookedUp: LOOKED_UP });

/** By the word that stands in `preset`. */
export const PRESETS = {
  openai: bearer('OpenAI', 'https://api.openai.com/v1', 'developers.openai.com/api/docs', {
    testModel: 'gpt-6-luna',
  }),
  azure: {
    name: 'Azure',
    baseUrl: undefined,
    auth: 'api-key',
    testModel: undefined,
    modelList: 'key',
    page: 'learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle',
    lookedUp: LOOKED_UP,
  },
  anthropic: {
    name: 'Anthropic',
    baseUrl: 'https://api.anthropic.com/v1',
    auth: 'x-api-key',
    testModel: 'claude-haiku-4-5',
    modelList: 'key',
    page: 'platform.claude.com/docs/en/api/overview',
    lookedUp: LOOKED_UP,
  },
  gemini: {
    name: 'Gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    auth: 'x-goog-api-key',
    testModel: 'gemini-3.5-flash-lite',
    modelList: 'key',
    page: 'ai.google.dev/gemini-api/docs/openai',
    lookedUp: LOOKED_UP,
  },
  deepseek: bearer('DeepSeek', 'https://api.deepseek.com/v1', 'api-docs.deepseek.com', {
    testModel: 'deepseek-flash',
  }),
  groq: bearer('Groq', 'https://api.groq.com/openai/v1', 'console.groq.com/docs/openai', {
    testModel: 'openai/gpt-oss-20b',
  }),
  openrouter: bearer(
    'OpenRouter',
    'https://openrouter.ai/api/v1',
    'openrouter.ai/docs/api-reference/overview',
    {
      testModel: 'openai/gpt-4o-mini',
      modelList: 'public',
    },
  ),
  mistral: bearer('Mistral', 'https://api.mistral.ai/v1', 'docs.mistral.ai/api', {
    testModel: 'mistral-small-latest',
  }),
  xai: bearer('xAI', 'https://api.x.ai/v1', 'docs.x.ai/developers'),
  together: bearer(
    'Together',
    'https://api.together.ai/v1',
    'docs.together.ai/docs/inference/openai-compatibility',
  ),
  siliconflow: bearer('SiliconFlow', 'https://api.siliconflow.cn/v1', 'api-docs.siliconflow.cn', {
    testModel: 'Qwen/Qwen2.5-7B-Instruct',
  }),
  moonshot: bearer('Moonshot', 'https://api.moonshot.cn/v1', 'platform.kimi.com/docs', {
    testModel: 'kimi-k2.6',
  }),
  zhipu: bearer('Zhipu', 'https://open.bigmodel.cn/api/paas/v4', 'docs.bigmodel.cn', {
    testModel: 'glm-4.7-flash',
  }),
  ollama: bearer('Ollama', 'http://localhost:11434/v1', 'docs.ollama.com/api/openai-compatibility', {
    modelList: 'public',
  }),
  fireworks: bearer('Fireworks', 'https://api.fireworks.ai/inference/v1', 'docs.fireworks.ai'),
  cerebras: bearer('Cerebras', 'https://api.cerebras.ai/v1', 'inference-docs.cerebras.ai/resources/openai'),
  // It answers /responses alone.
  perplexity: bearer(
    'Perplexity',
    'https://api.perplexity.ai/v1',
    'docs.perplexity.ai/docs/agent-api/openai-compatibility',
  ),
  cohere: bearer(
    'Cohere',
    'https://api.cohere.ai/compatibility/v1',
    'docs.cohere.com/docs/compatibility-api',
    {
      testModel: 'command-r7b-12-2024',
    },
  ),
  nvidia: bearer('NVIDIA', 'https://integrate.api.nvidia.com/v1', 'docs.api.nvidia.com/nim/reference', {
    testModel: 'nvidia/nemotron-3.5-lightning-30b-a3b',
    modelList: 'public',
  }),
  deepinfra: bearer('DeepInfra', 'https://api.deepinfra.com/v1/openai', 'docs.deepinfra.com', {
    modelList: 'public',
  }),
  dashscope: bearer(
    'Qwen',
    'https://dashscope.aliyuncs.com/compatible-mode/v1',
    'help.aliyun.com/zh/model-studio',
    { testModel: 'qwen3.8-flash' },
  ),
  volcengine: bearer(
    'Volcengine',
    'https://ark.cn-beijing.volces.com/api/v3',
    'www.volcengine.com/docs/82379',
  ),
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof PRESETS;

export const PRESET_NAMES = Object.keys(PRESETS) as [PresetName, ...PresetName[]];

/** The address that is meant by one that was given together with a preset: people copy Azure's without its end. */
export function presetAddress(name: PresetName, baseUrl: string): string {
  if (name !== 'azure' || !URL.canParse(baseUrl)) return baseUrl;
  const { pathname } = new URL(baseUrl);
  const path = pathname.replace(/\/+$/, '');
  if (path !== '' && path !== '/openai') return baseUrl;
  return `${baseUrl.replace(/\/+$/, '')}${path === '' ? '/openai/v1' : '/v1'}`;
}

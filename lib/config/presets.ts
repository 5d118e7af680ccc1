/** What is known of a provider, so that nobody has to look it up. */
export interface Preset {
  readonly name: string;
  /** Undefined where each customer has an address of their own: then it has to be given. */
  readonly baseUrl: string | undefined;
  /** As in the setting `auth`. */
  readonly auth: string;
  /** The model that a key is tested with where its list of models proves nothing; undefined where none is sure. */
  readonly testModel: string | undefined;
  /** Whether `/models` below the address lists the models: to the owner of a key, to anybody, or not at all. */
  readonly modelList: 'key' | 'public' | 'none';
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
  openai: bearer('OpenAI', 'https://api.openai.com/v1', 'API reference: Authentication', {
    testModel: 'gpt-4o-mini',
  }),
  azure: {
    name: 'Azure OpenAI',
    baseUrl: undefined,
    auth: 'api-key',
    testModel: undefined,
    modelList: 'key',
    page: 'Azure OpenAI in Microsoft Foundry: v1 API (API version lifecycle)',
    lookedUp: LOOKED_UP,
  },
  anthropic: {
    name: 'Anthropic',
    baseUrl: 'https://api.anthropic.com/v1',
    auth: 'x-api-key',
    testModel: 'claude-haiku-4-5',
    modelList: 'key',
    page: 'Claude API: API overview (authentication, versioning)',
    lookedUp: LOOKED_UP,
  },
  gemini: {
    name: 'Gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    auth: 'x-goog-api-key',
    testModel: 'gemini-2.5-flash-lite',
    modelList: 'key',
    page: 'Gemini API: OpenAI compatibility; API reference',
    lookedUp: LOOKED_UP,
  },
  deepseek: bearer('DeepSeek', 'https://api.deepseek.com/v1', 'API docs: Your first API call', {
    testModel: 'deepseek-chat',
  }),
  groq: bearer('Groq', 'https://api.groq.com/openai/v1', 'OpenAI compatibility', {
    testModel: 'llama-3.1-8b-instant',
  }),
  openrouter: bearer('OpenRouter', 'https://openrouter.ai/api/v1', 'API reference: Overview', {
    testModel: 'openai/gpt-4o-mini',
    modelList: 'public',
  }),
  mistral: bearer('Mistral', 'https://api.mistral.ai/v1', 'API reference', {
    testModel: 'mistral-small-latest',
  }),
  xai: bearer('xAI', 'https://api.x.ai/v1', 'REST API reference'),
  together: bearer('Together', 'https://api.together.xyz/v1', 'OpenAI compatibility'),
  siliconflow: bearer('SiliconFlow', 'https://api.siliconflow.cn/v1', 'API reference: Chat completions', {
    testModel: 'Qwen/Qwen2.5-7B-Instruct',
  }),
  moonshot: bearer('Moonshot', 'https://api.moonshot.cn/v1', 'API reference', {
    testModel: 'moonshot-v1-8k',
  }),
  zhipu: bearer('Zhipu', 'https://open.bigmodel.cn/api/paas/v4', 'API reference: Chat completions', {
    testModel: 'glm-4-flash',
  }),
  ollama: bearer('Ollama', 'http://localhost:11434/v1', 'OpenAI compatibility', { modelList: 'public' }),
  fireworks: bearer('Fireworks', 'https://api.fireworks.ai/inference/v1', 'OpenAI compatibility'),
  cerebras: bearer('Cerebras', 'https://api.cerebras.ai/v1', 'Inference docs: OpenAI compatibility'),
  perplexity: bearer('Perplexity', 'https://api.perplexity.ai', 'API reference: OpenAI compatibility', {
    testModel: 'sonar',
    modelList: 'none',
  }),
  cohere: bearer('Cohere', 'https://api.cohere.ai/compatibility/v1', 'Compatibility API', {
    testModel: 'command-r7b-12-2024',
    modelList: 'none',
  }),
  nvidia: bearer('NVIDIA', 'https://integrate.api.nvidia.com/v1', 'NIM: LLM API reference', {
    testModel: 'meta/llama-3.1-8b-instruct',
    modelList: 'public',
  }),
  deepinfra: bearer('DeepInfra', 'https://api.deepinfra.com/v1/openai', 'OpenAI-compatible API', {
    modelList: 'public',
  }),
  dashscope: bearer(
    'Qwen (DashScope)',
    'https://dashscope.aliyuncs.com/compatible-mode/v1',
    'Model Studio: OpenAI compatibility',
    { testModel: 'qwen-turbo' },
  ),
  volcengine: bearer('Volcengine Ark', 'https://ark.cn-beijing.volces.com/api/v3', 'Ark: Base URL and auth'),
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof PRESETS;

export const PRESET_NAMES = Object.keys(PRESETS) as [PresetName, ...PresetName[]];

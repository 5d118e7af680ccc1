import { PRESETS, type PresetName } from '../../config/presets';
import { entryOf } from '../rows';

/** How LiteLLM asks a provider that it has a word for. */
export interface LitellmKind {
  readonly name: string;
  /** Undefined: each deployment has an address of its own. */
  readonly baseUrl: string | undefined;
  /** What LiteLLM puts behind an `api_base` before it is as a base URL here. */
  readonly path: string;
  readonly auth: string;
  /** Variables that have the key and the address where a deployment has none. */
  readonly keyVariables: readonly string[];
  readonly baseVariables: readonly string[];
}

function ofPreset(preset: PresetName, keyVariables: string[], more: Partial<LitellmKind> = {}): LitellmKind {
  const { name, baseUrl, auth } = PRESETS[preset];
  return { name, baseUrl, path: '', auth, keyVariables, baseVariables: [], ...more };
}

function bearer(name: string, baseUrl: string | undefined, more: Partial<LitellmKind> = {}): LitellmKind {
  return { name, baseUrl, path: '', auth: 'bearer', keyVariables: [], baseVariables: [], ...more };
}

const COMPATIBLE = bearer('OpenAI compatible', undefined);

/** By the word before the slash of `model`. What is not here has a protocol of its own, or signs its requests. */
export const LITELLM_KINDS: Readonly<Record<string, LitellmKind>> = {
  openai: ofPreset('openai', ['OPENAI_API_KEY'], { baseVariables: ['OPENAI_BASE_URL', 'OPENAI_API_BASE'] }),
  'text-completion-openai': ofPreset('openai', ['OPENAI_API_KEY']),
  azure: ofPreset('azure', ['AZURE_API_KEY'], { path: '/openai/v1', baseVariables: ['AZURE_API_BASE'] }),
  anthropic: ofPreset('anthropic', ['ANTHROPIC_API_KEY'], {
    path: '/v1',
    baseVariables: ['ANTHROPIC_API_BASE'],
  }),
  gemini: ofPreset('gemini', ['GEMINI_API_KEY', 'GOOGLE_API_KEY']),
  groq: ofPreset('groq', ['GROQ_API_KEY']),
  openrouter: ofPreset('openrouter', ['OPENROUTER_API_KEY', 'OR_API_KEY']),
  deepseek: ofPreset('deepseek', ['DEEPSEEK_API_KEY']),
  mistral: ofPreset('mistral', ['MISTRAL_API_KEY']),
  xai: ofPreset('xai', ['XAI_API_KEY']),
  together_ai: ofPreset('together', ['TOGETHERAI_API_KEY', 'TOGETHER_API_KEY']),
  fireworks_ai: ofPreset('fireworks', ['FIREWORKS_AI_API_KEY', 'FIREWORKS_API_KEY']),
  perplexity: ofPreset('perplexity', ['PERPLEXITYAI_API_KEY', 'PERPLEXITY_API_KEY']),
  cohere: ofPreset('cohere', ['COHERE_API_KEY', 'CO_API_KEY']),
  cohere_chat: ofPreset('cohere', ['COHERE_API_KEY', 'CO_API_KEY']),
  moonshot: ofPreset('moonshot', ['MOONSHOT_API_KEY'], { baseUrl: 'https://api.moonshot.ai/v1' }),
  dashscope: ofPreset('dashscope', ['DASHSCOPE_API_KEY'], {
    baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
  }),
  volcengine: ofPreset('volcengine', ['VOLCENGINE_API_KEY', 'ARK_API_KEY']),
  deepinfra: ofPreset('deepinfra', ['DEEPINFRA_API_KEY']),
  nvidia_nim: ofPreset('nvidia', ['NVIDIA_NIM_API_KEY']),
  cerebras: ofPreset('cerebras', ['CEREBRAS_API_KEY']),
  zai: bearer('Z.AI', 'https://api.z.ai/api/paas/v4', { keyVariables: ['ZAI_API_KEY'] }),
  ollama: ofPreset('ollama', ['OLLAMA_API_KEY'], { path: '/v1', baseVariables: ['OLLAMA_API_BASE'] }),
  ollama_chat: ofPreset('ollama', ['OLLAMA_API_KEY'], { path: '/v1', baseVariables: ['OLLAMA_API_BASE'] }),
  hosted_vllm: bearer('vLLM', undefined, {
    baseVariables: ['HOSTED_VLLM_API_BASE'],
    keyVariables: ['HOSTED_VLLM_API_KEY'],
  }),
  lm_studio: bearer('LM Studio', undefined, {
    baseVariables: ['LM_STUDIO_API_BASE'],
    keyVariables: ['LM_STUDIO_API_KEY'],
  }),
  litellm_proxy: bearer('LiteLLM', undefined, {
    baseVariables: ['LITELLM_PROXY_API_BASE'],
    keyVariables: ['LITELLM_PROXY_API_KEY'],
  }),
  openai_like: COMPATIBLE,
  custom_openai: COMPATIBLE,
};

/** Names without a word before them that LiteLLM knows. */
const BARE: readonly (readonly [pattern: RegExp, kind: string])[] = [
  [/^(gpt-|o[1-9]|chatgpt-|text-embedding-|dall-e|whisper-|tts-|omni-moderation|davinci|babbage)/, 'openai'],
  [/^claude-/, 'anthropic'],
  [/^command-/, 'cohere'],
];

/** Which provider a `model` is of, and what it is called there; the kind is undefined if it is not known here. */
export function kindOfModel(
  model: string,
  provider: string,
): { readonly word: string; readonly kind: LitellmKind | undefined; readonly name: string } {
  const slash = model.indexOf('/');
  const prefix = slash === -1 ? '' : model.slice(0, slash);
  const rest = model.slice(slash + 1);
  if (provider !== '') {
    return {
      word: provider,
      kind: entryOf(LITELLM_KINDS, provider),
      name: prefix === provider ? rest : model,
    };
  }
  if (prefix !== '') return { word: prefix, kind: entryOf(LITELLM_KINDS, prefix), name: rest };
  const word = BARE.find(([pattern]) => pattern.test(model))?.[1] ?? 'openai';
  const isKnown = BARE.some(([pattern]) => pattern.test(model)) || model === '*';
  return { word: isKnown ? word : model, kind: isKnown ? LITELLM_KINDS[word] : undefined, name: model };
}

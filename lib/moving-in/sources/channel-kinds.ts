import { PRESETS } from '../../config/presets';

/** How a kind of channel is asked: its usual host, and the path behind a host, up to what OpenAI has below `/v1`. */
export interface ChannelKind {
  readonly name: string;
  /** Empty: each channel has an address of its own. */
  readonly host: string;
  readonly path: string;
  readonly auth: string;
}

const bearer = (name: string, host = '', path = '/v1'): ChannelKind => ({ name, host, path, auth: 'bearer' });

const ANTHROPIC: ChannelKind = {
  name: 'Anthropic',
  host: 'https://api.anthropic.com',
  path: '/v1',
  auth: 'x-api-key',
};
const AZURE: ChannelKind = { name: 'Azure', host: '', path: '/openai/v1', auth: PRESETS.azure.auth };
const GEMINI: ChannelKind = {
  name: 'Gemini',
  host: 'https://generativelanguage.googleapis.com',
  path: '/v1beta/openai',
  auth: PRESETS.gemini.auth,
};

/** The same in both programs, by `type`. */
const COMMON: Readonly<Record<number, ChannelKind>> = {
  1: bearer('OpenAI', 'https://api.openai.com'),
  3: AZURE,
  6: bearer('OpenAI Max', 'https://api.openaimax.com'),
  7: bearer('OhMyGPT', 'https://api.ohmygpt.com'),
  9: bearer('AILS', 'https://api.caipacity.com'),
  10: bearer('AI Proxy', 'https://api.aiproxy.io'),
  12: bearer('API2GPT', 'https://api.api2gpt.com'),
  13: bearer('AIGC2D', 'https://api.aigc2d.com'),
  14: ANTHROPIC,
  16: bearer('Zhipu', 'https://open.bigmodel.cn', '/api/paas/v4'),
  17: bearer('Qwen', 'https://dashscope.aliyuncs.com', '/compatible-mode/v1'),
  20: bearer('OpenRouter', 'https://openrouter.ai/api'),
  22: bearer('FastGPT', 'https://fastgpt.run/api/openapi'),
  24: GEMINI,
  25: bearer('Moonshot', 'https://api.moonshot.cn'),
  31: bearer('LingYiWanWu', 'https://api.lingyiwanwu.com'),
};

/** Of one-api 0.6.11 (`relay/channeltype`). What is not here speaks a protocol of its own. */
export const ONE_API_KINDS: Readonly<Record<number, ChannelKind>> = {
  ...COMMON,
  2: bearer('API2D', 'https://oa.api2d.net'),
  4: bearer('CloseAI', 'https://api.closeai-proxy.xyz'),
  5: bearer('OpenAI-SB', 'https://api.openai-sb.com'),
  8: bearer('Custom'),
  19: bearer('360', 'https://ai.360.cn'),
  26: bearer('Baichuan', 'https://api.baichuan-ai.com'),
  27: bearer('MiniMax', 'https://api.minimax.chat'),
  28: bearer('Mistral', 'https://api.mistral.ai'),
  29: bearer('Groq', 'https://api.groq.com/openai'),
  30: bearer('Ollama', 'http://localhost:11434'),
  32: bearer('StepFun', 'https://api.stepfun.com'),
  35: bearer('Cohere', 'https://api.cohere.ai', '/compatibility/v1'),
  36: bearer('DeepSeek', 'https://api.deepseek.com'),
  39: bearer('Together', 'https://api.together.xyz'),
  40: bearer('Volcengine', 'https://ark.cn-beijing.volces.com', '/api/v3'),
  41: bearer('Novita', 'https://api.novita.ai/v3/openai', ''),
  44: bearer('SiliconFlow', 'https://api.siliconflow.cn'),
  45: bearer('xAI', 'https://api.x.ai'),
  47: bearer('Baidu', 'https://qianfan.baidubce.com', '/v2'),
  48: bearer('Xunfei', 'https://spark-api-open.xf-yun.com'),
  49: bearer('Bailian', 'https://dashscope.aliyuncs.com', '/compatible-mode/v1'),
  50: bearer('OpenAI compatible', '', ''),
  51: { ...GEMINI, host: 'https://generativelanguage.googleapis.com/v1beta/openai', path: '' },
};

/** Of new-api 0.9 and later (`constant/channel.go`). What is not here speaks a protocol of its own. */
export const NEW_API_KINDS: Readonly<Record<number, ChannelKind>> = {
  ...COMMON,
  4: bearer('Ollama', 'http://localhost:11434'),
  8: bearer('Custom', '', ''),
  19: bearer('360', 'https://api.360.cn'),
  26: bearer('Zhipu', 'https://open.bigmodel.cn', '/api/paas/v4'),
  27: bearer('Perplexity', 'https://api.perplexity.ai', ''),
  34: bearer('Cohere', 'https://api.cohere.ai', '/compatibility/v1'),
  35: bearer('MiniMax', 'https://api.minimax.chat'),
  38: bearer('Jina', 'https://api.jina.ai'),
  40: bearer('SiliconFlow', 'https://api.siliconflow.cn'),
  42: bearer('Mistral', 'https://api.mistral.ai'),
  43: bearer('DeepSeek', 'https://api.deepseek.com'),
  44: bearer('Moka', 'https://api.moka.ai'),
  45: bearer('Volcengine', 'https://ark.cn-beijing.volces.com', '/api/v3'),
  46: bearer('Baidu', 'https://qianfan.baidubce.com', '/v2'),
  47: bearer('Xinference'),
  48: bearer('xAI', 'https://api.x.ai'),
  53: bearer('Submodel', 'https://llm.submodel.ai'),
  55: bearer('Sora', 'https://api.openai.com'),
  59: bearer('Sub2API'),
  60: bearer('NewAPI'),
};

/** Words that new-api takes in the place of an address, and what they stand for. */
export const NEW_API_PLANS: Readonly<Record<string, string>> = {
  'glm-coding-plan': 'https://open.bigmodel.cn/api/coding/paas/v4',
  'glm-coding-plan-international': 'https://api.z.ai/api/coding/paas/v4',
  'kimi-coding-plan': 'https://api.kimi.com/coding/v1',
  'doubao-coding-plan': 'https://ark.cn-beijing.volces.com/api/coding/v3',
};

/**
 * Cloudflare's AI gateway has its version before the provider's name, so both programs ask it without `/v1` as OpenAI,
 * and as Azure below the name of each deployment: undefined, as that is no address for all models.
 */
export function cloudflareGatewayUrl(
  host: string,
  type: number,
): { readonly url: string | undefined } | undefined {
  if (!host.startsWith('https://gateway.ai.cloudflare.com')) return undefined;
  if (type === 1) return { url: host };
  return type === 3 ? { url: undefined } : undefined;
}

/** Of the account in the address; undefined without one, and for what can be none. */
export function cloudflareKind(account: string): ChannelKind | undefined {
  // Half of a surrogate pair has no place in an address.
  if (account === '' || /\p{Cs}/u.test(account)) return undefined;
  const path = `/client/v4/accounts/${encodeURIComponent(account)}/ai/v1`;
  return bearer('Cloudflare', 'https://api.cloudflare.com', path);
}

import type { KeyVerifyResult } from '../admin/contract/keys';
import type { TaskItem } from '../admin/contract/tasks';

/** Parts of names of models that do something else than chat. */
const NO_CHAT =
  /embed|\bbge\b|\bgte\b|\be5\b|minilm|voyage|rerank|whisper|transcri|\btts\b|speech|audio|voice|realtime|\blive\b|moderation|guard|shield|dall-?e|image|imagen|flux|sdxl|diffusion|kolors|midjourney|recraft|ideogram|seedream|seedance|\bsora|\bveo\b|video|\bwan\d|\bt2[iv]\b|\bi2v\b|kling|hailuo|hunyuan-?3d|cogview|\bocr\b|babbage|davinci|turbo-instruct|codex|deep-research|computer-use|\baqa\b|\bclip\b|\basr\b|sensevoice|paraformer|cosyvoice|orpheus|kokoro|parakeet|canary|music|lyria|reward|classif|segment|upscale|inpaint|translat/i;
/** Small models answer soon and cost little. */
const SMALL = /mini|flash|haiku|small|lite|instant|turbo|nano|\b[1-9]b\b/i;
const USUAL = /gpt|chat|claude|gemini|llama|qwen|deepseek|mistral|glm|kimi|moonshot|grok/i;
const UNUSUAL = /preview|beta|exp|search|vision|thinking|reason|base\b|:free/i;

/** Names that say so. */
const SAYS_CHAT = /\b(?:chat\w*|talk\w*|assistant|dialog\w*|convers\w*|llm|instruct)\b/i;
/** Models with these in their names are not for chat. */
const SURELY_NO_CHAT =
  /embed|rerank|whisper|transcri|\btts\b|speech|realtime|moderation|dall-?e|image|diffusion|turbo-instruct/i;

// Names are made of words between dashes, dots, slashes and underscores.
const words = (model: string) => model.replaceAll('_', '-');

/** By its name it answers chat requests: no embeddings, sound, pictures or moderation. */
export function canChat(model: string): boolean {
  return !NO_CHAT.test(words(model));
}

/** Its name speaks for chat as well as against it: "voice-of-reason-chat". */
function mayChat(model: string): boolean {
  return SAYS_CHAT.test(words(model)) && !SURELY_NO_CHAT.test(words(model));
}

/** Those of a list that chat by their names, or may do so where none does for sure. */
export function chatModelsOf(models: readonly string[]): readonly string[] {
  const chatting = models.filter(canChat);
  return chatting.length > 0 ? chatting : models.filter(mayChat);
}

/** A model of the list to begin with, if possible `preferred`; undefined if none of them chats. */
export function chatModelOf(models: readonly string[], preferred?: string): string | undefined {
  const chatting = chatModelsOf(models);
  if (preferred !== undefined && chatting.includes(preferred)) return preferred;
  const worth = (model: string) =>
    (SMALL.test(model) ? 2 : 0) + (USUAL.test(model) ? 3 : 0) - (UNUSUAL.test(model) ? 2 : 0);
  const best = Math.max(...chatting.map(worth));
  return chatting.find((model) => worth(model) === best);
}

/** How the test of keys tells that not they are wrong, but what was asked with them: the model, or the question. */
const MODEL_REFUSED = /^cannot be tested with the model '([^']*)'|^4(?:00|04|22)\b/;

/** The last test of the provider's keys has got no answer of the model, because there is no such model. */
export function isRefusedByTest(model: string, provider: string, tasks: readonly TaskItem[]): boolean {
  for (const { kind, result } of tasks) {
    const groups = kind === 'probe-keys' ? ((result as KeyVerifyResult | null)?.groups ?? []) : [];
    const own = groups.filter((group) => group.provider === provider);
    if (own.some(({ outcome }) => outcome === 'alive')) return false;
    const refusals = own.map(({ text }) => MODEL_REFUSED.exec(text)).filter((match) => match !== null);
    if (refusals.length > 0) return refusals.some(([, named]) => isAbout(model, named));
  }
  return false;
}

/**
 * Another model may have been tested before; of long names the report has only what does not differ from key to key.
 */
function isAbout(model: string, named: string | undefined): boolean {
  return named === undefined || named === model || named.includes('(');
}

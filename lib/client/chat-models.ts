/** Parts of names of models that do something else than chat. */
const NO_CHAT =
  /embed|\bbge\b|\bgte\b|\be5\b|minilm|voyage|rerank|whisper|transcri|\btts\b|speech|audio|voice|realtime|\blive\b|moderation|guard|shield|dall-?e|image|imagen|flux|sdxl|diffusion|kolors|midjourney|recraft|ideogram|seedream|seedance|\bsora|\bveo\b|video|\bwan\d|\bt2[iv]\b|\bi2v\b|kling|hailuo|hunyuan-?3d|cogview|\bocr\b|babbage|davinci|turbo-instruct|codex|deep-research|computer-use|\baqa\b|\bclip\b|\basr\b|sensevoice|paraformer|cosyvoice|orpheus|kokoro|parakeet|canary|music|lyria|reward|classif|segment|upscale|inpaint|translat/i;
/** Small models answer soon and cost little. */
const SMALL = /mini|flash|haiku|small|lite|instant|turbo|nano|\b[1-9]b\b/i;
const USUAL = /gpt|chat|claude|gemini|llama|qwen|deepseek|mistral|glm|kimi|moonshot|grok/i;
const UNUSUAL = /preview|beta|exp|search|vision|thinking|reason|base\b|:free/i;

/** By its name it answers chat requests: no embeddings, sound, pictures or moderation. */
export function canChat(model: string): boolean {
  // Names are made of words between dashes, dots, slashes and underscores.
  return !NO_CHAT.test(model.replaceAll('_', '-'));
}

/** A model of the list to begin with, if possible `preferred`; undefined if none of them chats. */
export function chatModelOf(models: readonly string[], preferred?: string): string | undefined {
  const chatting = models.filter(canChat);
  if (preferred !== undefined && chatting.includes(preferred)) return preferred;
  const worth = (model: string) =>
    (SMALL.test(model) ? 2 : 0) + (USUAL.test(model) ? 3 : 0) - (UNUSUAL.test(model) ? 2 : 0);
  const best = Math.max(...chatting.map(worth));
  return chatting.find((model) => worth(model) === best);
}

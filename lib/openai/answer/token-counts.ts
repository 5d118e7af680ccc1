import { isFields, text, type Fields } from '../json/json-fields';

export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
  /** Part of promptTokens. */
  readonly cachedTokens: number;
  /** What the provider's cache took in, part of promptTokens; absent if none is told, as the two below. */
  readonly cacheWriteTokens?: number;
  /** Part of completionTokens. */
  readonly reasoningTokens: number;
  /** Sound: part of promptTokens. */
  readonly audioPromptTokens?: number;
  /** Sound: part of completionTokens. */
  readonly audioCompletionTokens?: number;
  /** Part of cachedTokens and of audioPromptTokens. */
  readonly cachedAudioTokens?: number;
  /** Part of cacheWriteTokens: what the cache keeps for an hour. */
  readonly cacheWrite1hTokens?: number;
  /** Images: part of promptTokens. */
  readonly imagePromptTokens?: number;
  /** Images: part of completionTokens. */
  readonly imageCompletionTokens?: number;
  /** How it was served, where that was not the usual way, in the provider's word; `batch` for a batch. */
  readonly tier?: string;
  /** Of a batch, or of a response that was made in the background: the model, which its address does not name. */
  readonly model?: string;
  /** Of a response that was made in the background. */
  readonly isBackground?: true;
}

/** Counts as an answer tells them; 0 for what it does not tell. */
export interface TokenCounts {
  readonly prompt: number;
  /** Anthropic counts what its cache took in, or gave, beside the prompt. */
  readonly besidePrompt: number;
  readonly cached: number;
  readonly cacheWritten: number;
  readonly cacheWritten1h: number;
  readonly cachedAudio: number;
  readonly audioIn: number;
  readonly imageIn: number;
  readonly completion: number;
  readonly reasoning: number;
  readonly audioOut: number;
  readonly imageOut: number;
  readonly total: number;
  /** '' for the usual way, and where it is not told. */
  readonly tier: string;
}

/**
 * From a parsed usage object of chat, completions and embeddings (prompt_tokens ...), of the Responses API, images and
 * Anthropic (input_tokens ...), of Gemini (promptTokenCount ...) or of its Interactions API (total_input_tokens ...);
 * undefined for anything else, and where what is
 * told of prompt or completion cannot be a count: then nobody knows what was used. Counts are whole and never negative,
 * and may come as texts; junk in their details counts as 0.
 */
export function countsFrom(value: unknown): TokenCounts | undefined {
  if (!isFields(value) || !TOKEN_FIELDS.some((field) => field in value)) return undefined;
  if (WHOLES.some((field) => isJunk(value[field]))) return undefined;
  if (TOTALS.some((field) => isJunk(value[field])) && !WHOLES.some((field) => isTold(value[field])))
    return undefined;
  if ('promptTokenCount' in value || 'candidatesTokenCount' in value) return geminiCounts(value);
  return 'total_input_tokens' in value || 'total_output_tokens' in value
    ? interactionCounts(value)
    : openAiCounts(value);
}

export function countsAnything(counts: TokenCounts): boolean {
  const { prompt, besidePrompt, cached, completion, reasoning, total } = counts;
  return prompt + besidePrompt + cached + completion + reasoning + total > 0;
}

const TOKEN_FIELDS = [
  'prompt_tokens',
  'completion_tokens',
  'total_tokens',
  'input_tokens',
  'output_tokens',
  'promptTokenCount',
  'candidatesTokenCount',
  'total_input_tokens',
  'total_output_tokens',
];

/** What everything else is a part of. */
const WHOLES = [
  ...['prompt_tokens', 'completion_tokens', 'input_tokens', 'output_tokens'],
  ...['cache_read_input_tokens', 'cache_creation_input_tokens'],
  ...['promptTokenCount', 'toolUsePromptTokenCount', 'candidatesTokenCount', 'thoughtsTokenCount'],
  ...['total_input_tokens', 'total_tool_use_tokens', 'total_output_tokens', 'total_thought_tokens'],
];
/** Not needed where the parts are told. */
const TOTALS = ['total_tokens', 'totalTokenCount'];

/** DeepSeek and Moonshot have names of their own for what came from the cache. */
function openAiCounts(value: Fields): TokenCounts {
  const [promptDetails, completionDetails] = detailsIn(value);
  // Relays that speak OpenAI's language may pass these on, but count them within the prompt.
  const isBeside = count(value.prompt_tokens) === 0 && !isFields(promptDetails);
  const read = count(value.cache_read_input_tokens);
  const written = count(value.cache_creation_input_tokens);
  const compaction = compactionIn(value.iterations);
  return {
    prompt: count(value.prompt_tokens) || count(value.input_tokens),
    besidePrompt: (isBeside ? read + written : 0) + compaction.prompt,
    cached:
      detail(promptDetails, 'cached_tokens') ||
      read ||
      count(value.prompt_cache_hit_tokens) ||
      count(value.cached_tokens),
    cacheWritten: written || detail(promptDetails, 'cache_write_tokens'),
    cacheWritten1h: detail(value.cache_creation, 'ephemeral_1h_input_tokens'),
    cachedAudio: detail(fieldOf(promptDetails, 'cached_tokens_details'), 'audio_tokens'),
    audioIn: detail(promptDetails, 'audio_tokens'),
    imageIn: detail(promptDetails, 'image_tokens'),
    completion: (count(value.completion_tokens) || count(value.output_tokens)) + compaction.completion,
    reasoning: detail(completionDetails, 'reasoning_tokens') || detail(completionDetails, 'thinking_tokens'),
    audioOut: detail(completionDetails, 'audio_tokens'),
    imageOut: detail(completionDetails, 'image_tokens'),
    total: count(value.total_tokens),
    tier: tierOf(value),
  };
}

/** Of prompt and completion. The realtime API and transcriptions have a name of their own. */
function detailsIn(value: Fields): readonly [prompt: unknown, completion: unknown] {
  return [
    value.prompt_tokens_details ?? value.input_tokens_details ?? value.input_token_details,
    value.completion_tokens_details ?? value.output_tokens_details ?? value.output_token_details,
  ];
}

/** What Anthropic uses to shorten a conversation is in no other count. */
function compactionIn(iterations: unknown): { readonly prompt: number; readonly completion: number } {
  if (!Array.isArray(iterations)) return NO_COMPACTION;
  const rounds = iterations.filter(isFields).filter(({ type }) => type === 'compaction');
  return {
    prompt: rounds.reduce((sum, { input_tokens: tokens }) => sum + count(tokens), 0),
    completion: rounds.reduce((sum, { output_tokens: tokens }) => sum + count(tokens), 0),
  };
}

const NO_COMPACTION = { prompt: 0, completion: 0 } as const;

/** What was thought stands beside what was said. */
function interactionCounts(value: Fields): TokenCounts {
  const reasoning = count(value.total_thought_tokens);
  return {
    ...NOTHING,
    prompt: count(value.total_input_tokens) + count(value.total_tool_use_tokens),
    cached: count(value.total_cached_tokens),
    audioIn: ofKind(value.input_tokens_by_modality, 'AUDIO'),
    imageIn: ofKind(value.input_tokens_by_modality, 'IMAGE'),
    completion: count(value.total_output_tokens) + reasoning,
    reasoning,
    audioOut: ofKind(value.output_tokens_by_modality, 'AUDIO'),
    imageOut: ofKind(value.output_tokens_by_modality, 'IMAGE'),
    total: count(value.total_tokens),
    tier: googleTier(value.service_tier),
  };
}

const NOTHING: TokenCounts = {
  ...{ prompt: 0, besidePrompt: 0, cached: 0, cacheWritten: 0, cacheWritten1h: 0, cachedAudio: 0 },
  ...{ audioIn: 0, imageIn: 0, completion: 0, reasoning: 0, audioOut: 0, imageOut: 0, total: 0, tier: '' },
};

function geminiCounts(value: Fields): TokenCounts {
  const reasoning = count(value.thoughtsTokenCount);
  return {
    prompt: count(value.promptTokenCount) + count(value.toolUsePromptTokenCount),
    besidePrompt: 0,
    cached: count(value.cachedContentTokenCount),
    cacheWritten: 0,
    cacheWritten1h: 0,
    cachedAudio: ofKind(value.cacheTokensDetails, 'AUDIO'),
    audioIn: ofKind(value.promptTokensDetails, 'AUDIO'),
    imageIn: ofKind(value.promptTokensDetails, 'IMAGE'),
    completion: count(value.candidatesTokenCount) + reasoning,
    reasoning,
    audioOut: ofKind(value.candidatesTokensDetails, 'AUDIO'),
    imageOut: ofKind(value.candidatesTokensDetails, 'IMAGE'),
    total: count(value.totalTokenCount),
    tier: googleTier(value.trafficType ?? value.serviceTier),
  };
}

/** Google counts each kind of part apart: `[{"modality":"AUDIO","tokenCount":30}]`, or `"audio"` and `tokens`. */
function ofKind(details: unknown, kind: 'AUDIO' | 'IMAGE'): number {
  if (!Array.isArray(details)) return 0;
  const parts = details.filter(isFields).filter(({ modality }) => text(modality)?.toUpperCase() === kind);
  return parts.reduce((sum, { tokenCount, tokens }) => sum + count(tokenCount ?? tokens), 0);
}

/** What costs the same as if nothing were said. */
const USUAL_TIERS: ReadonlySet<string> = new Set([
  ...['', 'default', 'auto', 'standard', 'standard_only', 'on_demand', 'performance', 'unspecified'],
]);
const TIER_LENGTH_MAX = 32;

/** The provider's word for another way of serving; '' for the usual one. */
export function tierNamed(word: unknown): string {
  if (typeof word !== 'string' || USUAL_TIERS.has(word)) return '';
  return word.slice(0, TIER_LENGTH_MAX);
}

/** Anthropic tells within the usage; there speed and place change the price as well. */
function tierOf({ service_tier: tier, speed, inference_geo: place }: Fields): string {
  if (speed === 'fast') return 'fast';
  if (place === 'us') return 'us';
  return tierNamed(tier);
}

function googleTier(trafficType: unknown): string {
  const word = typeof trafficType === 'string' ? trafficType.toLowerCase() : '';
  return tierNamed(word.replace(/^(?:on_demand|service_tier)_/, ''));
}

const WHOLE_NUMBER = /^\d{1,16}(\.\d*)?$/;

function count(value: unknown): number {
  return countIn(value) ?? 0;
}

/** Undefined if it is none. */
function countIn(value: unknown): number | undefined {
  const number = typeof value === 'string' && WHOLE_NUMBER.test(value.trim()) ? Number(value) : value;
  return typeof number === 'number' && number >= 0 && number <= Number.MAX_SAFE_INTEGER
    ? Math.trunc(number)
    : undefined;
}

function isTold(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isJunk(value: unknown): boolean {
  return isTold(value) && countIn(value) === undefined;
}

function detail(details: unknown, field: string): number {
  return count(fieldOf(details, field));
}

function fieldOf(value: unknown, field: string): unknown {
  return isFields(value) ? value[field] : undefined;
}

const PARTS = [
  ...(['prompt', 'besidePrompt', 'cached', 'cacheWritten', 'cacheWritten1h', 'cachedAudio'] as const),
  ...(['audioIn', 'imageIn', 'completion', 'reasoning', 'audioOut', 'imageOut'] as const),
] as const satisfies readonly (keyof TokenCounts)[];

/** What two events of one stream tell together: field by field the later one counts, where it tells something. */
export function mergedCounts(earlier: TokenCounts | undefined, later: TokenCounts): TokenCounts {
  if (earlier === undefined) return later;
  const tellsParts = later.prompt + later.completion > 0;
  const merged = { ...later, tier: later.tier || earlier.tier };
  for (const part of PARTS) merged[part] ||= earlier[part];
  // An earlier total says nothing of parts that came later.
  if (!tellsParts) merged.total ||= earlier.total;
  return merged;
}

/** A total that is not told is the sum. No part is more than the whole that it is a part of. */
export function usageOf(told: TokenCounts): Usage {
  const promptTokens = told.prompt + told.besidePrompt;
  const counts = capped(withReasoning(told), promptTokens);
  return {
    promptTokens,
    completionTokens: counts.completion,
    totalTokens: counts.total || promptTokens + counts.completion,
    cachedTokens: counts.cached,
    reasoningTokens: counts.reasoning,
    ...(counts.cacheWritten > 0 && { cacheWriteTokens: counts.cacheWritten }),
    ...(counts.audioIn > 0 && { audioPromptTokens: counts.audioIn }),
    ...(counts.audioOut > 0 && { audioCompletionTokens: counts.audioOut }),
    ...rareParts(counts),
  };
}

/** Where more was thought than said in all, and no total is told, the one stands beside the other, as at xAI. */
function withReasoning(counts: TokenCounts): TokenCounts {
  const { completion, reasoning, total } = counts;
  return total === 0 && reasoning > completion ? { ...counts, completion: completion + reasoning } : counts;
}

/** Where a whole is not told, or not all of it, it is what the other one leaves of the total; see `usageAt`. */
function capped(counts: TokenCounts, promptTokens: number): TokenCounts {
  const { completion, total } = counts;
  const prompt = promptTokens || Math.max(0, total - completion);
  const answer = Math.max(completion, total - promptTokens);
  const cached = Math.min(counts.cached, prompt);
  const cacheWritten = Math.min(counts.cacheWritten, prompt - cached);
  const audioIn = Math.min(counts.audioIn, prompt);
  const audioOut = Math.min(counts.audioOut, answer);
  return {
    ...counts,
    cached,
    cacheWritten,
    cacheWritten1h: Math.min(counts.cacheWritten1h, cacheWritten),
    audioIn,
    cachedAudio: Math.min(counts.cachedAudio, cached, audioIn),
    imageIn: Math.min(counts.imageIn, prompt - audioIn),
    reasoning: Math.min(counts.reasoning, answer),
    audioOut,
    imageOut: Math.min(counts.imageOut, answer - audioOut),
  };
}

const NO_RARE_PARTS: Partial<Usage> = {};

function rareParts({ cachedAudio, cacheWritten1h, imageIn, imageOut, tier }: TokenCounts): Partial<Usage> {
  if (cachedAudio + cacheWritten1h + imageIn + imageOut === 0 && tier === '') return NO_RARE_PARTS;
  return {
    ...(cachedAudio > 0 && { cachedAudioTokens: cachedAudio }),
    ...(cacheWritten1h > 0 && { cacheWrite1hTokens: cacheWritten1h }),
    ...(imageIn > 0 && { imagePromptTokens: imageIn }),
    ...(imageOut > 0 && { imageCompletionTokens: imageOut }),
    ...(tier !== '' && { tier }),
  };
}

/** Endpoints that generate nothing: all tokens that they count are input. */
const WITHOUT_COMPLETION = /^\/(embeddings|rerank|moderations|tokenize|classify|score)\/?$/;

/**
 * The usage of an answer of this endpoint, whose total may be more than its parts: all of it is the prompt's where
 * nothing is generated; a part that is missing is what the other one leaves; and what is in neither was generated too:
 * xAI, and Gemini where it speaks OpenAI's language, count what was thought in the total alone.
 */
export function usageAt(endpoint: string, usage: Usage): Usage {
  const { promptTokens, completionTokens, totalTokens } = usage;
  if (totalTokens <= promptTokens + completionTokens) return usage;
  if (WITHOUT_COMPLETION.test(endpoint) && completionTokens === 0)
    return { ...usage, promptTokens: totalTokens };
  if (promptTokens > 0) return { ...usage, completionTokens: totalTokens - promptTokens };
  return completionTokens > 0 ? { ...usage, promptTokens: totalTokens - completionTokens } : usage;
}

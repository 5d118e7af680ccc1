import { isFields, type Fields } from '../json/json-fields';

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
}

/** Counts as an answer tells them; 0 for what it does not tell. */
export interface TokenCounts {
  readonly prompt: number;
  /** Anthropic counts what its cache took in, or gave, beside the prompt. */
  readonly besidePrompt: number;
  readonly cached: number;
  readonly cacheWritten: number;
  readonly audioIn: number;
  readonly completion: number;
  readonly reasoning: number;
  readonly audioOut: number;
  readonly total: number;
}

/**
 * From a parsed usage object of chat, completions and embeddings (prompt_tokens ...), of the Responses API, images and
 * Anthropic (input_tokens ...) or of Gemini (promptTokenCount ...); undefined for anything else. Counts are whole and
 * never negative, and may come as texts; junk counts as 0.
 */
export function countsFrom(value: unknown): TokenCounts | undefined {
  if (!isFields(value) || !TOKEN_FIELDS.some((field) => field in value)) return undefined;
  return 'promptTokenCount' in value || 'candidatesTokenCount' in value
    ? geminiCounts(value)
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
];

/** DeepSeek and Moonshot have names of their own for what came from the cache. */
function openAiCounts(value: Fields): TokenCounts {
  const promptDetails = value.prompt_tokens_details ?? value.input_tokens_details;
  const completionDetails = value.completion_tokens_details ?? value.output_tokens_details;
  // Relays that speak OpenAI's language may pass these on, but count them within the prompt.
  const isBeside = count(value.prompt_tokens) === 0 && !isFields(promptDetails);
  const read = count(value.cache_read_input_tokens);
  const written = count(value.cache_creation_input_tokens);
  return {
    prompt: count(value.prompt_tokens) || count(value.input_tokens),
    besidePrompt: isBeside ? read + written : 0,
    cached:
      detail(promptDetails, 'cached_tokens') ||
      read ||
      count(value.prompt_cache_hit_tokens) ||
      count(value.cached_tokens),
    cacheWritten: written || detail(promptDetails, 'cache_write_tokens'),
    audioIn: detail(promptDetails, 'audio_tokens'),
    completion: count(value.completion_tokens) || count(value.output_tokens),
    reasoning: detail(completionDetails, 'reasoning_tokens'),
    audioOut: detail(completionDetails, 'audio_tokens'),
    total: count(value.total_tokens),
  };
}

function geminiCounts(value: Fields): TokenCounts {
  const reasoning = count(value.thoughtsTokenCount);
  return {
    prompt: count(value.promptTokenCount) + count(value.toolUsePromptTokenCount),
    besidePrompt: 0,
    cached: count(value.cachedContentTokenCount),
    cacheWritten: 0,
    audioIn: ofSound(value.promptTokensDetails),
    completion: count(value.candidatesTokenCount) + reasoning,
    reasoning,
    audioOut: ofSound(value.candidatesTokensDetails),
    total: count(value.totalTokenCount),
  };
}

/** Google counts each kind of part apart: `[{"modality":"AUDIO","tokenCount":30}]`. */
function ofSound(details: unknown): number {
  if (!Array.isArray(details)) return 0;
  const sound = details.filter(isFields).filter(({ modality }) => modality === 'AUDIO');
  return sound.reduce((sum, { tokenCount }) => sum + count(tokenCount), 0);
}

const WHOLE_NUMBER = /^\d{1,16}(\.\d*)?$/;

function count(value: unknown): number {
  const number = typeof value === 'string' && WHOLE_NUMBER.test(value.trim()) ? Number(value) : value;
  return typeof number === 'number' && number > 0 && number <= Number.MAX_SAFE_INTEGER
    ? Math.trunc(number)
    : 0;
}

function detail(details: unknown, field: string): number {
  return isFields(details) ? count(details[field]) : 0;
}

/** What two events of one stream tell together: field by field the later one counts, where it tells something. */
export function mergedCounts(earlier: TokenCounts | undefined, later: TokenCounts): TokenCounts {
  if (earlier === undefined) return later;
  const tellsParts = later.prompt + later.completion > 0;
  return {
    prompt: later.prompt || earlier.prompt,
    besidePrompt: later.besidePrompt || earlier.besidePrompt,
    cached: later.cached || earlier.cached,
    cacheWritten: later.cacheWritten || earlier.cacheWritten,
    audioIn: later.audioIn || earlier.audioIn,
    completion: later.completion || earlier.completion,
    reasoning: later.reasoning || earlier.reasoning,
    audioOut: later.audioOut || earlier.audioOut,
    // An earlier total says nothing of parts that came later.
    total: later.total || (tellsParts ? 0 : earlier.total),
  };
}

/** A total that is not told is the sum. */
export function usageOf(counts: TokenCounts): Usage {
  const promptTokens = counts.prompt + counts.besidePrompt;
  return {
    promptTokens,
    completionTokens: counts.completion,
    totalTokens: counts.total || promptTokens + counts.completion,
    cachedTokens: counts.cached,
    reasoningTokens: counts.reasoning,
    ...(counts.cacheWritten > 0 && { cacheWriteTokens: counts.cacheWritten }),
    ...(counts.audioIn > 0 && { audioPromptTokens: counts.audioIn }),
    ...(counts.audioOut > 0 && { audioCompletionTokens: counts.audioOut }),
  };
}

/** Endpoints that generate nothing: all tokens that they count are input. */
const WITHOUT_COMPLETION = /^\/(embeddings|rerank|moderations|tokenize|classify|score)\/?$/;

/**
 * The usage of an answer of this endpoint, where it may tell no more than a total: all of it is the prompt's where
 * nothing is generated, and a part that is missing is what the other one leaves.
 */
export function usageAt(endpoint: string, usage: Usage): Usage {
  const { promptTokens, completionTokens, totalTokens } = usage;
  if (totalTokens <= promptTokens + completionTokens) return usage;
  if (WITHOUT_COMPLETION.test(endpoint) && completionTokens === 0)
    return { ...usage, promptTokens: totalTokens };
  if (promptTokens > 0 && completionTokens === 0)
    return { ...usage, completionTokens: totalTokens - promptTokens };
  return promptTokens === 0 && completionTokens > 0
    ? { ...usage, promptTokens: totalTokens - completionTokens }
    : usage;
}

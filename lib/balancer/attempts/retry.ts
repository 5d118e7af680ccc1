import type { RequestKind } from '../pool/lease';
import type { Random } from '../ports';

const BACKOFF_MS = 100;
const BACKOFF_MS_MAX = 2_000;

/** 100 ms doubled for each wait before, at most 2 s, of which a random half is taken off so that crowds spread out. */
export function backoffMs(waitsBefore: number, random: Random): number {
  const full = Math.min(BACKOFF_MS * 2 ** Math.min(waitsBefore, 10), BACKOFF_MS_MAX);
  return full / 2 + (full / 2) * random.next();
}

/** POST endpoints that only compute an answer. Every other POST may create something lasting. */
const COMPUTING =
  /^\/(chat\/completions|completions|embeddings|responses|images\/(generations|edits|variations)|audio\/(transcriptions|translations|speech)|moderations|rerank|edits|messages|fim\/completions|tokenize|detokenize|classify|score|ocr|messages\/count_tokens)\/?$/;
/** Google's, in the form `/models/{model}:{call}`. */
const COMPUTING_CALL =
  /^\/(?:models|tunedModels)\/.+:(?:generateContent|streamGenerateContent|countTokens|embedContent|batchEmbedContents)$/;

/** Whether the endpoint computes an answer, as most requests do. `path` is what follows `/v1`, without the query. */
export function isComputing(path: string): boolean {
  // Asked several times for each request, and mostly of the same path as before.
  if (path !== last.path) last = { path, isComputing: COMPUTING.test(path) || COMPUTING_CALL.test(path) };
  return last.isComputing;
}

let last = { path: '', isComputing: false };

/** Whether a repeated request could do its work twice. `path` is what follows `/v1`, without the query. */
export function createsSomethingLasting(method: string, path: string): boolean {
  return (method === 'POST' || method === 'PATCH') && !isComputing(path);
}

/** The same question has the same answer, and soon: nobody pays for a long one twice. */
const FUNCTIONS = /^\/(embeddings|moderations|rerank|tokenize|detokenize|classify|score)\/?$/;
/** Of their streams the beginning is words, and cheap. */
const WORDS = /^\/(chat\/completions|completions|responses|messages|fim\/completions)\/?$/;

/**
 * Whether a second key could be asked the same before the first has answered, as far as the kind of request goes: a
 * read, a stream, of which only the beginning comes twice, or what is a function of its input. What it says decides.
 */
export function isKindSentTwice({ method, path, isStream }: RequestKind): boolean {
  if (method === 'GET' || method === 'HEAD') return true;
  if (method !== 'POST') return false;
  return (isStream === true && WORDS.test(path)) || FUNCTIONS.test(path);
}

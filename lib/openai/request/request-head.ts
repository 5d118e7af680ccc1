import { AnswerLength } from './answer-length';
import { findFiltered, isOpaque } from './filtered-body';
import { jsonProblem } from '../json/json-problem';
import { longStringAt, OPEN_BRACE, scanMembers, shortStringAt, skipBom, skipSpace } from '../json/json-scan';
import { JsonScanner, type JsonVisitor } from '../json/json-scanner';
import { keptText } from '../json/kept-text';
import { isJson, isJsonLines, mediaType, SLICE_BYTES } from './media-type';
import { ModelFilter } from '../models/model-filter';
import { formReferences, nameRead } from './form-references';
import { readFormFields } from './multipart';

export interface RequestHead {
  /** The last one, if there are several. */
  readonly model: string | undefined;
  /** It names different models: one reader takes the first, another the last. */
  readonly isAmbiguous?: true;
  /** Where its value begins in the JSON that was read; undefined where that names none. */
  readonly modelAt?: number | undefined;
  /** It names a model more than once, be it the same. */
  readonly namesTwice?: true;
  /** True only when the client asked for an event stream with a literal `true`. */
  readonly stream: boolean;
  /** What a sticky policy may hold on to: `prompt_cache_key`, else `user`. Never empty. */
  readonly affinity: string | undefined;
  /** The most tokens that the client asks to be answered with, in all choices together, if it names a limit. */
  readonly outputTokensMax?: number | undefined;
  /** Whether the provider is to keep what comes of it; undefined if the request does not say. */
  readonly store?: boolean | undefined;
  /** Ids of objects at the provider that it names, where they were read along: of a form. */
  readonly references?: readonly string[] | undefined;
  /** What its prompt may take, where the body was read along: one that is encoded, or large. */
  readonly promptTokens?: number | undefined;
  /** What it may name because of what its head says: sound, as its answer may have, or where its code runs. */
  readonly mayName?: 'audio' | 'container' | undefined;
}

/**
 * `ambiguous`: it names two different models. `filtered`: some reader could take a model, which is not served here, out
 * of it; `not_allowed`: one that is not on the list. `unreadable`: with models that are not served, it cannot be told
 * what a reader would make of it.
 */
export type HeadProblem = 'invalid' | 'ambiguous' | 'filtered' | 'not_allowed' | 'unreadable';

export type RequestHeadResult =
  | { readonly ok: true; readonly head: RequestHead }
  | { readonly ok: false; readonly problem: HeadProblem; readonly message: string };

export interface SliceLimits {
  /** JSON up to this size is read in one step. */
  readonly atOnceBytes: number;
  /** Of larger JSON, so much in a step. */
  readonly sliceBytes: number;
}

const UNKNOWN: RequestHeadResult = {
  ok: true,
  head: { model: undefined, stream: false, affinity: undefined },
};
const NO_FILTER = new ModelFilter();
/** Nearly all requests are smaller. Takes about a millisecond. */
export const AT_ONCE_BYTES = 256 * 1024;
const LIMITS: SliceLimits = { atOnceBytes: AT_ONCE_BYTES, sliceBytes: SLICE_BYTES };
const AFFINITY_MAX = 512;
/**
 * Reads model, stream, affinity and the longest answer asked for from a request body without re-encoding or fully
 * parsing it, a slice with each step.
 *
 * A JSON body, declared as such or beginning with `{`, is checked on its top level; what is no JSON object gives a
 * message that names the byte. A `model` of null counts as absent: the API allows it where the model is optional.
 * Multipart forms are read for `model` and `stream`. Any other body, an empty one and a broken form give an empty
 * head: the upstream will judge them.
 *
 * Where models are filtered, everything is refused that some reader could read as one of them, and what cannot be read
 * for sure, as with two different values of `model`.
 */
export function* requestHead(
  body: Buffer,
  contentType: string | undefined,
  filter = NO_FILTER,
  limits: SliceLimits = LIMITS,
): Generator<void, RequestHeadResult> {
  if (body.length === 0) return UNKNOWN;
  const type = mediaType(contentType);
  if (!filter.isEmpty) {
    const refusal = yield* findFiltered(body, contentType ?? '', type, filter);
    if (refusal !== undefined) return { ok: false, ...refusal };
  }
  const result = yield* headOfType(body, contentType ?? '', type, limits);
  return !filter.isEmpty && result.ok && result.head.isAmbiguous === true ? AMBIGUOUS : result;
}

function* headOfType(
  body: Buffer,
  contentType: string,
  type: string,
  limits: SliceLimits,
): Generator<void, RequestHeadResult> {
  if (type === 'multipart/form-data') return yield* formHead(body, contentType);
  const isLikeJson = body[jsonStart(body)] === OPEN_BRACE && !isJsonLines(type) && !isOpaque(body, type);
  return isJson(type) || isLikeJson ? yield* jsonHead(body, limits) : UNKNOWN;
}

/** The same in one go. */
export function readRequestHead(
  body: Buffer,
  contentType: string | undefined,
  filter = NO_FILTER,
): RequestHeadResult {
  if (filter.isEmpty && contentType === 'application/json' && body.length > 0) return jsonHeadAtOnce(body);
  const reading = requestHead(body, contentType, filter);
  for (;;) {
    const step = reading.next();
    if (step.done === true) return step.value;
  }
}

function* formHead(body: Buffer, contentType: string): Generator<void, RequestHeadResult> {
  const fields = yield* readFormFields(body, contentType, nameRead);
  const models = fields.get('model') ?? [];
  const isStream = fields.get('stream')?.at(-1) === 'true';
  const references = yield* formReferences(fields);
  const head = { model: models.at(-1), stream: isStream, affinity: undefined, references };
  return { ok: true, head: models.length < 2 ? head : doubled(head, new Set(models).size > 1) };
}

const AMBIGUOUS: RequestHeadResult = {
  ok: false,
  problem: 'ambiguous',
  message: "The request has more than one 'model', and they differ.",
};

/** Where the values of the members we read start; 0 for absent, since a brace comes before any value. */
class Places implements JsonVisitor {
  /** The last of several, as in JSON.parse. */
  model = 0;
  /** The ones before it. */
  earlierModels: number[] | undefined;
  stream = 0;
  store = 0;
  user = 0;
  cacheKey = 0;
  audio = 0;
  modalities = 0;
  container = 0;
  readonly answerLength = new AnswerLength();
  /** A member name that is no valid JSON string. */
  badName = 0;

  constructor(private readonly body: Buffer) {}

  member(nameAt: number, valueAt: number): number {
    const name = shortStringAt(this.body, nameAt);
    switch (name) {
      case 'model':
        if (this.model !== 0) (this.earlierModels ??= []).push(this.model);
        this.model = valueAt;
        break;
      case 'stream':
        this.stream = valueAt;
        break;
      case 'store':
        this.store = valueAt;
        break;
      case 'user':
        this.user = valueAt;
        break;
      case 'prompt_cache_key':
        this.cacheKey = valueAt;
        break;
      case undefined:
        this.badName ||= nameAt;
        break;
      default:
        this.#other(name, valueAt);
    }
    return 0;
  }

  #other(name: string, valueAt: number): void {
    if (name === 'audio') this.audio = valueAt;
    else if (name === 'modalities') this.modalities = valueAt;
    else if (name === 'container') this.container = valueAt;
    else this.answerLength.member(name, valueAt);
  }
}

/** So many are compared; more of them are no mistake. */
const MODELS_MAX = 16;

function jsonHeadAtOnce(body: Buffer): RequestHeadResult {
  const places = new Places(body);
  const end = scanMembers(body, jsonStart(body), (nameAt, valueAt) => places.member(nameAt, valueAt));
  return headOf(body, end, places);
}

function* jsonHead(
  body: Buffer,
  { atOnceBytes, sliceBytes }: SliceLimits,
): Generator<void, RequestHeadResult> {
  if (body.length <= atOnceBytes) return jsonHeadAtOnce(body);
  const places = new Places(body);
  const scanner = new JsonScanner(body, jsonStart(body), places, false);
  while (!scanner.step(sliceBytes)) yield;
  return headOf(body, scanner.end, places);
}

function jsonStart(body: Buffer): number {
  return skipSpace(body, skipBom(body));
}

/** `end`: where the JSON text ended, or `~` where it stopped being one. */
function headOf(body: Buffer, end: number, places: Places): RequestHeadResult {
  const start = jsonStart(body);
  if (body[start] !== OPEN_BRACE && start < body.length) return invalid(body, start, 'expected an object');
  if (end < 0) return invalid(body, ~end);
  const after = skipSpace(body, end);
  if (after !== body.length) return invalid(body, after);
  if (places.badName !== 0) return invalid(body, places.badName, 'bad string');
  return headFrom(body, places);
}

const LETTER_F = 0x66;
const LETTER_N = 0x6e;
const LETTER_T = 0x74;

function headFrom(body: Buffer, places: Places): RequestHeadResult {
  const model = textAt(body, places.model);
  // The scan has checked all literals: one letter tells null and true from the rest.
  if (model === undefined && places.model !== 0 && body[places.model] !== LETTER_N) {
    return { ok: false, problem: 'invalid', message: "'model' must be a string" };
  }
  const { earlierModels: earlier = [] } = places;
  const isAmbiguous = earlier.length > MODELS_MAX || earlier.some((place) => textAt(body, place) !== model);
  const affinity = textAt(body, places.cacheKey) || textAt(body, places.user) || undefined;
  const head: RequestHead = {
    model,
    modelAt: model === undefined ? undefined : places.model,
    stream: body[places.stream] === LETTER_T,
    affinity:
      affinity === undefined || affinity.length <= AFFINITY_MAX ? affinity : keptText(affinity, AFFINITY_MAX),
    outputTokensMax: places.answerLength.tokensMax(body),
    store: flagAt(body, places.store),
    mayName: named(body, places, model),
  };
  return { ok: true, head: places.earlierModels === undefined ? head : doubled(head, isAmbiguous) };
}

function doubled(head: RequestHead, isAmbiguous: boolean): RequestHead {
  return { ...head, namesTwice: true, ...(isAmbiguous && { isAmbiguous }) };
}

function flagAt(body: Buffer, place: number): boolean | undefined {
  if (place === 0) return undefined;
  const letter = body[place];
  return letter === LETTER_T || (letter === LETTER_F ? false : undefined);
}

const AUDIO_MODEL = /audio/i;

function named(body: Buffer, { container, audio, modalities }: Places, model = ''): RequestHead['mayName'] {
  if (isGiven(body, container)) return 'container';
  return isGiven(body, audio) || isGiven(body, modalities) || AUDIO_MODEL.test(model) ? 'audio' : undefined;
}

function isGiven(body: Buffer, place: number): boolean {
  return place !== 0 && body[place] !== LETTER_N;
}

function textAt(body: Buffer, place: number): string | undefined {
  return place === 0 ? undefined : longStringAt(body, place);
}

function invalid(body: Buffer, at: number, problem?: string): RequestHeadResult {
  return { ok: false, problem: 'invalid', message: jsonProblem(body, at, problem) };
}

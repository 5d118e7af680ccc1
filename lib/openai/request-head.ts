import { OPEN_BRACE, scanMembers, skipBom, skipSpace, stringAt } from './json-scan';
import { readFormFields } from './multipart';

export interface RequestHead {
  readonly model: string | undefined;
  /** True only when the client asked for an event stream with a literal `true`. */
  readonly stream: boolean;
  /** What a sticky policy may hold on to: `prompt_cache_key`, else `user`. Never empty. */
  readonly affinity: string | undefined;
}

export type RequestHeadResult =
  { readonly ok: true; readonly head: RequestHead } | { readonly ok: false; readonly message: string };

const UNKNOWN: RequestHeadResult = {
  ok: true,
  head: { model: undefined, stream: false, affinity: undefined },
};

const FORM_FIELDS: ReadonlySet<string> = new Set(['model', 'stream']);

/**
 * Reads model, stream and affinity from a request body without re-encoding or fully parsing it.
 *
 * A JSON body, declared as such or beginning with `{`, is checked on its top level; what is no JSON object gives a
 * message that names the byte. A `model` of null counts as absent: the API allows it where the model is optional.
 * Multipart forms are read for `model` and `stream`. Any other body, an empty one and a broken form give an empty
 * head: the upstream will judge them.
 */
export function readRequestHead(body: Buffer, contentType: string | undefined): RequestHeadResult {
  if (body.length === 0) return UNKNOWN;
  const type = mediaType(contentType);
  if (type === 'multipart/form-data') return formHead(body, contentType ?? '');
  const start = skipSpace(body, skipBom(body));
  if (isJson(type) || (body[start] === OPEN_BRACE && !isJsonLines(type))) return jsonHead(body, start);
  return UNKNOWN;
}

function mediaType(contentType: string | undefined): string {
  if (contentType === undefined || contentType === 'application/json') return contentType ?? '';
  const semicolon = contentType.indexOf(';');
  return (semicolon === -1 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
}

function isJson(type: string): boolean {
  return type.endsWith('/json') || type.endsWith('+json');
}

/** Many JSON texts one after the other: begins like JSON, is none. */
function isJsonLines(type: string): boolean {
  return type.endsWith('ndjson') || type.endsWith('jsonl') || type.endsWith('json-seq');
}

function formHead(body: Buffer, contentType: string): RequestHeadResult {
  const fields = readFormFields(body, contentType, FORM_FIELDS);
  const head = { model: fields.get('model'), stream: fields.get('stream') === 'true', affinity: undefined };
  return { ok: true, head };
}

/** Where the values of the members we read start; 0 for absent, since a brace comes before any value. */
interface Places {
  model: number;
  stream: number;
  user: number;
  cacheKey: number;
  /** A member name that is no valid JSON string. */
  badName: number;
}

function jsonHead(body: Buffer, start: number): RequestHeadResult {
  if (body[start] !== OPEN_BRACE && start < body.length) return invalid(start, 'expected an object');
  const places: Places = { model: 0, stream: 0, user: 0, cacheKey: 0, badName: 0 };
  // Places are overwritten, so the last of several equal names wins, as in JSON.parse.
  const end = scanMembers(body, start, (nameAt, valueAt) => notePlace(body, places, nameAt, valueAt));
  if (end < 0) return unexpected(body, ~end);
  const after = skipSpace(body, end);
  if (after !== body.length) return unexpected(body, after);
  if (places.badName !== 0) return invalid(places.badName, 'bad string');
  return headFrom(body, places);
}

function notePlace(body: Buffer, places: Places, nameAt: number, valueAt: number): void {
  switch (stringAt(body, nameAt)) {
    case 'model':
      places.model = valueAt;
      break;
    case 'stream':
      places.stream = valueAt;
      break;
    case 'user':
      places.user = valueAt;
      break;
    case 'prompt_cache_key':
      places.cacheKey = valueAt;
      break;
    case undefined:
      places.badName = nameAt;
  }
}

const LETTER_N = 0x6e;
const LETTER_T = 0x74;

function headFrom(body: Buffer, places: Places): RequestHeadResult {
  const model = textAt(body, places.model);
  // The scan has checked all literals: one letter tells null and true from the rest.
  if (model === undefined && places.model !== 0 && body[places.model] !== LETTER_N) {
    return { ok: false, message: "'model' must be a string" };
  }
  const affinity = textAt(body, places.cacheKey) || textAt(body, places.user) || undefined;
  return { ok: true, head: { model, stream: body[places.stream] === LETTER_T, affinity } };
}

function textAt(body: Buffer, place: number): string | undefined {
  return place === 0 ? undefined : stringAt(body, place);
}

function unexpected(body: Buffer, at: number): RequestHeadResult {
  const byte = body[at];
  if (byte === undefined) return invalid(at, 'unexpected end');
  const isPrintable = byte > 0x20 && byte < 0x7f;
  const shown = isPrintable ? `'${String.fromCharCode(byte)}'` : `0x${byte.toString(16).padStart(2, '0')}`;
  return invalid(at, `unexpected ${shown}`);
}

function invalid(at: number, problem: string): RequestHeadResult {
  return { ok: false, message: `The request body is not valid JSON: ${problem} at byte ${at}` };
}

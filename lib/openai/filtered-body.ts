import { OPEN_BRACE, OPEN_BRACKET, skipSpace } from './json-scan';
import { JsonScanner } from './json-scanner';
import { jsonProblem } from './json-problem';
import { isJson, isJsonLines, SLICE_BYTES } from './media-type';
import { mayNameModel, notServed, type ModelFilter } from './model-filter';
import { ModelMentions } from './model-mentions';
import { strictForm } from './strict-form';
import { hasTooManyFields, modelInForm } from './url-mentions';

export interface BodyRefusal {
  readonly problem: 'filtered' | 'invalid' | 'unreadable';
  readonly message: string;
}

const NAME_BYTES_MAX = 64 * 1024;
const FORM_BYTES_MAX = 1024 * 1024;
/** ASCII means the same in all of them. */
const CHARSETS = /^(utf-?8|us-ascii|ascii|iso-?8859-1|latin-?1)$/;
/** Bytes that are nobody's text. */
const OPAQUE = /^(audio|image|video|font)\//;

/**
 * Looks for a filtered model wherever some provider could read one in the body: in each of several members of one name, in
 * any case and encoding, in nested members, in lists, in JSON lines, in forms and in the JSON within them. Undefined if there is
 * none for sure; a body of which that cannot be told is refused. A slice with each step.
 */
export function* findFiltered(
  body: Buffer,
  contentType: string,
  type: string,
  filter: ModelFilter,
): Generator<void, BodyRefusal | undefined> {
  if (type.startsWith('multipart/')) return yield* inForm(body, contentType, filter);
  if (OPAQUE.test(type)) return undefined;
  if (!isPlainText(body, contentType)) return unreadable('it is not in UTF-8');

  const start = firstCharacter(body);
  const first = body[start];
  if (isJsonLines(type)) return yield* inLines(body, start, body.length, filter, true);
  if (isJson(type) || first === OPEN_BRACE) {
    // Readers that skip more than JSON's own white space.
    if (!isJson(type) && skipJsonSpace(body) !== start) return unreadable('it begins with odd white space');
    const refusal = yield* inJson(body, start, filter);
    if (refusal !== undefined) return refusal;
  } else if (first === OPEN_BRACKET) {
    const refusal = yield* inJson(body, start, filter);
    if (refusal?.problem === 'filtered') return refusal;
  }
  return inFields(body, type, filter);
}

function filtered(model: string): BodyRefusal {
  return { problem: 'filtered', message: notServed(model) };
}

function unreadable(why: string): BodyRefusal {
  const message = `The request body cannot be checked for models that are not served here: ${why}.`;
  return { problem: 'unreadable', message };
}

/** UTF-16 and UTF-32 have zeros around brackets, or a byte order mark. */
function isPlainText(body: Buffer, contentType: string): boolean {
  for (const [, charset = ''] of contentType.matchAll(/charset\s*=\s*["']?([^"';,\s]*)/gi)) {
    if (!CHARSETS.test(charset.toLowerCase())) return false;
  }
  const [a, b] = body;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return false;
  return !body.subarray(0, 8).includes(0);
}

/** Behind byte order marks, white space of any kind and control characters. */
function firstCharacter(body: Buffer): number {
  let at = 0;
  for (;;) {
    const byte = body[at];
    if (byte === undefined) return body.length;
    if (byte <= 0x20) at += 1;
    else if (byte === 0xef && body[at + 1] === 0xbb && body[at + 2] === 0xbf) at += 3;
    else if (byte === 0xc2 && body[at + 1] === 0xa0) at += 2;
    else return at;
  }
}

function skipJsonSpace(body: Buffer): number {
  return skipSpace(body, body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0);
}

function refusalOf({ filtered: model, doubt }: ModelMentions): BodyRefusal | undefined {
  if (model !== undefined) return filtered(model);
  return doubt === undefined ? undefined : unreadable(doubt);
}

/** One JSON text; what follows it is left to others. */
function* inJson(body: Buffer, start: number, filter: ModelFilter): Generator<void, BodyRefusal | undefined> {
  const mentions = new ModelMentions(body, filter);
  const scanner = new JsonScanner(body, start, mentions, true);
  while (!scanner.step(SLICE_BYTES)) yield;
  if (scanner.end < 0) return { problem: 'invalid', message: jsonProblem(body, ~scanner.end) };
  return refusalOf(mentions);
}

const LF = 0x0a;
const RECORD_SEPARATOR = 0x1e;

/** JSON texts one after the other. What is none is a reason to refuse where all `mustBeJson`, else its line is passed over. */
function* inLines(
  body: Buffer,
  from: number,
  end: number,
  filter: ModelFilter,
  mustBeJson: boolean,
): Generator<void, BodyRefusal | undefined> {
  const bytes = body.subarray(0, end);
  let at = from;
  let sliceEnd = at + SLICE_BYTES;
  while (at < end) {
    const byte = bytes[at] ?? 0;
    if (byte <= 0x20 || byte === RECORD_SEPARATOR) {
      at += 1;
    } else {
      const mentions = new ModelMentions(bytes, filter);
      const scanner = new JsonScanner(bytes, at, mentions, true);
      while (!scanner.step(SLICE_BYTES)) yield;
      const refusal = refusalOf(mentions);
      if (refusal?.problem === 'filtered' || (refusal !== undefined && mustBeJson)) return refusal;
      if (scanner.end < 0 && mustBeJson) {
        return { problem: 'invalid', message: jsonProblem(bytes, ~scanner.end) };
      }
      at = scanner.end < 0 ? nextLine(bytes, at) : scanner.end;
    }
    if (at < sliceEnd) continue;
    sliceEnd = at + SLICE_BYTES;
    yield;
  }
  return undefined;
}

function nextLine(bytes: Buffer, at: number): number {
  const lf = bytes.indexOf(LF, at);
  return lf === -1 ? bytes.length : lf + 1;
}

function* inForm(
  body: Buffer,
  contentType: string,
  filter: ModelFilter,
): Generator<void, BodyRefusal | undefined> {
  const form = yield* strictForm(body, contentType);
  if (!form.ok) return unreadable(form.doubt);
  for (const { name, start, end } of form.parts) {
    if (mayNameModel(name)) {
      if (end - start > NAME_BYTES_MAX) return unreadable(`its field '${name.slice(0, 50)}' is too long`);
      const value = body.toString('utf8', start, end);
      if (filter.has(value)) return filtered(value);
    }
    const first = body[start];
    if (first !== OPEN_BRACE && first !== OPEN_BRACKET) continue;
    // A field of JSON, or the requests of a batch.
    const refusal = yield* inLines(body, start, end, filter, false);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

const FORM_TYPES: ReadonlySet<string> = new Set(['application/x-www-form-urlencoded', 'text/plain', '']);

function inFields(body: Buffer, type: string, filter: ModelFilter): BodyRefusal | undefined {
  if (!FORM_TYPES.has(type)) return undefined;
  const isForm = type.includes('form');
  if (body.length > FORM_BYTES_MAX) return isForm ? unreadable('it is too long for a form') : undefined;
  const text = body.toString('utf8');
  if (hasTooManyFields(text)) return isForm ? unreadable('it has too many fields') : undefined;
  const model = modelInForm(text, filter);
  return model === undefined ? undefined : filtered(model);
}

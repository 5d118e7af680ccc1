import { inForm } from './filtered-form';
import { filtered, inJson, inLines, jsonStart, unreadable, type BodyRefusal } from './filtered-json';
import { OPEN_BRACE, OPEN_BRACKET, skipBom, skipSpace } from '../json/json-scan';
import { charsetOf, isJson, isJsonLines } from './media-type';
import type { ModelFilter } from '../models/model-filter';
import { hasTooManyFields, modelInForm } from './url-mentions';

/** Larger than any honest form; one of its fields is decoded in one go. */
const FORM_BYTES_MAX = 256 * 1024;
/** Bytes that no text holds. */
const OPAQUE = /^(audio|image|video|font)\//;

/**
 * Looks for a filtered model wherever some provider could read one in the body: in each of several members of one name,
 * in any case and encoding, in nested members, in lists, in JSON lines, in forms and in the JSON within them. Undefined
 * if there is none for sure; a body of which that cannot be told is refused. A slice with each step.
 */
export function* findFiltered(
  body: Buffer,
  contentType: string,
  type: string,
  filter: ModelFilter,
): Generator<void, BodyRefusal | undefined> {
  if (type.startsWith('multipart/')) return yield* inForm(body, contentType, filter);
  if (/[\s,]/.test(type)) return unreadable('its content-type is not clear');
  const start = firstCharacter(body);
  const isLikeJson = body[start] === OPEN_BRACE || body[start] === OPEN_BRACKET;
  if (isOpaque(body, type, start)) return undefined;
  if (charsetOf(contentType) === 'unclear') return unreadable('it is not in UTF-8');
  if (!isLikeJson && !isText(type)) return undefined;
  if (!isPlainText(body)) return unreadable('it is not in UTF-8');
  if (isJsonLines(type)) return yield* inLines(body, start, body.length, filter);
  return (yield* inOneJson(body, start, type, filter)) ?? (yield* inFields(body, type, filter));
}

/**
 * What looks like JSON is read as such, whatever its type says: a list only if it is one, for a text may begin with a
 * bracket.
 */
function* inOneJson(
  body: Buffer,
  start: number,
  type: string,
  filter: ModelFilter,
): Generator<void, BodyRefusal | undefined> {
  const first = body[start];
  if (isJson(type) || first === OPEN_BRACE) {
    // Readers that skip more than JSON's own white space.
    if (!isJson(type) && jsonStart(body) !== start) return unreadable('it begins with odd white space');
    return yield* inJson(body, start, filter);
  }
  if (first !== OPEN_BRACKET) return undefined;
  const refusal = yield* inJson(body, start, filter);
  return refusal?.problem === 'filtered' || refusal?.problem === 'not_allowed' ? refusal : undefined;
}

const QUOTE = 0x22;

/** Whether it is sound or a picture, of which no byte is looked at. */
export function isOpaque(body: Buffer, type: string, start = firstCharacter(body)): boolean {
  return OPAQUE.test(type) && !goesOnLikeJson(body, start);
}

/** Samples and pixels may begin with a brace by chance: what comes after it counts as well. */
function goesOnLikeJson(body: Buffer, start: number): boolean {
  if (body[start] !== OPEN_BRACE && body[start] !== OPEN_BRACKET) return false;
  let at = start + 1;
  while ((body[at] ?? QUOTE) <= 0x20) at += 1;
  return body[at] === QUOTE || body[at] === OPEN_BRACE || body[at] === OPEN_BRACKET;
}

/** Whether servers read it as one text of JSON, if it is one: by its type, or by how it begins if that says nothing. */
export function readsAsJson(beginning: Buffer, type: string): boolean {
  if (isJson(type)) return true;
  if (isOpaque(beginning, type) || isJsonLines(type)) return false;
  return beginning[skipSpace(beginning, skipBom(beginning))] === OPEN_BRACE;
}

/** Types that readers take for text, whatever the body begins with. */
export function isText(type: string): boolean {
  return FORM_TYPES.has(type) || type.startsWith('text/') || isJson(type) || isJsonLines(type);
}

/** UTF-16 and UTF-32 have zeros around brackets, or a byte order mark. */
function isPlainText(body: Buffer): boolean {
  return wideMark(body) === 0 && !body.subarray(0, 8).includes(0);
}

/** The length of the byte order mark of UTF-16. */
function wideMark([a, b]: Buffer): number {
  return (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff) ? 2 : 0;
}

/** Behind byte order marks, white space of any kind and control characters. */
function firstCharacter(body: Buffer): number {
  let at = wideMark(body);
  for (;;) {
    const byte = body[at];
    if (byte === undefined) return body.length;
    const length = byte <= 0x20 ? 1 : oddSpace(byte, body[at + 1] ?? 0, body[at + 2] ?? 0);
    if (length === 0) return at;
    at += length;
  }
}

/** Of a byte order mark, or of a blank that is not in ASCII; 0 for other characters. */
// oxlint-disable-next-line complexity -- a table of bytes, read from left to right
function oddSpace(a: number, b: number, c: number): number {
  if (a === 0xc2) return b === 0xa0 || b === 0x85 ? 2 : 0;
  if (a === 0xef) return b === 0xbb && c === 0xbf ? 3 : 0;
  // Quads, thin and invisible ones; the ideographic and the ogham one.
  if (a === 0xe2) return (b === 0x80 && (c <= 0x8f || c >= 0xa8)) || b === 0x81 ? 3 : 0;
  return (a === 0xe3 && b === 0x80 && c === 0x80) || (a === 0xe1 && b === 0x9a && c === 0x80) ? 3 : 0;
}

const FORM_TYPES: ReadonlySet<string> = new Set(['application/x-www-form-urlencoded', 'text/plain', '']);

function* inFields(
  body: Buffer,
  type: string,
  filter: ModelFilter,
): Generator<void, BodyRefusal | undefined> {
  if (!FORM_TYPES.has(type)) return undefined;
  const isForm = type.includes('form');
  if (body.length > FORM_BYTES_MAX) return isForm ? unreadable('it is too long for a form') : undefined;
  const text = body.toString('utf8');
  if (hasTooManyFields(text)) return isForm ? unreadable('it has too many fields') : undefined;
  const model = yield* modelInForm(text, filter);
  return model === undefined ? undefined : filtered(model, filter);
}

import type { Span } from './span';

/** A form of more parts is no OpenAI request; looking further would only cost time. */
const PARTS_MAX = 1_000;

/** Words that merely begin like one. */
const DELIMITERS_A_SLICE = 4_000;
const PADDING_MAX = 1_000;
const HEADERS_BYTES_MAX = 16 * 1024;
/** So much is read of a field. */
export const VALUE_BYTES_MAX = 4 * 1024 * 1024;
const DISPOSITION = /^content-disposition:[ \t]*form-data[ \t]*(;.*)$/im;
const NAME = /;[ \t]*name=(?:"([^"]*)"|([^;\s"]+))/i;
const FILE_NAME = /;[ \t]*filename\*?=(?:"([^"]*)"|([^;\s"]*))/i;
const HEADERS_END = Buffer.from('\r\n\r\n');
const CR = 0x0d;
const LF = 0x0a;
const DASH = 0x2d;

const CONTENT_TYPE = /^content-type:[ \t]*([^\r\n]*)$/im;

type Fields = Map<string, string[]>;
export interface FormPart {
  readonly name: string;
  /** Undefined if it has none. */
  readonly fileName: string | undefined;
  /** Its content type; '' if it has none. */
  readonly type: string;
}
/** The name that the part's text is to have in the result; undefined for what is not wanted. */
type Wanted = (part: FormPart) => string | undefined;

/**
 * The texts of the wanted fields of a multipart/form-data body (RFC 7578), those of equal names in order. The body is
 * searched in place, file parts are not copied. Reading stops without complaint where the body is malformed: fields
 * of whole parts before that place are still returned. A slice with each step.
 */
export function* readFormFields(
  body: Buffer,
  contentType: string,
  wanted: Wanted,
): Generator<void, ReadonlyMap<string, readonly string[]>> {
  const fields: Fields = new Map();
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) return fields;
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');

  let start = yield* firstPart(body, delimiter);
  for (let parts = 0; start !== -1 && parts < PARTS_MAX; parts++) {
    const end = yield* nextDelimiter(body, delimiter, start);
    if (end === -1) break;
    readPart(body.subarray(start, end), wanted, fields);
    start = afterDelimiterLine(body, end + delimiter.length);
  }
  return fields;
}

/** Where the texts of the fields of this name stand in the body. A slice with each step. */
export function* formFieldSpans(
  body: Buffer,
  contentType: string,
  isWanted: (part: FormPart) => boolean,
): Generator<void, readonly Span[]> {
  const spans: Span[] = [];
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) return spans;
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  let start = yield* firstPart(body, delimiter);
  for (let parts = 0; start !== -1 && parts < PARTS_MAX; parts++) {
    const end = yield* nextDelimiter(body, delimiter, start);
    if (end === -1) break;
    const part = body.subarray(start, end);
    const headersEnd = part.subarray(0, HEADERS_BYTES_MAX).indexOf(HEADERS_END);
    const told = headersEnd === -1 ? undefined : partOf(part.toString('latin1', 0, headersEnd));
    if (told !== undefined && isWanted(told))
      spans.push({ start: start + headersEnd + HEADERS_END.length, end });
    start = afterDelimiterLine(body, end + delimiter.length);
  }
  return spans;
}

/** What separates the parts; undefined if the content type does not tell. */
export function boundaryOf(contentType: string): string | undefined {
  const match = /;\s*boundary=(?:"([^"]+)"|([^;\s"]+))/i.exec(contentType);
  return match?.[1] ?? match?.[2];
}

/** The first delimiter has no line break before it when the body has no preamble. */
function* firstPart(body: Buffer, delimiter: Buffer): Generator<void, number> {
  const bare = delimiter.length - 2;
  if (body.length >= bare && body.compare(delimiter, 2, delimiter.length, 0, bare) === 0) {
    return afterDelimiterLine(body, bare);
  }
  const at = yield* nextDelimiter(body, delimiter, 0);
  return at === -1 ? -1 : afterDelimiterLine(body, at + delimiter.length);
}

/** Offset of the next delimiter line; a longer word that merely begins like the boundary is content. */
function* nextDelimiter(body: Buffer, delimiter: Buffer, from: number): Generator<void, number> {
  let at = body.indexOf(delimiter, from);
  for (let looked = 1; at !== -1; looked++) {
    const after = at + delimiter.length;
    if (isClosing(body, after) || afterDelimiterLine(body, after) !== -1) return at;
    at = body.indexOf(delimiter, after);
    if (looked % DELIMITERS_A_SLICE === 0) yield;
  }
  return -1;
}

function isClosing(body: Buffer, at: number): boolean {
  return body[at] === DASH && body[at + 1] === DASH;
}

/** Offset where the part behind a delimiter starts, -1 when the line does not end here (as in the closing one). */
function afterDelimiterLine(body: Buffer, at: number): number {
  let next = at;
  while ((body[next] === 0x20 || body[next] === 0x09) && next - at < PADDING_MAX) next++;
  return body[next] === CR && body[next + 1] === LF ? next + 2 : -1;
}

/** What the headers behind a delimiter say, which ends before `start`; undefined if they do not name a part. */
export function partAt(form: Buffer, start: number): FormPart | undefined {
  const headers = form.subarray(start, start + HEADERS_BYTES_MAX);
  const end = headers.indexOf(HEADERS_END);
  return end === -1 ? undefined : partOf(headers.toString('latin1', 0, end));
}

function readPart(part: Buffer, wanted: Wanted, fields: Fields): void {
  const headersEnd = part.subarray(0, HEADERS_BYTES_MAX).indexOf(HEADERS_END);
  if (headersEnd === -1) return;
  const read = partOf(part.toString('latin1', 0, headersEnd));
  const name = read && wanted(read);
  if (name === undefined) return;
  const start = headersEnd + HEADERS_END.length;
  const value = part.toString('utf8', start, Math.min(part.length, start + VALUE_BYTES_MAX));
  const values = fields.get(name);
  if (values === undefined) fields.set(name, [value]);
  else values.push(value);
}

/** What the headers of a part say of it; undefined if they do not name it. */
function partOf(headers: string): FormPart | undefined {
  const disposition = DISPOSITION.exec(headers)?.[1] ?? '';
  const name = NAME.exec(disposition)?.slice(1).find(Boolean);
  if (name === undefined) return undefined;
  const file = FILE_NAME.exec(disposition);
  const fileName = file === null ? undefined : (file[1] ?? file[2] ?? '');
  return { name, fileName, type: CONTENT_TYPE.exec(headers)?.[1] ?? '' };
}

import { charsetOf } from './media-type';
import { folded, isContentName } from '../models/model-filter';
import { decodedFully } from './percent-decoding';

/**
 * A multipart/form-data body (RFC 7578) read so that no two readers could disagree about it. What some would read
 * otherwise is not read at all: other line ends, a delimiter that is none, folded or doubled headers, nested forms,
 * encoded fields.
 */
export type StrictForm =
  | { readonly ok: true; readonly parts: readonly StrictPart[] }
  /** Why readers might disagree. */
  | { readonly ok: false; readonly doubt: string };

export interface StrictPart {
  /** Decoded, if it is encoded. */
  readonly name: string;
  readonly isFile: boolean;
  /** Offsets of its content in the body. */
  readonly start: number;
  readonly end: number;
}

const PARTS_MAX = 1_000;
const HEADERS_BYTES_MAX = 8 * 1024;
const CRLF = '\r\n';
const BOUNDARY = /^multipart\/form-data((?:[ \t]*;[ \t]*[\w-]+=(?:"[^"\\]*"|[^\s";,]+))+)[ \t]*;?[ \t]*$/i;
const PARAMETER = /;[ \t]*([\w-]+)=(?:"([^"\\]*)"|([^\s";,]+))/g;
const BOUNDARY_VALUE = /^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/;
/** A backslash in front of a quote is an escape for some and not for others. */
const DISPOSITION =
  /^form-data((?:[ \t]*;[ \t]*[\w-]+\*?=(?:"(?:[^"\\]|\\(?!"))*"|[^\s";,]+))+)[ \t]*;?[ \t]*$/i;
const DISPOSITION_PARAMETER = /;[ \t]*([\w-]+\*?)=(?:"((?:[^"\\]|\\(?!"))*)"|([^\s";,]+))/g;

/** Reads the form one part a step. */
export function* strictForm(body: Buffer, contentType: string): Generator<void, StrictForm> {
  const boundary = strictBoundary(contentType);
  if (boundary === undefined) return doubt('its boundary is not clear');
  const dashes = Buffer.from(`--${boundary}`, 'latin1');
  const parts: StrictPart[] = [];
  let at = body.indexOf(dashes);
  if (!isAtStart(body, at)) return doubt('something stands before its first part');
  for (;;) {
    const behind = at + dashes.length;
    if (isFinal(body, behind)) {
      const isLast = body.indexOf(dashes, behind) === -1;
      return isLast ? { ok: true, parts } : doubt('something stands behind its end');
    }
    if (!isCrlf(body, behind)) return doubt(`its delimiter at byte ${at} is followed by something else`);
    if (parts.length === PARTS_MAX) return doubt(`it has more than ${PARTS_MAX} parts`);
    at = body.indexOf(dashes, behind);
    if (at === -1) return doubt('it has no end');
    if (!isCrlf(body, at - 2)) return doubt(`its delimiter at byte ${at} is not at the start of a line`);
    const part = strictPart(body, behind + 2, at - 2);
    if (typeof part === 'string') return doubt(part);
    parts.push(part);
    yield;
  }
}

function doubt(why: string): StrictForm {
  return { ok: false, doubt: why };
}

/** Nothing but a line break may come before the first delimiter. */
function isAtStart(body: Buffer, at: number): boolean {
  return at === 0 || (at === 2 && isCrlf(body, 0));
}

function isFinal(body: Buffer, at: number): boolean {
  return body[at] === 0x2d && body[at + 1] === 0x2d;
}

function isCrlf(body: Buffer, at: number): boolean {
  return body[at] === 0x0d && body[at + 1] === 0x0a;
}

function strictBoundary(contentType: string): string | undefined {
  const parameters = BOUNDARY.exec(contentType)?.[1];
  if (parameters === undefined) return undefined;
  const values = [...parameters.matchAll(PARAMETER)]
    .filter(([, name = '']) => name.toLowerCase() === 'boundary')
    .map(([, , quoted, bare]) => quoted ?? bare ?? '');
  const [value = ''] = values;
  return values.length === 1 && BOUNDARY_VALUE.test(value) ? value : undefined;
}

/** The part between two offsets, or why it is in doubt. */
function strictPart(body: Buffer, start: number, end: number): StrictPart | string {
  const headersEnd = body.subarray(start, Math.min(end, start + HEADERS_BYTES_MAX)).indexOf(`${CRLF}${CRLF}`);
  if (headersEnd === -1) return `the part at byte ${start} has no end of its headers`;
  const headers = strictHeaders(body.toString('utf8', start, start + headersEnd));
  if (headers === undefined) return `the headers of the part at byte ${start} are not clear`;
  const disposition = dispositionOf(headers.get('content-disposition'));
  if (disposition === undefined) return `the name of the part at byte ${start} is not clear`;
  const type = headers.get('content-type')?.toLowerCase() ?? '';
  if (type.startsWith('multipart/')) return `the part at byte ${start} is a form itself`;
  if (isEncoded(headers)) return `the part at byte ${start} is encoded`;
  const { name, isFile } = disposition;
  if (!isFile && !isContentName(name) && charsetOf(type) === 'unclear') {
    return `the part at byte ${start} is not in UTF-8`;
  }
  return { ...disposition, start: start + headersEnd + 4, end };
}

function isEncoded(headers: ReadonlyMap<string, string>): boolean {
  const coding = headers.get('content-transfer-encoding')?.toLowerCase() ?? 'binary';
  return !['7bit', '8bit', 'binary'].includes(coding) || headers.has('content-encoding');
}

/** By their names in lower case; undefined if a line is no header or one comes twice. */
function strictHeaders(block: string): Map<string, string> | undefined {
  const headers = new Map<string, string>();
  for (const line of block.split(CRLF)) {
    const header = /^([\w-]+):[ \t]*([^\r\n\0]*)$/.exec(line);
    const name = header?.[1]?.toLowerCase();
    if (name === undefined || headers.has(name)) return undefined;
    headers.set(name, header?.[2]?.trim() ?? '');
  }
  return headers;
}

/**
 * An escaped quote within a file's name, which no reader could take for the end of one parameter and the start of
 * another.
 */
const ESCAPED_FILENAME = /(;[ \t]*filename=")(?:[^"\\;]|\\[^;])*"(?=[ \t]*(?:;|$))/i;

function dispositionOf(header = ''): { name: string; isFile: boolean } | undefined {
  const parameters = DISPOSITION.exec(header.replace(ESCAPED_FILENAME, '$1_"'))?.[1];
  const values = parameters === undefined ? undefined : dispositionParameters(parameters);
  const spelt = values?.get('name');
  if (values === undefined || spelt === undefined) return undefined;
  if (values.has('name*') || /[\\"]|=\?/.test(spelt)) return undefined;
  const name = decodedFully(spelt);
  const isFile = values.has('filename') || values.has('filename*');
  return folded(name) === '_charset_' ? undefined : { name, isFile };
}

/** By their names in lower case; undefined if one comes twice. */
function dispositionParameters(parameters: string): Map<string, string> | undefined {
  const values = new Map<string, string>();
  for (const [, parameter = '', quoted, bare] of parameters.matchAll(DISPOSITION_PARAMETER)) {
    const key = parameter.toLowerCase();
    if (values.has(key)) return undefined;
    values.set(key, quoted ?? bare ?? '');
  }
  return values;
}

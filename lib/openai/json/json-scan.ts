import { skipFar, skipOpen } from './json-skip';

/**
 * Finds its way in JSON bytes without building values. Every function that can fail returns `~position` (a negative
 * number) for the byte at which the text stops being JSON; `~bytes.length` means that it ended too early.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
export const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
export const OPEN_BRACKET = 0x5b;

/** Numbers, and what else is no string, are read in one go. */
const SCALAR_BYTES_MAX = 64 * 1024;

/** A call into native code costs about as much as looking at this many bytes here. */
const NEAR_BYTES = 48;
/** A step that may pause looks natively no further, or as far as it may go: the next one looks anew. */
const FAR_BYTES = 256 * 1024;

/** Offset of the first byte at or after `at` that is not white space. */
export function skipSpace(bytes: Buffer, at: number): number {
  let next = at;
  for (;;) {
    const byte = bytes[next];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return next;
    next++;
  }
}

/** Offset after a UTF-8 byte order mark, 0 when there is none. */
export function skipBom(bytes: Buffer): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** The same, but looks no further than `pause`. */
export function skipSpaceBefore(bytes: Buffer, at: number, pause: number): number {
  let next = at;
  while (next < pause) {
    const byte = bytes[next];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return next;
    next++;
  }
  return next;
}

/** Offset of the quote that closes the string whose text starts at `from`, -1 when none does. */
export function closingQuote(bytes: Buffer, from: number): number {
  return Math.max(-1, closingQuoteBefore(bytes, from, bytes.length));
}

/**
 * The same, but goes through escaped text no further than `pause`: then it returns `~next`, where `next` is the place
 * to go on from; it may lie behind. A string that never closes has no place before the end of the bytes.
 */
export function closingQuoteBefore(bytes: Buffer, from: number, pause: number): number {
  let at = from;
  const near = Math.min(bytes.length, at + NEAR_BYTES);
  while (at < near) {
    const byte = bytes[at];
    if (byte === QUOTE) return at;
    at += byte === BACKSLASH ? 2 : 1;
  }
  if (at >= pause) return ~at;
  const isFar = pause < bytes.length && bytes.length - at > FAR_BYTES;
  const part = isFar ? bytes.subarray(0, Math.max(pause, at + FAR_BYTES)) : bytes;
  const quote = part.indexOf(QUOTE, at);
  if (quote === -1) return ~(isFar ? unescapedBefore(part, at) : bytes.length);
  if (bytes[quote - 1] !== BACKSLASH) return quote;
  const open = { isInString: true, closers: [] };
  const next = skipFar(bytes, at, Math.min(bytes.length, pause), open);
  return open.isInString ? ~next : next - 1;
}

/** The end of the bytes of a string, or the backslash before it that escapes what comes. `from` is not escaped. */
function unescapedBefore(bytes: Buffer, from: number): number {
  let first = bytes.length;
  while (first > from && bytes[first - 1] === BACKSLASH) first--;
  return bytes.length - ((bytes.length - first) % 2);
}

const SHORT_BYTES = 1024;
const LONG_BYTES = 4 * 1024 * 1024;

/**
 * The name whose opening quote is at `start`; undefined when there is no string or its text is not valid, '' for one
 * that is too long to be of interest.
 */
export function shortStringAt(bytes: Buffer, start: number): string | undefined {
  if (bytes[start] !== QUOTE) return undefined;
  const end = closingQuoteBefore(bytes, start + 1, start + SHORT_BYTES + 1);
  return end < 0 || end - start > SHORT_BYTES ? '' : decodeString(bytes, start + 1, end);
}

/** The same for a value: of one that is over 4 MB, the beginning as it stands. */
export function longStringAt(bytes: Buffer, start: number): string | undefined {
  if (bytes[start] !== QUOTE) return undefined;
  const end = endOfValue(bytes, start);
  return end === -1
    ? bytes.toString('utf8', start + 1, start + SHORT_BYTES)
    : decodeString(bytes, start + 1, end);
}

/** Whether the value at `start` is a string of which only the beginning is read. */
export function isVeryLong(bytes: Buffer, start: number): boolean {
  return endOfValue(bytes, start) === -1;
}

function endOfValue(bytes: Buffer, start: number): number {
  const end = closingQuoteBefore(bytes, start + 1, start + LONG_BYTES + 1);
  return end < 0 || end - start > LONG_BYTES ? -1 : end;
}

function decodeString(bytes: Buffer, start: number, end: number): string | undefined {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === undefined || byte === BACKSLASH || byte < 0x20) {
      return parsedString(bytes.toString('utf8', start - 1, end + 1));
    }
  }
  return bytes.toString('utf8', start, end);
}

function parsedString(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Offset after the object or array that opens at `start`. */
export function nestedEnd(bytes: Buffer, start: number): number {
  const open = { isInString: false, closers: [] };
  const end = skipOpen(bytes, start, bytes.length, open);
  if (end < 0) return end;
  return open.isInString || open.closers.length > 0 ? ~bytes.length : end;
}

/** Offset after the value that starts at `start`. */
function valueEnd(bytes: Buffer, start: number): number {
  switch (bytes[start]) {
    case QUOTE: {
      const quote = closingQuote(bytes, start + 1);
      return quote === -1 ? ~bytes.length : quote + 1;
    }
    case OPEN_BRACE:
    case OPEN_BRACKET:
      return nestedEnd(bytes, start);
    default:
      return scalarEnd(bytes, start);
  }
}

/** Offset after the number, true, false or null that starts at `start`. A number longer than `bytesMax` is none. */
export function scalarEnd(bytes: Buffer, start: number, bytesMax = SCALAR_BYTES_MAX): number {
  switch (bytes[start]) {
    case 0x74:
      return literalEnd(bytes, start, 'true');
    case 0x66:
      return literalEnd(bytes, start, 'false');
    case 0x6e:
      return literalEnd(bytes, start, 'null');
    default:
      return numberEnd(bytes.length - start > bytesMax ? bytes.subarray(0, start + bytesMax) : bytes, start);
  }
}

function literalEnd(bytes: Buffer, start: number, literal: string): number {
  for (let i = 0; i < literal.length; i++) {
    if (bytes[start + i] !== literal.charCodeAt(i)) return ~(start + i);
  }
  return start + literal.length;
}

function numberEnd(bytes: Buffer, start: number): number {
  let at = bytes[start] === MINUS ? start + 1 : start;
  at = bytes[at] === ZERO ? at + 1 : digitsEnd(bytes, at);
  if (at >= 0 && bytes[at] === DOT) at = digitsEnd(bytes, at + 1);
  if (at >= 0 && (bytes[at] === 0x65 || bytes[at] === 0x45)) {
    const sign = bytes[at + 1];
    at = digitsEnd(bytes, sign === PLUS || sign === MINUS ? at + 2 : at + 1);
  }
  return at;
}

function digitsEnd(bytes: Buffer, start: number): number {
  let at = start;
  for (;;) {
    const byte = bytes[at];
    if (byte === undefined || byte < ZERO || byte > NINE) return at === start ? ~at : at;
    at++;
  }
}

/**
 * Walks the object that opens at `start`, in one go: strict on its own level, nested values are only skipped. Calls
 * `onMember` for each member, in order, duplicates included, with the offsets of its opening quote and of its value.
 * Returns the offset after the object. `JsonScanner` does the same in slices, for what is large.
 */
export function scanMembers(
  bytes: Buffer,
  start: number,
  onMember: (nameAt: number, valueAt: number) => void,
): number {
  if (bytes[start] !== OPEN_BRACE) return ~start;
  let at = skipSpace(bytes, start + 1);
  if (bytes[at] === CLOSE_BRACE) return at + 1;
  for (;;) {
    if (bytes[at] !== QUOTE) return ~at;
    const nameAt = at;
    const quote = closingQuote(bytes, at + 1);
    if (quote === -1) return ~bytes.length;
    at = skipSpace(bytes, quote + 1);
    if (bytes[at] !== COLON) return ~at;
    const valueAt = skipSpace(bytes, at + 1);
    const end = valueEnd(bytes, valueAt);
    if (end < 0) return end;
    onMember(nameAt, valueAt);
    at = skipSpace(bytes, end);
    if (bytes[at] === CLOSE_BRACE) return at + 1;
    if (bytes[at] !== COMMA) return ~at;
    at = skipSpace(bytes, at + 1);
  }
}

import { holdsAt } from './needle-search';
import type { Needle } from './needles';

/** A character may be written in more ways than one: `-` is `\u002d` in JSON and `%2D` in an address. */

const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const LETTER_U = 0x75;
const ASCII_MAX = 0x7f;
/** JSON in JSON in JSON doubles the backslash each time. */
const BACKSLASHES_MAX = 16;
/** An address in an address writes `%2D` as `%252D`. */
const PERCENT_DEPTH_MAX = 3;
/** Characters that JSON writes as themselves behind a backslash. */
const SHORT_ESCAPES: ReadonlySet<number> = new Set(Array.from('"\'/', (one) => one.charCodeAt(0)));

/** By byte. */
const HEX_DIGITS = new Int8Array(256).fill(-1);
for (const digit of '0123456789abcdefABCDEF') HEX_DIGITS[digit.charCodeAt(0)] = parseInt(digit, 16);

/** The most bytes that a half of an escape, which a later chunk completes, can have before its telling part. */
export const ESCAPE_START_BYTES_MAX = BACKSLASHES_MAX + 3;

const FAILED = -1;
const OPEN = -2;

/** How much of a text a spelling of some characters covers. */
export interface Spelling {
  /** Where it ends; -1 if the text does not spell the characters. */
  end: number;
  /** The text ends within what may become such a spelling, or a longer one. */
  isOpen: boolean;
  /** How many characters are spelled at least, of an open one. */
  depth: number;
}

/** Finds the longest spelling of a needle that begins at `from`. Writes it into `found`. */
export function readSpelling(
  bytes: Uint8Array,
  from: number,
  { bytes: plain, characters }: Pick<Needle, 'bytes' | 'characters'>,
  found: Spelling,
): void {
  found.end = FAILED;
  found.isOpen = false;
  found.depth = 0;
  if (characters === undefined) return readPlain(bytes, from, plain, found);
  let at = from;
  for (let index = 0; index < characters.length; index++) {
    const character = characters[index] ?? 0;
    // The two that begin escapes can be read in several ways at the same place.
    if (character === BACKSLASH || character === PERCENT) {
      return readEveryWay(bytes, at, characters, index, found);
    }
    at = endOfCharacter(bytes, at, character);
    if (at >= 0) continue;
    if (at === OPEN) noteOpen(found, index);
    return;
  }
  found.end = at;
}

function readPlain(bytes: Uint8Array, from: number, plain: Uint8Array, found: Spelling): void {
  const length = Math.min(plain.length, bytes.length - from);
  if (!holdsAt(bytes, from, plain, length)) return;
  if (length === plain.length) found.end = from + length;
  else noteOpen(found, length);
}

/** As above from the character of this index on, at all places that the ones before it may end at. */
function readEveryWay(
  bytes: Uint8Array,
  from: number,
  characters: ArrayLike<number>,
  first: number,
  found: Spelling,
): void {
  let places: ReadonlySet<number> = new Set([from]);
  for (let index = first; index < characters.length; index++) {
    const next = new Set<number>();
    for (const place of places) {
      for (const end of endsOfCharacter(bytes, place, characters[index] ?? 0)) {
        if (end >= 0) next.add(end);
        else if (end === OPEN) noteOpen(found, index);
      }
    }
    if (next.size === 0) return;
    places = next;
  }
  found.end = Math.max(...places);
}

function noteOpen(found: Spelling, depth: number): void {
  found.isOpen = true;
  found.depth = Math.max(found.depth, depth);
}

function endsOfCharacter(bytes: Uint8Array, at: number, character: number): number[] {
  if (character === PERCENT) {
    const ends = percentByteEnds(bytes, at, PERCENT);
    return [rawEnd(bytes, at, PERCENT), ...ends, escapeEnd(bytes, at, PERCENT)];
  }
  if (character !== BACKSLASH) return [endOfCharacter(bytes, at, character)];
  const run = backslashes(bytes, at);
  const runs = [1, 2, 4, 8, 16].filter((length) => length <= run).map((length) => at + length);
  return [
    ...runs,
    escapeEnd(bytes, at, BACKSLASH),
    percentEnd(bytes, at, BACKSLASH),
    at + run === bytes.length && run < BACKSLASHES_MAX ? OPEN : FAILED,
  ];
}

/** Where the character ends that begins here; FAILED, or OPEN if the text ends before that is known. */
function endOfCharacter(bytes: Uint8Array, at: number, character: number): number {
  if (at >= bytes.length) return OPEN;
  const byte = bytes[at];
  if (byte === character && character <= ASCII_MAX) return at + 1;
  if (byte === BACKSLASH) return escapeEnd(bytes, at, character);
  if (byte === PERCENT) return percentEnd(bytes, at, character);
  return character <= ASCII_MAX ? FAILED : wideEnd(bytes, at, character, rawEnd);
}

/** One of several bytes, or one of several units. */
type Reader = (bytes: Uint8Array, at: number, part: number) => number;

function wideEnd(bytes: Uint8Array, at: number, character: number, read: Reader): number {
  return endOfParts(bytes, at, Buffer.from(String.fromCodePoint(character)), read);
}

function endOfParts(bytes: Uint8Array, at: number, parts: Iterable<number>, read: Reader): number {
  let end = at;
  for (const part of parts) {
    end = read(bytes, end, part);
    if (end < 0) return end;
  }
  return end;
}

function rawEnd(bytes: Uint8Array, at: number, byte: number): number {
  if (at >= bytes.length) return OPEN;
  return bytes[at] === byte ? at + 1 : FAILED;
}

function percentEnd(bytes: Uint8Array, at: number, character: number): number {
  if (character > ASCII_MAX) return wideEnd(bytes, at, character, percentByteEnd);
  return percentByteEnd(bytes, at, character);
}

/** The first of `percentByteEnds`. */
function percentByteEnd(bytes: Uint8Array, at: number, byte: number): number {
  let digits = rawEnd(bytes, at, PERCENT);
  for (let depth = 1; digits >= 0 && depth <= PERCENT_DEPTH_MAX; depth++) {
    const end = hexEnd(bytes, digits, byte, 2);
    if (end !== FAILED) return end;
    digits = hexEnd(bytes, digits, PERCENT, 2);
  }
  return digits >= 0 ? FAILED : digits;
}

/** At more than one place only of `%`, which is `%25` and then as deep as it goes. */
function percentByteEnds(bytes: Uint8Array, at: number, byte: number): number[] {
  const start = rawEnd(bytes, at, PERCENT);
  if (start < 0) return [start];
  const ends: number[] = [];
  for (let digits = start, depth = 1; depth <= PERCENT_DEPTH_MAX; depth++, digits += 2) {
    const end = hexEnd(bytes, digits, byte, 2);
    if (end !== FAILED) ends.push(end);
    const deeper = hexEnd(bytes, digits, PERCENT, 2);
    if (deeper === OPEN) ends.push(OPEN);
    if (deeper < 0) break;
  }
  return ends;
}

function escapeEnd(bytes: Uint8Array, at: number, character: number): number {
  if (character <= 0xffff) return escapedUnitEnd(bytes, at, character);
  const text = String.fromCodePoint(character);
  return endOfParts(bytes, at, [text.charCodeAt(0), text.charCodeAt(1)], escapedUnitEnd);
}

function escapedUnitEnd(bytes: Uint8Array, at: number, unit: number): number {
  const run = backslashes(bytes, at);
  const next = at + run;
  if (next >= bytes.length) return run < BACKSLASHES_MAX ? OPEN : FAILED;
  if (run === 0) return FAILED;
  if (bytes[next] === unit && SHORT_ESCAPES.has(unit)) return next + 1;
  return bytes[next] === LETTER_U ? hexEnd(bytes, next + 1, unit, 4) : FAILED;
}

/**
 * Where the last backslashes of a run begin that an escape can have. Before that place in the run no escape begins of
 * anything but a backslash.
 */
export function lastBackslashes(bytes: Uint8Array, at: number): number {
  let end = at;
  while (bytes[end] === BACKSLASH) end++;
  return Math.max(at, end - BACKSLASHES_MAX);
}

function backslashes(bytes: Uint8Array, at: number): number {
  let run = 0;
  while (run < BACKSLASHES_MAX && bytes[at + run] === BACKSLASH) run++;
  return run;
}

/** Hex digits of a number, in any case. */
function hexEnd(bytes: Uint8Array, at: number, value: number, digits: number): number {
  for (let index = 0; index < digits; index++) {
    if (at + index >= bytes.length) return OPEN;
    if (hexDigit(bytes[at + index] ?? 0) !== ((value >> (4 * (digits - 1 - index))) & 15)) return FAILED;
  }
  return at + digits;
}

/** The value of an ASCII hex digit, else -1. */
export function hexDigit(byte: number): number {
  return HEX_DIGITS[byte] ?? -1;
}

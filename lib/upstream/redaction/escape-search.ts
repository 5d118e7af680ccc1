import { hexDigit } from './spelling';

const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const LETTER_U = 0x75;
const ZERO = 0x30;
/** Bytes. */
const NEAR = 6;
const ASCII_UNIT = Buffer.from('\\u00');
/** Characters that JSON may have a backslash before. */
const SHORTS = Array.from('"\'/');
const ASCII_CHARACTERS = 128;
/** A bit for each byte. */
const ROW_BYTES = 32;
const ALL_BITS = 0xff;
const BACKSLASHES_MAX = 16;
/** `%252525` is a percent sign in an address in an address in an address. */
const DEPTH_MAX = 3;

/**
 * Finds the escapes in a text that may be the first one of a needle: `\u002d`, `%2D` or `\/` of a character that a
 * needle begins with, or has behind the byte that stands there. Most texts have none, and that is told in little time.
 */
export class EscapeSearch {
  /** By character and the byte before it, a bit each: a needle has the two, or begins with the character. */
  readonly #has = new Uint8Array(ASCII_CHARACTERS * ROW_BYTES);
  /** `\/` and such. */
  readonly #short: readonly Buffer[];

  /** All of printable ASCII. */
  constructor(needles: readonly Uint8Array[]) {
    for (const bytes of needles) {
      const row = (bytes[0] ?? 0) * ROW_BYTES;
      this.#has.fill(ALL_BITS, row, row + ROW_BYTES);
      for (let at = 1; at < bytes.length; at++) this.#add(bytes[at] ?? 0, bytes[at - 1] ?? 0);
    }
    const short = SHORTS.filter((one) => needles.some((bytes) => bytes.includes(one.charCodeAt(0))));
    this.#short = short.map((one) => Buffer.from(`\\${one}`));
  }

  /** The escapes of a text; undefined if there is none. One that the end of the text cuts is not found. */
  in(bytes: Buffer): Escapes | undefined {
    const percent = this.percent(bytes, 0);
    const backslash = bytes.indexOf(BACKSLASH);
    const unit = backslash === -1 ? -1 : this.unit(bytes, backslash);
    const short = backslash === -1 ? -1 : this.short(bytes, backslash);
    return percent === -1 && unit === -1 && short === -1
      ? undefined
      : new Escapes(this, bytes, percent, unit, short);
  }

  percent(bytes: Buffer, from: number): number {
    let at = nextPercent(bytes, from);
    while (at !== -1 && !this.#mayBe(percentCharacter(bytes, at), bytes[at - 1]))
      at = nextPercent(bytes, at + 1);
    return at;
  }

  unit(bytes: Buffer, from: number): number {
    let at = nextUnit(bytes, from);
    while (at !== -1 && !this.#mayBe(unitCharacter(bytes, at), bytes[firstBackslash(bytes, at) - 1])) {
      at = nextUnit(bytes, at + 4);
    }
    return at;
  }

  #add(character: number, before: number): void {
    const at = character * ROW_BYTES + (before >> 3);
    this.#has[at] = (this.#has[at] ?? 0) | (1 << (before & 7));
  }

  #mayBe(character: number, before = 0): boolean {
    if (character === -1) return false;
    const bits = this.#has[character * ROW_BYTES + (before >> 3)] ?? 0;
    return ((bits >> (before & 7)) & 1) === 1;
  }

  short(bytes: Buffer, from: number): number {
    let first = -1;
    for (const escape of this.#short) {
      const at = bytes.indexOf(escape, from);
      if (at !== -1 && (first === -1 || at < first)) first = at;
    }
    return first;
  }
}

/** Whether a character of it may be written with nothing but a backslash before it. */
export function mayBeShort(needle: string): boolean {
  return SHORTS.some((one) => needle.includes(one));
}

/** False if a text has no escape that an `EscapeSearch` finds; `isShortToo`: a needle `mayBeShort`. */
export function mayHaveEscapes(bytes: Buffer, isShortToo: boolean): boolean {
  if (bytes.includes(PERCENT)) return true;
  const backslash = bytes.indexOf(BACKSLASH);
  return backslash !== -1 && (isShortToo || bytes.indexOf(ASCII_UNIT, backslash) !== -1);
}

/** The escapes of one text, one after the other. */
export class Escapes {
  /** The character that the one at hand stands for. */
  character = -1;
  #at = -1;

  /** Where the first one of each kind is, at its last backslash; -1 if there is none. */
  constructor(
    private readonly search: EscapeSearch,
    private readonly bytes: Buffer,
    private percent: number,
    private unit: number,
    private short: number,
  ) {
    this.#look();
  }

  /** Where the one at hand begins; -1 if none is left. */
  peek(): number {
    return this.#at;
  }

  /** Goes on from the same place, apart from this. */
  copy(): Escapes {
    return new Escapes(this.search, this.bytes, this.percent, this.unit, this.short);
  }

  /** The same of the next one. */
  skip(): number {
    const { bytes, search, percent, unit, short } = this;
    const last = this.#lastByte();
    if (last === percent) this.percent = search.percent(bytes, percent + 1);
    else if (last === unit) this.unit = search.unit(bytes, unit + 1);
    else if (last === short) this.short = search.short(bytes, short + 1);
    this.#look();
    return this.#at;
  }

  #look(): void {
    const { bytes, percent, unit } = this;
    const last = this.#lastByte();
    if (last === percent) this.character = last === -1 ? -1 : percentCharacter(bytes, last);
    else this.character = last === unit ? unitCharacter(bytes, last) : (bytes[last + 1] ?? -1);
    this.#at = last === percent ? last : firstBackslash(bytes, last);
  }

  #lastByte(): number {
    const { percent, unit, short } = this;
    return earlier(earlier(percent, unit), short);
  }
}

/** The lesser of two places, either of which may be -1, for none. */
function earlier(one: number, other: number): number {
  return one === -1 || (other !== -1 && other < one) ? other : one;
}

/** The native search costs more to call than a look at the few places where dense escapes have their next one. */
function nextPercent(bytes: Buffer, from: number): number {
  for (let at = from; at < from + NEAR; at++) if (bytes[at] === PERCENT) return at;
  return bytes.indexOf(PERCENT, from + NEAR);
}

function nextUnit(bytes: Buffer, from: number): number {
  for (let at = from; at < from + NEAR; at++) if (isUnit(bytes, at)) return at;
  return bytes.indexOf(ASCII_UNIT, from + NEAR);
}

function isUnit(bytes: Buffer, at: number): boolean {
  const isEscape = bytes[at] === BACKSLASH && bytes[at + 1] === LETTER_U;
  return isEscape && bytes[at + 2] === ZERO && bytes[at + 3] === ZERO;
}

function firstBackslash(bytes: Buffer, at: number): number {
  let first = at;
  while (at - first < BACKSLASHES_MAX - 1 && bytes[first - 1] === BACKSLASH) first--;
  return first;
}

function unitCharacter(bytes: Buffer, at: number): number {
  return characterOf(bytes[at + 4], bytes[at + 5]);
}

function percentCharacter(bytes: Buffer, at: number): number {
  let digits = at + 1;
  for (let depth = 1; depth < DEPTH_MAX; depth++) {
    if (characterOf(bytes[digits], bytes[digits + 1]) !== PERCENT) break;
    digits += 2;
  }
  return characterOf(bytes[digits], bytes[digits + 1]);
}

/** -1 if these are no two hex digits. */
function characterOf(high: number | undefined, low: number | undefined): number {
  if (high === undefined || low === undefined) return -1;
  const first = hexDigit(high);
  const second = hexDigit(low);
  return first === -1 || second === -1 ? -1 : first * 16 + second;
}

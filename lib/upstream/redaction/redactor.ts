import type { HeaderRecord } from '../../balancer/ports';
import { EscapeSearch, mayBeShort, mayHaveEscapes, type Escapes } from './escape-search';
import { maskOf, withShortMasks } from './mask';
import { holdsAt, NeedleSearch } from './needle-search';
import { needlesOf, type Needle } from './needles';
import type { Secret } from './secrets';
import { ESCAPE_START_BYTES_MAX, hexDigit, lastBackslashes, readSpelling, type Spelling } from './spelling';

/** What of some bytes may go on, and where what may yet become a secret begins (their length if nothing may). */
export interface Redacted {
  readonly bytes: Buffer;
  readonly heldFrom: number;
}

/** A character of a secret, and how many stand before it. */
interface Place {
  readonly needle: Buffer;
  readonly before: number;
}

/** Secrets that run into one another are hidden as one, up to so many times the longest. */
const REGION_NEEDLES_MAX = 4;
const BEGINS = 1;
const MAY_STOP = 2;
const ESCAPED = 4;
const BACKSLASH = 0x5c;
const PERCENT = 0x25;
/** With these an escape of an ASCII character begins, or a part of it ends. */
const ESCAPES = Buffer.of(BACKSLASH, PERCENT);
const ESCAPE_STOPS = Buffer.from('\\%u0234567');
const ALL_HEX = Buffer.from('0123456789abcdefABCDEF');

/**
 * Hides the secrets of a request wherever an answer quotes them: as they are, escaped as in JSON, percent-encoded, or
 * within base64. What stands in their place has as many bytes. Compiled once for each set of secrets.
 */
// oxlint-disable-next-line house/class-length -- one search over tables that are compiled once
export class Redactor {
  readonly #needles: readonly Needle[];
  readonly #search: NeedleSearch | undefined;
  /** The secrets themselves. */
  readonly #spelled: readonly Buffer[];
  /** A secret has characters that are not ASCII or begin escapes: then it may be anywhere. */
  readonly #isOdd: boolean;
  /** A secret has a character that may be written with a backslash before it. */
  readonly #hasShort: boolean;
  /** Made for the first text with an escape: there are many keys, and most answers have none. */
  #escapes: EscapeSearch | undefined;
  /** By character: where secrets have it, from their ends to their beginnings. Made as late. */
  #places: readonly (readonly Place[])[] | undefined;
  /**
   * By byte: BEGINS if a secret can begin with it, MAY_STOP if a part of a secret can end with it, ESCAPED if an escape
   * of it, or of a part of it, may begin a secret.
   */
  readonly #flags = new Uint8Array(256);
  readonly #beginsWithBackslash: boolean;
  readonly #beginsWithPercent: boolean;
  readonly #names: readonly string[];
  readonly #nameLengthMin: number;
  readonly #bytesMax: number;
  readonly #found: Spelling = { end: -1, isOpen: false, depth: 0 };
  // What `#inspect` has seen last.
  #end = -1;
  #isOpen = false;
  #needle: Needle | undefined;

  constructor(secrets: readonly Secret[]) {
    this.#needles = needlesOf(secrets);
    const all = this.#needles.map(({ bytes }) => bytes);
    this.#bytesMax = all.reduce((most, { length }) => Math.max(most, length), 0);
    this.#search = all.length === 0 ? undefined : new NeedleSearch(all);
    const spelled = all.slice(0, secrets.length);
    this.#spelled = spelled;
    this.#isOdd = secrets.some(({ value }) => !/^[\x20-\x24\x26-\x5b\x5d-\x7e]*$/.test(value));
    this.#hasShort = secrets.some(({ value }) => mayBeShort(value));
    for (const bytes of spelled) this.#markByte(bytes[0] ?? 0, ESCAPED);
    this.#markByte(PERCENT, ESCAPED);
    this.#beginsWithBackslash = spelled.some((bytes) => bytes[0] === BACKSLASH);
    this.#beginsWithPercent = spelled.some((bytes) => bytes[0] === PERCENT);
    this.#names = secrets.map(({ value }) => value.toLowerCase());
    this.#nameLengthMin = this.#names.reduce((least, { length }) => Math.min(least, length), Infinity);
    this.#mark(ESCAPES, BEGINS);
    this.#mark(ESCAPE_STOPS, MAY_STOP);
    if (this.#isOdd) this.#mark(ALL_HEX, MAY_STOP);
    for (const bytes of all) {
      this.#markByte(bytes[0] ?? 0, BEGINS);
      this.#mark(bytes, MAY_STOP);
    }
  }

  /** The very string if there was nothing to hide; masks are short, for people. */
  text(text: string): string {
    const clean = this.#cleanText(text);
    return clean === text ? text : withShortMasks(clean);
  }

  /** The very record if there was nothing to hide. A header whose name holds a secret is left out. */
  headers(headers: HeaderRecord): HeaderRecord {
    if (this.#search === undefined) return headers;
    let all = '';
    let isNamed = false;
    for (const name in headers) {
      all += `${String(headers[name])}\n`;
      isNamed ||= this.#isInName(name);
    }
    if (!isNamed && this.#cleanText(all) === all) return headers;
    const clean = (value: string): string => this.#cleanText(value);
    return Object.fromEntries(
      Object.entries(headers)
        .filter(([name]) => !this.#isInName(name))
        .map(([name, value]) => [name, typeof value === 'string' ? clean(value) : value?.map(clean)]),
    );
  }

  /** Names have no case. */
  #isInName(name: string): boolean {
    if (name.length < this.#nameLengthMin) return false;
    const lower = name.toLowerCase();
    return this.#names.some((one) => lower.includes(one));
  }

  /**
   * `bytes` from the beginning of a text, or from where the last call held them back; `isEnd`: nothing follows. The
   * same text comes out however it is cut. Most of a secret counts as one at the end.
   */
  redact(bytes: Buffer, isEnd: boolean): Redacted {
    if (this.#search === undefined || bytes.length === 0) return { bytes, heldFrom: bytes.length };
    const escapes = this.#escapesIn(bytes);
    let clean = bytes;
    for (let at = 0; ;) {
      const start = this.#find(bytes, at, escapes, isEnd);
      if (start === -1) return { bytes: clean, heldFrom: bytes.length };
      this.#grow(bytes, start, isEnd);
      if (this.#isOpen) return { bytes: clean, heldFrom: start };
      if (clean === bytes) clean = Buffer.from(bytes);
      clean.write(maskOf(this.#needle?.hint, this.#end - start), start, 'latin1');
      at = this.#end;
    }
  }

  #mark(bytes: Uint8Array, flag: number): void {
    for (let at = 0; at < bytes.length; at++) this.#markByte(bytes[at] ?? 0, flag);
  }

  #markByte(byte: number, flag: number): void {
    this.#flags[byte] = (this.#flags[byte] ?? 0) | flag;
  }

  #escapesIn(bytes: Buffer): Escapes | undefined {
    if (this.#isOdd || !mayHaveEscapes(bytes, this.#hasShort)) return undefined;
    this.#escapes ??= new EscapeSearch(this.#spelled);
    return this.#escapes.in(bytes);
  }

  #cleanText(text: string): string {
    const bytes = Buffer.from(text);
    const clean = this.redact(bytes, true).bytes;
    return clean === bytes ? text : clean.toString('utf8');
  }

  /** Where the first secret, or the beginning of one, is; -1 without any. As `#inspect` has last seen it. */
  #find(bytes: Buffer, from: number, escapes: Escapes | undefined, isEnd: boolean): number {
    const plain = this.#search?.find(bytes, from) ?? -1;
    const end = plain === -1 ? bytes.length : plain;
    const escaped = this.#findEscaped(bytes, from, end, escapes, isEnd);
    if (escaped !== -1) return escaped;
    // Before the end of the text there is nothing now but what is not whole.
    if (this.#is(bytes, bytes.length - 1, MAY_STOP)) {
      const tail = bytes.length - this.#bytesMax - ESCAPE_START_BYTES_MAX;
      const open = this.#findAny(bytes, Math.max(from, tail), end, isEnd);
      if (open !== -1) return open;
    }
    if (plain !== -1) this.#inspect(bytes, plain, isEnd);
    return plain;
  }

  /** A form with an escape begins as the secret does, up to the first escape. */
  // oxlint-disable-next-line complexity -- runs for every escape; each condition spares the next, dearer one
  #findEscaped(
    bytes: Buffer,
    from: number,
    end: number,
    escapes: Escapes | undefined,
    isEnd: boolean,
  ): number {
    if (this.#isOdd) {
      return ESCAPES.some((byte) => bytes.includes(byte, from)) ? this.#findAny(bytes, from, end, isEnd) : -1;
    }
    if (escapes === undefined) return -1;
    const places = (this.#places ??= placesOf(this.#spelled));
    let ahead = escapes;
    for (let at = ahead.peek(); at !== -1 && at - this.#bytesMax < end; at = ahead.skip()) {
      // What stands behind the end may belong to a secret that the next search begins with.
      if (at >= end && ahead === escapes) ahead = escapes.copy();
      for (const { needle, before } of places[ahead.character] ?? []) {
        const start = at - before;
        if (start < from) continue;
        if (start >= end) break;
        // The byte before the escape tells nearly always.
        if (before > 0 && needle[before - 1] !== bytes[at - 1]) continue;
        if (holdsAt(bytes, start, needle, before) && this.#inspect(bytes, start, isEnd)) return start;
      }
    }
    return -1;
  }

  #findAny(bytes: Buffer, from: number, end: number, isEnd: boolean): number {
    for (let at = from; at < end; at++) {
      if (!this.#is(bytes, at, BEGINS)) continue;
      if (bytes[at] === BACKSLASH && !this.#beginsWithBackslash) at = lastBackslashes(bytes, at);
      else if (bytes[at] === PERCENT && !this.#mayPercentBegin(bytes, at)) continue;
      if (at < end && this.#inspect(bytes, at, isEnd)) return at;
    }
    return -1;
  }

  #mayPercentBegin(bytes: Buffer, at: number): boolean {
    const [high, low] = [bytes[at + 1], bytes[at + 2]];
    // Cut, or a percent sign within a secret.
    if (high === undefined || low === undefined || this.#beginsWithPercent) return true;
    const [first, second] = [hexDigit(high), hexDigit(low)];
    return first !== -1 && second !== -1 && this.#hasFlag(first * 16 + second, ESCAPED);
  }

  #is(bytes: Buffer, at: number, flag: number): boolean {
    return this.#hasFlag(bytes[at] ?? 0, flag);
  }

  #hasFlag(byte: number, flag: number): boolean {
    return ((this.#flags[byte] ?? 0) & flag) !== 0;
  }

  /** Adds the secrets that begin within the one just seen and reach beyond it; no needle alone covers them then. */
  #grow(bytes: Buffer, start: number, isEnd: boolean): void {
    if (this.#isOpen) return;
    let [end, needle] = [this.#end, this.#needle];
    const last = start + REGION_NEEDLES_MAX * this.#bytesMax;
    for (let at = start + 1; at < Math.min(end, last); at++) {
      if (!this.#is(bytes, at, BEGINS) || !this.#inspect(bytes, at, isEnd)) continue;
      if (this.#isOpen) return;
      if (this.#end > end) [end, needle] = [this.#end, undefined];
    }
    this.#end = end;
    this.#needle = needle;
    this.#isOpen = false;
  }

  /** Whether a secret, or what may become one, begins here. */
  // oxlint-disable-next-line complexity -- runs for every byte that may begin a secret, with its result in fields
  #inspect(bytes: Buffer, at: number, isEnd: boolean): boolean {
    const found = this.#found;
    const first = bytes[at];
    const isEscape = first === BACKSLASH || first === PERCENT;
    this.#end = -1;
    this.#isOpen = false;
    for (const needle of this.#needles) {
      if (needle.bytes[0] !== first && (!isEscape || needle.characters === undefined)) continue;
      readSpelling(bytes, at, needle, found);
      if (found.isOpen && !isEnd) this.#isOpen = true;
      const isMost = found.end === -1 && isEnd && found.depth * 2 > needle.bytes.length;
      const end = isMost ? bytes.length : found.end;
      if (end <= this.#end) continue;
      this.#end = end;
      this.#needle = isMost ? undefined : needle;
    }
    return this.#isOpen || this.#end !== -1;
  }
}

/** Of characters that are one byte each. */
function placesOf(needles: readonly Buffer[]): Place[][] {
  const places: Place[][] = [];
  for (const needle of needles) {
    for (const [before, byte] of needle.entries()) (places[byte] ??= []).push({ needle, before });
  }
  for (const all of places) all?.sort((one, other) => other.before - one.before);
  return places;
}

import { GrowingBuffer } from '../json/growing-buffer';
import { Shifts } from './shifts';

/** So much is kept of each string, as names, ids and the like are shorter; and of all together. */
export const LOOKED_AT = { eachBytes: 64 * 1024, allBytes: 16 * 2 ** 20 };
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ESCAPED_BACKSLASH = Buffer.from('\\');

/**
 * A JSON text without most of its long strings, such as pictures and sound. Where it is none, this is none either, but
 * not at the same byte.
 */
export class JsonDigest {
  readonly #kept = new GrowingBuffer();
  #length = 0;
  #isInString = false;
  /** The last byte so far was a backslash that escapes what comes. */
  #isEscaping = false;
  #room = 0;
  /** Bytes that have come before the chunk at hand. */
  #seen = 0;
  readonly #shifts = new Shifts();
  /** What is kept of the string so far ends within an escape. */
  #isCutInEscape = false;

  get length(): number {
    return this.#length;
  }

  get isFull(): boolean {
    return this.#length >= LOOKED_AT.allBytes;
  }

  get bytes(): Buffer {
    return this.#kept.peek();
  }

  add(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !this.isFull) {
      at = this.#isInString ? this.#goOnString(chunk, at) : this.#goOn(chunk, at);
    }
    this.#seen += chunk.length;
  }

  /** Where in the text stands what is at this place of the digest, if it was kept. */
  placeOf(at: number): number {
    return this.#shifts.placeOf(at);
  }

  /** Up to the quote that opens a string. */
  #goOn(chunk: Buffer, start: number): number {
    const quote = chunk.indexOf(QUOTE, start);
    const end = quote === -1 ? chunk.length : quote + 1;
    this.#keep(chunk.subarray(start, end));
    if (quote !== -1) {
      this.#isInString = true;
      this.#isEscaping = false;
      this.#isCutInEscape = false;
      this.#room = LOOKED_AT.eachBytes;
    }
    return end;
  }

  /** Up to the quote that closes it. */
  #goOnString(chunk: Buffer, start: number): number {
    let from = start;
    for (;;) {
      const quote = chunk.indexOf(QUOTE, from);
      const end = quote === -1 ? chunk.length : quote;
      const isEscaping = this.#escapesAt(chunk, from, end);
      if (quote !== -1 && isEscaping) {
        this.#isEscaping = false;
        from = quote + 1;
        continue;
      }
      this.#isEscaping = isEscaping;
      this.#keepString(chunk.subarray(start, end));
      if (quote === -1) return end;
      if (this.#isCutInEscape) this.#keep(ESCAPED_BACKSLASH);
      this.#shifts.note(this.#length, this.#seen + quote);
      this.#keep(chunk.subarray(quote, quote + 1));
      this.#isInString = false;
      return quote + 1;
    }
  }

  /** Whether an odd number of backslashes stands before `end`. */
  #escapesAt(chunk: Buffer, start: number, end: number): boolean {
    let at = end;
    while (at > start && chunk[at - 1] === BACKSLASH) at -= 1;
    const isOdd = (end - at) % 2 === 1;
    return at === start && this.#isEscaping ? !isOdd : isOdd;
  }

  #keepString(piece: Buffer): void {
    if (this.#room === 0 || piece.length === 0) return;
    const taken = piece.subarray(0, this.#room);
    this.#keep(taken);
    this.#room -= taken.length;
    if (this.#room === 0) this.#isCutInEscape = endsInEscape(this.#kept.peek());
  }

  #keep(bytes: Buffer): void {
    this.#kept.append(bytes);
    this.#length += bytes.length;
  }
}

function endsInEscape(bytes: Buffer): boolean {
  let at = bytes.length;
  while (bytes[at - 1] === BACKSLASH) at -= 1;
  return (bytes.length - at) % 2 === 1;
}

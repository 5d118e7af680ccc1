import { simd, type Word } from './simd';

/** To begin over there costs more than to search so many bytes natively. */
const NEAR_BYTES = 2048;
/** After so many places where only the beginning stood, the search goes on natively: beginning over is dear. */
const TRIES_MAX = 8;
const WORD_BYTES = 4;

/** What may stand behind a text of four characters. */
export interface Range {
  readonly first: string;
  readonly last: string;
}

/**
 * Finds a text of five or more characters of ASCII, or one of four and another of a range. Takes the same time however
 * the text begins: a native search is slow where its first character is frequent.
 */
export class WordSearch {
  readonly #text: Buffer;
  readonly #word: Word;
  readonly #from: number;
  readonly #count: number;

  constructor(text: string, range?: Range) {
    this.#text = Buffer.from(text);
    const { first, last } = range ?? { first: text.charAt(WORD_BYTES), last: text.charAt(WORD_BYTES) };
    this.#from = first.charCodeAt(0);
    this.#count = last.charCodeAt(0) - this.#from + 1;
    this.#word = { bytes: this.#text.readInt32LE(), from: this.#from, count: this.#count };
  }

  /** The offset of the first from `start` on; -1 where there is none. */
  indexIn(bytes: Buffer, start: number): number {
    if (simd === undefined || bytes.length - start <= NEAR_BYTES) return this.#nativeIndex(bytes, start);
    let at = start;
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      at = simd.indexOf(bytes, this.#word, at);
      if (at === -1 || this.#standsAt(bytes, at)) return at;
      at += 1;
    }
    return this.#nativeIndex(bytes, at);
  }

  #standsAt(bytes: Buffer, at: number): boolean {
    const { length } = this.#text;
    return length === WORD_BYTES || bytes.subarray(at, at + length).equals(this.#text);
  }

  #nativeIndex(bytes: Buffer, start: number): number {
    let at = bytes.indexOf(this.#text, start);
    if (this.#text.length > WORD_BYTES) return at;
    while (at !== -1 && !this.#isInRange(bytes[at + WORD_BYTES] ?? 0)) at = bytes.indexOf(this.#text, at + 1);
    return at;
  }

  #isInRange(byte: number): boolean {
    return byte >= this.#from && byte < this.#from + this.#count;
  }
}

import { SIMD_WASM } from './simd.wasm';

/** Deeper nesting is refused, so that a body of brackets cannot make us remember one entry a byte. */
export const DEPTH_MAX = 10_000;

/** What is open at a place in a JSON text; nothing is if it is no string and there are no closers. */
export interface Open {
  isInString: boolean;
  /** The bytes that have to close what is open around it, the outermost first. */
  readonly closers: number[];
}

/** Five bytes in a row. */
export interface Word {
  /** Four of them, the first in the lowest bits. */
  readonly bytes: number;
  /** Behind them comes one of so many bytes from this one on. */
  readonly from: number;
  readonly count: number;
}
const WORD_BYTES = 5;

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly depth: { value: number };
  readonly isInString: { value: number };
  readonly skip: (at: number, end: number) => number;
  readonly find: (at: number, end: number, word: number, from: number, count: number) => number;
}

/** Where in its memory the text begins. */
const TEXT_AT = 16 * 1024;
const TEXT_BYTES_MAX = 64 * 1024;
/** Most searches end soon: more is brought over the longer one goes on. */
const TEXT_BYTES_FIRST = 1024;

/** The code of simd.wat, which looks at many bytes at a time: ten times as fast, with a copy of the text. */
class Simd {
  readonly #memory: Uint8Array;

  constructor(private readonly exports: Exports) {
    this.#memory = new Uint8Array(exports.memory.buffer);
  }

  /** As `skipOpen` does. */
  skip(bytes: Buffer, from: number, pause: number, open: Open): number {
    const { depth, isInString, skip } = this.exports;
    this.#memory.set(open.closers);
    depth.value = open.closers.length;
    isInString.value = Number(open.isInString);
    let at = from;
    let textBytes = TEXT_BYTES_FIRST;
    while (at >= 0 && at < pause && (depth.value > 0 || isInString.value === 1)) {
      const end = Math.min(pause, at + textBytes);
      this.#bring(bytes, at, end);
      const next = skip(TEXT_AT, TEXT_AT + end - at);
      at = next < 0 ? ~(at + ~next - TEXT_AT) : at + next - TEXT_AT;
      textBytes = Math.min(TEXT_BYTES_MAX, 4 * textBytes);
    }
    open.isInString = isInString.value === 1;
    open.closers.length = 0;
    for (let level = 0; level < depth.value; level++) open.closers.push(this.#memory[level] ?? 0);
    return at;
  }

  /** The offset of the first such word from `start` on; -1 where there is none. */
  indexOf(bytes: Buffer, { bytes: word, from, count }: Word, start: number): number {
    let textBytes = TEXT_BYTES_FIRST;
    const last = bytes.length - WORD_BYTES + 1;
    for (let at = start; at < last;) {
      const end = Math.min(last, at + textBytes);
      this.#bring(bytes, at, end + WORD_BYTES - 1);
      const found = this.exports.find(TEXT_AT, TEXT_AT + end - at, word, from, count);
      if (found !== -1) return at + found - TEXT_AT;
      at = end;
      textBytes = Math.min(TEXT_BYTES_MAX, 4 * textBytes);
    }
    return -1;
  }

  /** Not by `subarray`, which costs more than the copy of a short part. */
  #bring(bytes: Buffer, from: number, to: number): void {
    this.#memory.set(new Uint8Array(bytes.buffer, bytes.byteOffset + from, to - from), TEXT_AT);
  }
}

function load(): Simd | undefined {
  try {
    const code = new WebAssembly.Module(Buffer.from(SIMD_WASM, 'base64'));
    return new Simd(new WebAssembly.Instance(code).exports as unknown as Exports);
  } catch {
    return undefined;
  }
}

/** None where there is no WebAssembly with 128-bit vectors, as on very old processors. */
export const simd = load();

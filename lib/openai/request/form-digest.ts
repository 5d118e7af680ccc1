import { GrowingBuffer } from '../json/growing-buffer';
import { LOOKED_AT } from './json-digest';
import { Shifts } from './shifts';
import { isJson, mediaType } from './media-type';
import { partAt, VALUE_BYTES_MAX } from './multipart';

/** So much of each part is kept: its headers, and the beginning of a file. */
const FILE_BYTES = LOOKED_AT.eachBytes;
/** So much of one that may be read: what readers look at, and its headers. */
const FIELD_BYTES = VALUE_BYTES_MAX + FILE_BYTES;
/** Of all parts together. No honest form has so much outside its files. */
const KEPT_BYTES_MAX = LOOKED_AT.allBytes;
/** Stands where a part was cut: no text of JSON holds it. */
const CUT = Buffer.from('\0');
const LINE_BREAK_LENGTH = 2;

/**
 * A multipart/form-data body without most of what is in its files. Whatever looks like a delimiter stays, so that all
 * that could be told of the form from the whole can be told from this; a part that was cut has a zero byte there.
 */
export class FormDigest {
  readonly #dashes: Buffer;
  readonly #kept = new GrowingBuffer();
  #length = 0;
  /** What may be the beginning of a delimiter. */
  #rest: Buffer = Buffer.alloc(0);
  /** Bytes that have come before the chunk at hand. */
  #seen = 0;
  readonly #shifts = new Shifts();
  #partStart = 0;
  #room = FILE_BYTES;
  #isJudged = false;

  constructor(boundary: string) {
    this.#dashes = Buffer.from(`--${boundary}`, 'latin1');
  }

  get length(): number {
    return this.#length;
  }

  get isFull(): boolean {
    return this.#length >= KEPT_BYTES_MAX;
  }

  /** Nothing may be added behind this. */
  get bytes(): Buffer {
    this.#keepContent(this.#rest);
    this.#rest = Buffer.alloc(0);
    return this.#kept.peek();
  }

  /** Where in the body stands what is at this place of the digest, if it was kept. */
  placeOf(at: number): number {
    return this.#shifts.placeOf(at);
  }

  add(chunk: Buffer): void {
    if (this.isFull) return;
    const window = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const dashes = this.#dashes;
    const windowAt = this.#seen - this.#rest.length;
    this.#seen += chunk.length;
    let from = 0;
    for (let at = window.indexOf(dashes); at !== -1 && !this.isFull; at = window.indexOf(dashes, from)) {
      const lineStart = Math.max(from, at - LINE_BREAK_LENGTH);
      this.#keepContent(window.subarray(from, lineStart));
      from = at + dashes.length;
      this.#shifts.note(this.#length, windowAt + lineStart);
      this.#keep(window.subarray(lineStart, from));
      this.#beginPart();
    }
    const restStart = Math.max(from, window.length - dashes.length + 1 - LINE_BREAK_LENGTH);
    this.#keepContent(window.subarray(from, restStart));
    this.#rest = Buffer.from(window.subarray(restStart));
  }

  #beginPart(): void {
    this.#partStart = this.#length;
    this.#room = FILE_BYTES;
    this.#isJudged = false;
  }

  #keepContent(content: Buffer): void {
    let left = content;
    while (left.length > 0 && this.#room > 0) {
      const taken = left.subarray(0, this.#room);
      this.#keep(taken);
      left = left.subarray(taken.length);
      this.#room -= taken.length;
      if (this.#room === 0 && !this.#isJudged && this.#mayBeRead()) this.#room = FIELD_BYTES - FILE_BYTES;
      if (this.#room === 0) this.#keep(CUT);
    }
  }

  #mayBeRead(): boolean {
    this.#isJudged = true;
    const part = partAt(this.#kept.peek(), this.#partStart);
    if (part === undefined) return false;
    return part.fileName === undefined || isJson(mediaType(part.type));
  }

  #keep(bytes: Buffer): void {
    this.#kept.append(bytes);
    this.#length += bytes.length;
  }
}

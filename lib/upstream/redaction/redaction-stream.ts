import type { Redactor } from './redactor';

const NOTHING = Buffer.alloc(0);

/**
 * Hides secrets in a body as it passes. Holds back only what may be the beginning of a secret; all else goes on at
 * once, in the very buffer that it came in if there was nothing to hide.
 */
export class RedactionStream {
  #held: Buffer = NOTHING;

  constructor(private readonly redactor: Redactor) {}

  /** The bytes that may go on now. */
  push(chunk: Buffer): Buffer {
    return this.#pass(chunk, false);
  }

  /** The bytes that are left when nothing follows. */
  end(): Buffer {
    return this.#held.length === 0 ? NOTHING : this.#pass(NOTHING, true);
  }

  #pass(chunk: Buffer, isEnd: boolean): Buffer {
    const all = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const { bytes, heldFrom } = this.redactor.redact(all, isEnd);
    if (heldFrom === all.length) {
      this.#held = NOTHING;
      return bytes;
    }
    // A copy: a view would keep the whole chunk in memory.
    this.#held = Buffer.from(all.subarray(heldFrom));
    return bytes.subarray(0, heldFrom);
  }
}

/** Collects bytes by copying them, in time linear in their number however small the pieces are. */
export class GrowingBuffer {
  #bytes: Buffer;
  #length = 0;

  /** `bytesExpected`: room that is made at once. */
  constructor(bytesExpected = 0) {
    this.#bytes = bytesExpected === 0 ? Buffer.alloc(0) : Buffer.allocUnsafeSlow(bytesExpected);
  }

  append(piece: Buffer): void {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) this.#grow(length);
    piece.copy(this.#bytes, this.#length);
    this.#length = length;
  }

  /** What was collected so far. The memory becomes the caller's; the collector starts afresh. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#bytes = Buffer.alloc(0);
    this.#length = 0;
    return taken;
  }

  /** What was collected so far. Stays as it is: later pieces go behind it or elsewhere. */
  peek(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(length: number): void {
    const bytes = Buffer.allocUnsafe(Math.max(256, length * 2));
    this.#bytes.copy(bytes, 0, 0, this.#length);
    this.#bytes = bytes;
  }
}

import { MEDIUM_BODY_BYTES, SMALL_BODY_BYTES } from './body-budget';

/** The least that is claimed for a body whose size is not known. */
const FIRST_CLAIM_BYTES = 4 * 1024;

/**
 * Collects a body up to a limit, in memory of its own: of the size that is declared, or else, once it is no longer
 * small, of the largest size, of which the system gives only what is written to. So there is never a second copy.
 */
export class BodyCollector {
  #chunks: Buffer[] = [];
  #whole: Buffer | undefined;
  #bytes = 0;

  /** `bytesDeclared`: 0 if nothing is known. */
  constructor(
    private readonly bytesMax: number,
    private readonly bytesDeclared: number,
  ) {}

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * What to claim for a body that has come so far and may go on: what has come of one that is small, twice that of one
   * whose size is not known, and as much as it may get of one that is large.
   */
  get claim(): number {
    if (this.#isSmall && this.#bytes <= this.bytesDeclared) return this.#bytes;
    if (this.#bytes > MEDIUM_BODY_BYTES) return this.bytesMax;
    const more = Math.min(MEDIUM_BODY_BYTES, Math.max(FIRST_CLAIM_BYTES, 2 * this.#bytes));
    return Math.min(this.bytesMax, more);
  }

  /** False when that was too much. */
  add(chunk: Buffer): boolean {
    const start = this.#bytes;
    this.#bytes += chunk.length;
    if (this.#bytes > this.bytesMax) return false;
    const isPart = start === 0 && chunk.length < this.bytesDeclared && !this.#isSmall;
    if (isPart) this.#whole = Buffer.allocUnsafe(this.bytesDeclared);
    const hasRoom = this.#whole !== undefined && this.#bytes <= this.#whole.length;
    // Also where more came than was declared.
    if (!hasRoom && (this.#whole !== undefined || this.#bytes > MEDIUM_BODY_BYTES)) this.#gather(start);
    if (this.#whole === undefined) this.#chunks.push(chunk);
    else chunk.copy(this.#whole, start);
    return true;
  }

  /** As much has come as was declared. */
  get isWhole(): boolean {
    return this.#bytes === this.bytesDeclared;
  }

  /** Claims only as much memory as has arrived, whatever length the client declares. */
  get #isSmall(): boolean {
    return this.bytesDeclared > 0 && this.bytesDeclared <= SMALL_BODY_BYTES;
  }

  get body(): Buffer {
    if (this.#whole !== undefined) return this.#whole.subarray(0, this.#bytes);
    const [first] = this.#chunks;
    return this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
  }

  /** Makes room for more, and moves what has arrived there. */
  #gather(bytes: number): void {
    const parts = this.#whole === undefined ? this.#chunks : [this.#whole.subarray(0, bytes)];
    const whole = Buffer.allocUnsafeSlow(this.bytesMax);
    let at = 0;
    for (const part of parts) at += part.copy(whole, at);
    this.#whole = whole;
    this.#chunks = [];
  }
}

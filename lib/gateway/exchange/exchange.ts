import type { Spool } from '../body/incoming-body';
import type { RequestBody } from '../body/spooled-body';
import { MEDIUM_BODY_BYTES, SMALL_BODY_BYTES } from '../body/body-budget';
import type { BodyShare } from '../body/body-share';
import type { Stop } from '../../balancer/stop';

/** A client's request, whichever server it came through. */
export interface ClientRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
  header(name: string): string | undefined;
  /** Who opened the connection; undefined if the server does not tell. */
  readonly remoteAddress: string | undefined;
  /** Fires when the client has left before its answer was complete, or work for it has to end. */
  readonly signal: Stop;
  /**
   * Claims the memory for it from `share` before it is read, or of a large one the room that `spool` has on disk; then
   * its caller releases the body. Never rejects.
   */
  readBody(bytesMax: number, share: BodyShare, spool?: Spool): Promise<BodyResult>;
}

export type BodyResult =
  { readonly ok: true; readonly body: RequestBody } | { readonly ok: false; readonly reason: BodyTrouble };

/**
 * `stalled`: it did not get on while others waited for what it had claimed. `no_disk`: others take all that bodies may
 * have on disk. `disk_full`, `disk_failed`: the system says so.
 */
export type BodyTrouble =
  'too_large' | 'client_closed' | 'no_memory' | 'stalled' | 'no_disk' | 'disk_full' | 'disk_failed';

/** The way back. Calls after the client has gone do nothing. */
export interface ClientResponse {
  /** `headers`: names and values in turn. */
  start(status: number, headers: readonly string[]): void;
  /** False asks to wait for the function given to `onDrain`. */
  write(chunk: Buffer): boolean;
  onDrain(resume: () => void): void;
  end(chunk?: Buffer): void;
  /** The connection closes behind this answer, and the head says so if it has not gone out yet. */
  closeAfter(): void;
  /** Sends last words, if there are any, and closes so that the client notices that the answer is not whole. */
  breakOff(lastWords: Buffer | undefined): void;
}

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

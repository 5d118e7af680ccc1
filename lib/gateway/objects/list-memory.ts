import { Stop } from '../../balancer/stop';
import type { BodyShare } from '../body/body-share';

/** All parts of one list together. */
const LIST_BYTES_MAX = 128 * 2 ** 20;
const CLAIM_BYTES = 2 ** 20;

/** The memory of one list: a share of that for all bodies, for which it never waits. */
export class ListMemory {
  #bytes = 0;

  constructor(private readonly share: BodyShare) {}

  /** False if there is not so much. */
  take(bytes: number): boolean {
    this.#bytes += bytes;
    if (this.#bytes > LIST_BYTES_MAX) return false;
    return this.#bytes <= this.share.bytes || this.#claim();
  }

  giveBack(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** Nothing is left of it but this. */
  keep(bytes: number): void {
    this.#bytes = bytes;
    this.share.complete(Math.min(bytes, this.share.bytes));
  }

  #claim(): boolean {
    const stop = new Stop();
    const granted = this.share.grow(Math.ceil(this.#bytes / CLAIM_BYTES) * CLAIM_BYTES, stop);
    if (granted === true) return true;
    stop.abort();
    return false;
  }
}

import type { StopSignal } from '../../balancer/ports';
import type { SocketEnd } from '../../upstream/socket/socket-end';
import { SMALL_BODY_BYTES } from '../body/body-budget';
import type { BodyShare } from '../body/body-share';

type Reader = Pick<SocketEnd, 'hold' | 'release'>;

/**
 * Claims memory for messages that come, as for request bodies: what is small passes, of a large one no more is read
 * than there is memory for.
 */
export class MessageMemory {
  /** Of a message that has not come whole. */
  #coming = 0;
  #isWaiting = false;

  constructor(
    private readonly share: BodyShare,
    private readonly reader: Reader,
    private readonly signal: StopSignal,
    private readonly onNone: () => void,
  ) {}

  came(bytes: number): void {
    this.#coming += bytes;
    if (this.#coming <= SMALL_BODY_BYTES || this.#coming <= this.share.bytes || this.#isWaiting) return;
    const granted = this.share.grow(2 * this.#coming, this.signal);
    if (granted === true) return;
    this.#isWaiting = true;
    this.reader.hold('memory');
    void granted.then((isGranted) => {
      this.#isWaiting = false;
      if (isGranted) this.reader.release('memory');
      else if (!this.signal.aborted) this.onNone();
    });
  }

  /** It is here, and goes on. */
  isWhole(): void {
    this.#coming = 0;
    if (this.share.bytes > 0 && !this.#isWaiting) this.share.complete(0);
  }
}

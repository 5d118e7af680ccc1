import type { StopSignal } from '../balancer/ports';
import type { Timers } from './timers';

/** Bodies up to this size never wait behind larger ones. */
export const SMALL_BODY_BYTES = 2 ** 20;
/** What small bodies may take beyond the budget, as a share of it; and what those that wait may hold meanwhile. */
const SPARE_SHARE = 1 / 4;
const WAITING_SHARE = 1 / 8;
/** How long a request waits for memory before it is refused. */
const WAIT_MS = 10_000;
const WAITING_MAX = 1_000;

interface Waiter {
  readonly share: BodyShare;
  /** How large the body is to be in all. */
  readonly bytes: number;
  readonly settle: (isGranted: boolean) => void;
}

/**
 * The memory that the bodies of all requests may take together. A body gets its share before it is read, so that what
 * does not fit stays with the client; it waits up to 10 s for others to end, in order of arrival, and is then refused.
 *
 * Small bodies have a quarter more than the large ones, so they pass while large ones wait. A body whose size is not
 * known claims more as it grows, at last the largest size at once; all that wait hold so little together that they
 * cannot wait for each other.
 */
export class BodyBudget {
  #held = 0;
  #heldByLarge = 0;
  #heldByWaiting = 0;
  #small: Waiter[] = [];
  #large: Waiter[] = [];

  constructor(
    private bytesMax: number,
    private readonly timers: Timers,
  ) {}

  /** Bytes that bodies have at this moment. */
  get held(): number {
    return this.#held;
  }

  get waiting(): number {
    return this.#small.length + this.#large.length;
  }

  /** Counts from now on; what is held stays. */
  resize(bytesMax: number): void {
    this.bytesMax = bytesMax;
    this.#wake();
  }

  /** The share of one request, empty at first. Its owner releases it. */
  share(): BodyShare {
    return new BodyShare(this);
  }

  /** Makes a share as large as `bytes`: true at once if there is room, else a promise of whether there was in time. */
  grow(share: BodyShare, bytes: number, signal: StopSignal): true | Promise<boolean> {
    if (bytes <= share.bytes) return true;
    const isBehind = bytes > SMALL_BODY_BYTES && this.#large.length > 0;
    if (isBehind || !this.#fits(share, bytes)) return this.#wait(share, bytes, signal);
    this.#set(share, bytes);
    return true;
  }

  /** Gives back what is more than `bytes`. */
  shrink(share: BodyShare, bytes: number): void {
    if (bytes >= share.bytes) return;
    this.#set(share, bytes);
    if (this.waiting > 0) this.#wake();
  }

  #fits(share: BodyShare, bytes: number): boolean {
    const isWithinAll = this.#held - share.bytes + bytes <= this.bytesMax * (1 + SPARE_SHARE);
    if (bytes <= SMALL_BODY_BYTES) return isWithinAll;
    return isWithinAll && this.#heldByLarge - largePart(share.bytes) + bytes <= this.bytesMax;
  }

  #set(share: BodyShare, bytes: number): void {
    this.#held += bytes - share.bytes;
    this.#heldByLarge += largePart(bytes) - largePart(share.bytes);
    share.bytes = bytes;
  }

  #wait(share: BodyShare, bytes: number, signal: StopSignal): Promise<boolean> {
    const isTooMuch = this.#heldByWaiting + share.bytes > this.bytesMax * WAITING_SHARE;
    if ((share.bytes > 0 && isTooMuch) || this.waiting >= WAITING_MAX) return Promise.resolve(false);
    this.#heldByWaiting += share.bytes;
    return new Promise((resolve) => {
      const giveUp = (): void => {
        this.#remove(waiter);
        settle(false);
        this.#wake();
      };
      const cancelTimer = this.timers.after(WAIT_MS, giveUp);
      const settle = (isGranted: boolean): void => {
        cancelTimer();
        signal.removeEventListener('abort', giveUp);
        resolve(isGranted);
      };
      const waiter: Waiter = { share, bytes, settle };
      signal.addEventListener('abort', giveUp, { once: true });
      (bytes > SMALL_BODY_BYTES ? this.#large : this.#small).push(waiter);
    });
  }

  #remove(waiter: Waiter): void {
    this.#heldByWaiting -= waiter.share.bytes;
    this.#small = this.#small.filter((other) => other !== waiter);
    this.#large = this.#large.filter((other) => other !== waiter);
  }

  /** Small ones first, and in each queue by arrival: none passes one before it that does not fit yet. */
  #wake(): void {
    this.#serve(this.#small);
    this.#serve(this.#large);
  }

  #serve(queue: Waiter[]): void {
    for (let next = queue[0]; next !== undefined && this.#fits(next.share, next.bytes); next = queue[0]) {
      queue.shift();
      this.#grant(next);
    }
  }

  #grant({ share, bytes, settle }: Waiter): void {
    this.#heldByWaiting -= share.bytes;
    this.#set(share, bytes);
    settle(true);
  }
}

/** What one request holds of the budget. */
export class BodyShare {
  /** Only the budget sets it. */
  bytes = 0;

  constructor(private readonly budget: BodyBudget) {}

  /** See `BodyBudget.grow`. */
  grow(bytes: number, signal: StopSignal): true | Promise<boolean> {
    return this.budget.grow(this, bytes, signal);
  }

  shrink(bytes: number): void {
    this.budget.shrink(this, bytes);
  }

  /** Safe to call twice. */
  release(): void {
    this.budget.shrink(this, 0);
  }
}

function largePart(bytes: number): number {
  return bytes > SMALL_BODY_BYTES ? bytes : 0;
}

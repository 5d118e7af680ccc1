import type { StopSignal } from '../../balancer/ports';
import { BodyShare } from './body-share';
import { heavyOwners, Progress } from './body-progress';
import type { Timers } from '../exchange/timers';

/** Bodies up to this size have a reserve of their own, and hold no more of it than has come of them. */
export const SMALL_BODY_BYTES = 64 * 1024;
/** Bodies up to this size never wait behind larger ones, and stay in memory. */
export const MEDIUM_BODY_BYTES = 1024 * 1024;
/** What small, and what medium bodies may take beyond the budget; and what those that wait may hold meanwhile. */
const SMALL_SPARE_SHARE = 1 / 4;
const MEDIUM_SPARE_SHARE = 1 / 8;
const WAITING_SHARE = 1 / 8;
/** How long a request waits for memory before it is refused. */
const WAIT_MS = 10_000;
/** Of each size. */
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
 * Small bodies have a quarter more than the large ones, of which medium ones get half, so they pass while larger ones
 * wait. A body whose size is not known claims more as it grows; those that wait for more come before those that have
 * nothing yet, and hold so little together that they cannot wait for each other.
 *
 * While somebody waits, a body that does not get on loses its share (`body-progress.ts`), and a client token that has
 * more than half of the budget waits until all others have been served.
 */
export class BodyBudget {
  #held = 0;
  #heldByLarge = 0;
  #heldByWaiting = 0;
  #small: Waiter[] = [];
  #medium: Waiter[] = [];
  #large: Waiter[] = [];
  /** All shares that are not small, and those of small bodies that come in pieces. */
  readonly #noted = new Set<BodyShare>();
  readonly #progress: Progress;

  constructor(
    private bytesMax: number,
    private readonly timers: Timers,
  ) {
    this.#progress = new Progress(timers, () => ({
      shares: this.#noted,
      heavy: this.#heavyOwners(),
    }));
  }

  /** Bytes that bodies have at this moment. */
  get held(): number {
    return this.#held;
  }

  get waiting(): number {
    return this.#small.length + this.#medium.length + this.#large.length;
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
    if (this.#isBehind(share, bytes) || !this.#fits(share, bytes)) return this.#wait(share, bytes, signal);
    this.#set(share, bytes);
    return true;
  }

  /** Gives back what is more than `bytes`. */
  shrink(share: BodyShare, bytes: number): void {
    if (bytes < share.bytes) this.#set(share, bytes);
    if (share.bytes <= SMALL_BODY_BYTES && share.reading === undefined) this.#noted.delete(share);
    if (this.waiting > 0) this.#wake();
  }

  /** Takes note of a body that is being read in pieces. */
  note(share: BodyShare): void {
    this.#noted.add(share);
  }

  #isBehind({ owner }: BodyShare, bytes: number): boolean {
    if (this.waiting === 0) return false;
    if (bytes > MEDIUM_BODY_BYTES && this.#large.length > 0) return true;
    return this.#heavyOwners().has(owner);
  }

  #fits(share: BodyShare, bytes: number): boolean {
    const spare = bytes <= SMALL_BODY_BYTES ? SMALL_SPARE_SHARE : MEDIUM_SPARE_SHARE;
    if (this.#held - share.bytes + bytes > this.bytesMax * (1 + spare)) return false;
    if (bytes <= MEDIUM_BODY_BYTES) return true;
    return this.#heldByLarge - largePart(share.bytes) + bytes <= this.bytesMax;
  }

  #set(share: BodyShare, bytes: number): void {
    this.#held += bytes - share.bytes;
    this.#heldByLarge += largePart(bytes) - largePart(share.bytes);
    share.bytes = bytes;
    if (bytes > SMALL_BODY_BYTES) this.#noted.add(share);
  }

  /** Those that have more than half, while others wait. */
  #heavyOwners(): ReadonlySet<string> {
    const queues = [this.#small, this.#medium, this.#large];
    const waiting = new Set(queues.flat().map(({ share }) => share.owner));
    return heavyOwners(this.#noted, waiting, this.bytesMax / 2);
  }

  #wait(share: BodyShare, bytes: number, signal: StopSignal): Promise<boolean> {
    const queue = this.#queueFor(bytes);
    if (!this.#mayWait(share, bytes) || queue.length >= WAITING_MAX) return Promise.resolve(false);
    this.#heldByWaiting += share.bytes;
    share.isWaiting = true;
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
        share.isWaiting = false;
        if (this.waiting === 0) this.#progress.stop();
        resolve(isGranted);
      };
      const waiter: Waiter = { share, bytes, settle };
      signal.addEventListener('abort', giveUp, { once: true });
      queue.push(waiter);
      this.#progress.start();
    });
  }

  /** Whether those that wait with something in their hands hold so little that each could still get what it needs. */
  #mayWait(share: BodyShare, bytes: number): boolean {
    if (share.bytes === 0) return true;
    const held = this.#heldByWaiting + share.bytes;
    if (held <= this.bytesMax * WAITING_SHARE) return true;
    let needed = bytes - share.bytes;
    for (const waiter of [...this.#small, ...this.#medium, ...this.#large]) {
      if (waiter.share.bytes > 0) needed = Math.max(needed, waiter.bytes - waiter.share.bytes);
    }
    return held + needed <= this.bytesMax;
  }

  #queueFor(bytes: number): Waiter[] {
    if (bytes <= SMALL_BODY_BYTES) return this.#small;
    return bytes <= MEDIUM_BODY_BYTES ? this.#medium : this.#large;
  }

  #remove(waiter: Waiter): void {
    this.#heldByWaiting -= waiter.share.bytes;
    this.#small = this.#small.filter((other) => other !== waiter);
    this.#medium = this.#medium.filter((other) => other !== waiter);
    this.#large = this.#large.filter((other) => other !== waiter);
  }

  /** Small ones first, and in each queue by arrival: none passes one before it that does not fit yet. */
  #wake(): void {
    const heavy = this.#heavyOwners();
    this.#serve(this.#small, heavy);
    this.#serve(this.#medium, heavy);
    this.#serve(this.#large, heavy);
  }

  #serve(queue: Waiter[], heavy: ReadonlySet<string>): void {
    for (let next = firstOf(queue, heavy); next !== undefined; next = firstOf(queue, heavy)) {
      if (!this.#fits(next.share, next.bytes)) return;
      queue.splice(queue.indexOf(next), 1);
      this.#grant(next);
    }
  }

  #grant({ share, bytes, settle }: Waiter): void {
    this.#heldByWaiting -= share.bytes;
    this.#set(share, bytes);
    settle(true);
  }
}

/** A token that holds more than half comes after all others, and what is begun before what is not. */
function firstOf(queue: readonly Waiter[], heavy: ReadonlySet<string>): Waiter | undefined {
  const light = heavy.size === 0 ? queue : queue.filter(({ share }) => !heavy.has(share.owner));
  const fair = light.length === 0 ? queue : light;
  return fair.find(({ share }) => share.bytes > 0) ?? fair[0];
}

function largePart(bytes: number): number {
  return bytes > MEDIUM_BODY_BYTES ? bytes : 0;
}

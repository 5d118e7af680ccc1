import type { StopSignal } from '../../balancer/ports';

/** A body that is still coming. */
export interface Reading {
  /** Bytes that have come so far. */
  readonly bytes: () => number;
  /** It has stopped coming, or comes too slowly, and others wait for its memory. */
  readonly giveUp: () => void;
}

interface Budget {
  grow(share: BodyShare, bytes: number, signal: StopSignal): true | Promise<boolean>;
  shrink(share: BodyShare, bytes: number): void;
  note(share: BodyShare): void;
}

/** What one request holds of the budget. */
export class BodyShare {
  /** Only the budget sets these two. */
  bytes = 0;
  isWaiting = false;
  /** Whose request it is. */
  owner = '';
  reading: Reading | undefined;
  /** How much had come at the last look, and how many looks in a row found too little more. */
  bytesSeen = 0;
  slowLooks = 0;

  constructor(private readonly budget: Budget) {}

  /** See `BodyBudget.grow`. */
  grow(bytes: number, signal: StopSignal): true | Promise<boolean> {
    return this.budget.grow(this, bytes, signal);
  }

  /** From now on the body has to get on while others wait. */
  watch(reading: Reading): void {
    this.reading = reading;
    this.bytesSeen = reading.bytes();
    this.budget.note(this);
  }

  /** Gives back what is more than `bytes`. */
  shrink(bytes: number): void {
    this.budget.shrink(this, bytes);
  }

  /** How much of the body has come. */
  get bytesCome(): number {
    return this.reading?.bytes() ?? this.bytesSeen;
  }

  /** The body has come, and has this size. */
  complete(bytes: number): void {
    this.bytesSeen = this.bytesCome;
    this.reading = undefined;
    this.budget.shrink(this, bytes);
  }

  /** Safe to call twice. */
  release(): void {
    this.complete(0);
  }
}

import type { BodyShare } from './body-share';
import type { Timers } from '../exchange/timers';

const LOOK_MS = 1_000;
/** So many looks in a row may find too little; fewer than those that wait will wait for. */
const SLOW_LOOKS_MAX = 5;
/** What has to come between two looks; and of a client token that has more than half of the memory. */
const BYTES_MIN = 1_024;
const HEAVY_BYTES_MIN = 64 * 1_024;

interface Sight {
  readonly shares: Iterable<BodyShare>;
  /** Owners that have more than is fair while others wait. */
  readonly heavy: ReadonlySet<string>;
}

/**
 * While requests wait for memory, looks each second whether the bodies that have it get on. Who does not, for five
 * seconds, loses it. Nothing is measured while nobody waits: a slow upload harms nobody then.
 */
export class Progress {
  #cancel: (() => void) | undefined;

  constructor(
    private readonly timers: Timers,
    private readonly see: () => Sight,
  ) {}

  /** Safe to call again. */
  start(): void {
    this.#cancel ??= this.timers.after(LOOK_MS, () => {
      this.#cancel = undefined;
      this.start();
      this.#look();
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #look(): void {
    const { shares, heavy } = this.see();
    const lost: BodyShare[] = [];
    for (const share of shares) {
      const { reading } = share;
      // A body that itself waits for memory is not read meanwhile.
      if (reading === undefined || share.isWaiting) continue;
      const bytes = reading.bytes();
      const isSlow = bytes - share.bytesSeen < (heavy.has(share.owner) ? HEAVY_BYTES_MIN : BYTES_MIN);
      share.bytesSeen = bytes;
      share.slowLooks = isSlow ? share.slowLooks + 1 : 0;
      if (share.slowLooks >= SLOW_LOOKS_MAX) lost.push(share);
    }
    for (const share of lost) {
      share.reading?.giveUp();
      share.release();
    }
  }
}

/** The owners of more than `bytesMax` that others have to wait for. */
export function heavyOwners(
  shares: Iterable<BodyShare>,
  waiting: ReadonlySet<string>,
  bytesMax: number,
): ReadonlySet<string> {
  const held = new Map<string, number>();
  for (const { owner, bytes } of shares) held.set(owner, (held.get(owner) ?? 0) + bytes);
  const heavy = new Set<string>();
  for (const [owner, bytes] of held) {
    const isAlone = waiting.size === 0 || (waiting.size === 1 && waiting.has(owner));
    if (bytes > bytesMax && !isAlone) heavy.add(owner);
  }
  return heavy;
}

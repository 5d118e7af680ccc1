/** How many rows a slice of some kind of work may look at, learnt from how long the slices before took. */
export interface SliceSize {
  readonly rows: number;
  /** What a slice of `rows` rows took. One that was not full says nothing about more. */
  learn(tookMs: number, isFull: boolean): void;
}

export interface SliceBounds {
  readonly first: number;
  readonly least: number;
  readonly most: number;
  /** What a slice should take. */
  readonly aimMs: number;
}

/** Starts small, doubles while slices are quick, and goes down at once when one was slow. Never leaves its bounds. */
export function createSliceSize({ first, least, most, aimMs }: SliceBounds): SliceSize {
  let rows = first;
  return {
    get rows() {
      return rows;
    },
    learn(tookMs, isFull) {
      if (tookMs > aimMs) rows = Math.max(least, Math.floor((rows * aimMs) / tookMs));
      else if (isFull && tookMs < aimMs / 2) rows = Math.min(most, rows * 2);
    },
  };
}

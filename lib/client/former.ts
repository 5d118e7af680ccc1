/** A series of the time that another one is compared with: its buckets may be longer. */
export interface FormerSeries {
  readonly from: number;
  readonly to: number;
  readonly bucketMs: number;
  /** Where they are not one length after the other. */
  readonly starts?: readonly number[] | undefined;
  readonly values: readonly (number | null)[];
}

interface Window {
  readonly from: number;
  readonly bucketMs: number;
}

type Bucketed = Pick<Window, 'bucketMs'>;

/** Whether one of its buckets stands beside several. */
export function isCoarser({ bucketMs }: Bucketed, window: Bucketed): boolean {
  return bucketMs > window.bucketMs;
}

/**
 * What stood at the same place: one value for each of the times `starts`. A sum over a longer bucket is spread evenly
 * over it, so that the line is as high as its mean. null where nothing is known.
 */
export function formerValues(
  former: FormerSeries,
  window: Window,
  starts: readonly number[],
  isSum: boolean,
): (number | null)[] {
  const share = isSum ? window.bucketMs / former.bucketMs : 1;
  const ownStarts = former.values.map(
    (_, index) => (former.starts?.[index] ?? former.from + index * former.bucketMs) - former.from,
  );
  return starts.map((at) => {
    // Half a bucket on: days may be an hour off.
    const place = at - window.from + window.bucketMs / 2;
    if (place >= former.to - former.from) return null;
    const value = former.values[ownStarts.findLastIndex((start) => start <= place)] ?? null;
    return value === null || share >= 1 ? value : value * share;
  });
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Buckets that begin at a round time, for the labels below a chart: every ten minutes of an hour, every three hours of a
 * day, every midnight of a week, every fifth of a month. `clockOf` tells `HH:MM` in the reader's time zone. Where no bucket
 * begins at midnight (zones that are not whole buckets off), the first one of each day stands for it.
 */
export function chartTicks(
  points: readonly { readonly at: number }[],
  bucketMs: number,
  clockOf: (at: number) => string,
): number[] {
  const lengthMs = points.length * bucketMs;
  if (lengthMs <= 2 * HOUR_MS)
    return points.filter(({ at }) => clockOf(at).endsWith('0')).map(({ at }) => at);
  if (lengthMs <= 2 * DAY_MS) {
    return points
      .filter(({ at }) => {
        const [hours, minutes] = clockOf(at).split(':').map(Number);
        return hours !== undefined && hours % 3 === 0 && minutes === 0;
      })
      .map(({ at }) => at);
  }
  const days = points.filter(({ at }, index) => {
    const before = points[index - 1];
    return before !== undefined && clockOf(at) < clockOf(before.at);
  });
  const step = lengthMs > 10 * DAY_MS ? 5 : 1;
  return days.filter((_, index) => index % step === 0).map(({ at }) => at);
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const QUARTER_MS = HOUR_MS / 4;
const MARK_HOURS = 3;
/** Where each bucket is a day. */
const DAY_LABELS = 12;
/**
 * No clock goes back so far but at midnight; at the end of summer time it goes back an hour, in places half of one or
 * two.
 */
const MIDNIGHT_DROP_MINUTES = 360;

/**
 * Buckets that begin at a round time, for the labels below a chart: every ten minutes of an hour, every three hours of
 * a day, every midnight of a week, every fifth of a month. `clockOf` tells `HH:MM` in the reader's time zone. Where no
 * bucket begins at the round time (zones that are not whole buckets off, an hour that summer time leaves out), the
 * first one after it stands for it; an hour that comes twice has one label.
 */
export function chartTicks(
  points: readonly { readonly at: number }[],
  bucketMs: number,
  clockOf: (at: number) => string,
): number[] {
  const lengthMs = points.length * bucketMs;
  if (lengthMs <= 2 * HOUR_MS)
    return points.filter(({ at }) => clockOf(at).endsWith('0')).map(({ at }) => at);
  if (bucketMs >= DAY_MS) {
    const step = Math.ceil(points.length / DAY_LABELS);
    return points.filter((_, index) => index % step === 0).map(({ at }) => at);
  }
  const minutes = points.map(({ at }) => minutesOf(clockOf(at)));
  const markMinutes = bucketMs < QUARTER_MS ? 60 : MARK_HOURS * 60;
  const starts = lengthMs <= 2 * DAY_MS ? startsMark(markMinutes) : startsDay;
  const marked = points.filter((_, index) => starts(minutes[index] ?? 0, minutes[index - 1]));
  const step = lengthMs > 10 * DAY_MS ? 5 : 1;
  return marked.filter((_, index) => index % step === 0).map(({ at }) => at);
}

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}

const startsMark =
  (mark: number) =>
  (minutes: number, before: number | undefined): boolean =>
    before === undefined ? minutes % mark === 0 : Math.floor(minutes / mark) !== Math.floor(before / mark);

function startsDay(minutes: number, before: number | undefined): boolean {
  return before === undefined ? minutes === 0 : before - minutes >= MIDNIGHT_DROP_MINUTES;
}

/** The last bucket of a range is still being filled: less than this may be nothing but that. */
const SAME_SHARE = 0.02;
/** Beyond this a share says less than how many times as much it is. */
const TIMES_MIN = 3;
/** A share of a share is told in points: tenths of them are the smallest that matter. */
const SAME_POINTS = 0.05;

/**
 * How a figure stands to that of the time before: `+12 %`, `−40 %`, `× 3.4`, `=` for about the same; undefined where
 * there is nothing to compare with.
 */
export function formatChange(now: number | null, before: number | null): string | undefined {
  if (now === null || before === null || before <= 0) return undefined;
  const share = now / before - 1;
  if (Math.abs(share) < SAME_SHARE) return '=';
  if (share + 1 >= TIMES_MIN) {
    const times = share + 1;
    return `× ${times >= 9.95 ? Math.round(times) : times.toFixed(1)}`;
  }
  return `${signed(Math.round(100 * share))} %`;
}

/** The same for shares of 1, in points of a hundred: `+0.4`, `−12.0`. */
export function formatPoints(now: number | null, before: number | null): string | undefined {
  if (now === null || before === null) return undefined;
  const points = 100 * (now - before);
  return Math.abs(points) < SAME_POINTS ? '=' : signed(Number(points.toFixed(1)), 1);
}

function signed(value: number, digits = 0): string {
  return `${value < 0 ? '\u2212' : '+'}${Math.abs(value).toFixed(digits)}`;
}

/** So far rows are looked for: one that has gone further is as good as gone. */
const REACH = 500;

/**
 * Where something is now that stood at `index` before: rows come and go above it. Undefined if it is not near, nor at
 * the top.
 */
export function indexNear(
  count: number,
  index: number,
  isIt: (index: number) => boolean,
): number | undefined {
  const reach = Math.min(REACH, count);
  for (let step = 0; step <= reach; step += 1) {
    for (const at of step === 0 ? [index] : [index + step, index - step]) {
      if (at >= 0 && at < count && isIt(at)) return at;
    }
  }
  // Sorted by what changes, a row jumps to an end.
  for (let step = 0; step < reach; step += 1) {
    for (const at of [step, count - 1 - step]) if (isIt(at)) return at;
  }
  return undefined;
}

/** The last of ascending times that is not after this one; undefined if all are. */
export function startBefore(starts: readonly number[], at: number): number | undefined {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return starts[low - 1];
}

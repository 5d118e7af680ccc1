const RUNS_MIN = 3;
const RUNS_MAX = 40;

/**
 * Whether a piece of work takes at most so many times as long as another, both in turns on the same machine. Whatever
 * else the machine does only ever adds, so the least of several runs counts; a busy machine gets more of them.
 */
export function takesAtMost(times: number, work: () => void, other: () => void): boolean {
  let [leastMs, otherLeastMs] = [Infinity, Infinity];
  for (let run = 1; run <= RUNS_MAX; run += 1) {
    otherLeastMs = Math.min(otherLeastMs, msOf(other));
    leastMs = Math.min(leastMs, msOf(work));
    if (run >= RUNS_MIN && leastMs <= times * otherLeastMs) return true;
  }
  return false;
}

function msOf(work: () => void): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

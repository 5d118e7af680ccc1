/** The time of the live state, and the steady time at which the wall clock said something. */
export interface RestoreTime {
  now(): number;
  steadyOf(wall: number): number;
}

/** No rest is longer: a week is the longest limit that providers have. */
const REST_MS_MAX = 8 * 86_400_000;

/** A stored time that has been. One in the future was written under a clock that was wrong. */
export function pastTime(at: number, time: RestoreTime): number {
  return Math.min(time.steadyOf(at), time.now());
}

/**
 * The end of a stored rest. No rest becomes longer than it was asked for: one that was written under a clock that was
 * ahead is cut by as much as that, and none lasts for more than eight days from when it was written.
 */
export function restoredDeadline(until: number, writtenAt: number, time: RestoreTime): number {
  const aheadMs = Math.max(0, time.steadyOf(writtenAt) - time.now());
  return Math.min(time.steadyOf(until), time.steadyOf(writtenAt) + REST_MS_MAX) - aheadMs;
}

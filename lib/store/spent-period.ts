/**
 * What the sums of a budget are stored under: the name of the period, and behind it, once they have been reset in it,
 * a number. So whatever was spent before a reset, wherever that was, belongs to something that is over, as it does at
 * the end of a period: `day 2026-11-30 1796000000000`.
 */
export type StoredPeriod = string;

const RESET = / (\d{13,})$/;

/** The period without its resets. */
export function periodIn(stored: StoredPeriod): string {
  return stored.replace(RESET, '');
}

/** Begins anew in `period`: the name that no one has used yet, after `before`. `at` is about the time. */
export function resetPeriod(period: string, before: StoredPeriod, at: number): StoredPeriod {
  const last = periodIn(before) === period ? Number(RESET.exec(before)?.[1] ?? 0) : 0;
  return `${period} ${Math.max(at, last + 1)}`;
}

/** The name that sums of `period` have now: that of the last reset, if `known` tells of one in the same period. */
export function storedPeriod(period: string, known: StoredPeriod | undefined): StoredPeriod {
  return known?.startsWith(period) === true && periodIn(known) === period ? known : period;
}

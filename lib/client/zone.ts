import { offsetMinutes } from '../config/wall-clock';

export { timeOfWall, wallTime } from '../config/wall-clock';

/** The zone's distance from UTC at that time: `UTC`, `UTC+2`, `UTC-3:30`. */
export function zoneName(at: number, timeZone: string): string {
  const minutes = offsetMinutes(at, timeZone);
  if (minutes === 0) return 'UTC';
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const sign = minutes < 0 ? '-' : '+';
  return `UTC${sign}${hours}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
}

/** The time by ISO 8601, in that zone: `2026-03-01T21:14:05+02:00`. */
export function isoTime(at: number, timeZone: string): string {
  const minutes = offsetMinutes(at, timeZone);
  const local = new Date(at + minutes * 60_000).toISOString().slice(0, 19);
  const two = (value: number) => String(value).padStart(2, '0');
  const distance = Math.abs(minutes);
  return `${local}${minutes < 0 ? '-' : '+'}${two(Math.floor(distance / 60))}:${two(distance % 60)}`;
}

/** No zone is farther from UTC. */
const FARTHEST_MS = 14 * 3_600_000;

/** The year there at that time. */
export function yearOf(at: number, timeZone: string): number {
  const year = new Date(at - FARTHEST_MS).getUTCFullYear();
  if (year === new Date(at + FARTHEST_MS).getUTCFullYear()) return year;
  return new Date(at + offsetMinutes(at, timeZone) * 60_000).getUTCFullYear();
}

/** What a short date has to show besides month and day: its year, unless that is the current one or nobody knows it. */
export function yearUnlike(thisYear: number, at: number, timeZone: string): { readonly year?: 'numeric' } {
  return thisYear === 0 || yearOf(at, timeZone) === thisYear ? {} : { year: 'numeric' };
}

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

/** The time there by its clock, as fields for times have it: `2026-03-01T21:14`. */
export function wallTime(at: number, timeZone: string): string {
  return new Date(at + offsetMinutes(at, timeZone) * 60_000).toISOString().slice(0, 16);
}

/**
 * When the clock there says so. Of an hour that comes twice it is the first; one that a change of the clock leaves out
 * is taken as if the clock had not been changed yet. Undefined for what is no time.
 */
export function timeOfWall(wall: string, timeZone: string): number | undefined {
  const asUtc = Date.parse(`${wall}Z`);
  if (Number.isNaN(asUtc)) return undefined;
  const before = asUtc - offsetMinutes(asUtc - DAY_MS, timeZone) * 60_000;
  const after = asUtc - offsetMinutes(asUtc + DAY_MS, timeZone) * 60_000;
  return [before, after].find((at) => at + offsetMinutes(at, timeZone) * 60_000 === asUtc) ?? before;
}

const DAY_MS = 86_400_000;

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

function offsetMinutes(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  }).formatToParts(at);
  const of = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((part) => part.type === type)?.value ?? 0);
  const local = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return Math.round((local - at) / 60_000);
}

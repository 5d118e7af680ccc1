const DAY_MS = 86_400_000;

/** The last one used: to make one costs a hundred times what using it does. */
let clock: { readonly timeZone: string; readonly format: Intl.DateTimeFormat } | undefined;

function clockOf(timeZone: string): Intl.DateTimeFormat {
  if (clock?.timeZone === timeZone) return clock.format;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  });
  clock = { timeZone, format };
  return format;
}

/** How far the clocks there are ahead of UTC at that time. */
export function offsetMinutes(at: number, timeZone: string): number {
  const parts = clockOf(timeZone).formatToParts(at);
  const of = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((part) => part.type === type)?.value ?? 0);
  const local = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return Math.round((local - at) / 60_000);
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

/** Undefined for what is no day of the calendar, such as `2026-02-30`. */
export function calendarDay(text: string): string | undefined {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00Z`) : NaN;
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text ? undefined : text;
}

/** The day so many days later, or earlier. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

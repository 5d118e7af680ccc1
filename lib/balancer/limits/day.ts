import type { DayReset } from './limits';

/** A provider's day: from its reset to the next one. Milliseconds since the epoch. */
export interface Day {
  readonly from: number;
  readonly to: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const MIDNIGHT: DayReset = { time: '00:00', zone: 'UTC' };

/** The day that it is now. One in which clocks are set is an hour shorter or longer. */
export function dayOf(now: number, reset: DayReset = MIDNIGHT): Day {
  const from = resetBefore(now, reset);
  // Past the end of the longest day, and before that of the next one.
  return { from, to: resetBefore(from + 1.25 * DAY_MS, reset) };
}

function resetBefore(now: number, { time, zone }: DayReset): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const sinceMidnight = (hours * 60 + minutes) * MINUTE_MS;
  const local = now + offsetMs(zone, now);
  const midnight = Math.floor(local / DAY_MS) * DAY_MS;
  for (const back of [0, 1, 2]) {
    const at = fromLocal(midnight - back * DAY_MS + sinceMidnight, zone);
    if (at <= now) return at;
  }
  return now;
}

/** The moment at which clocks of the zone show so much. */
function fromLocal(local: number, zone: string): number {
  const guess = local - offsetMs(zone, local);
  return local - offsetMs(zone, guess);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** How far clocks of the zone are ahead of UTC at that time, milliseconds since the epoch. */
export function offsetMs(zone: string, at: number): number {
  if (zone === 'UTC') return 0;
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

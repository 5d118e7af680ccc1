import type { QuietHours } from '../config/alert-rules';

const MINUTES_OF_DAY = 24 * 60;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether it is quiet at that time; milliseconds since the epoch. `from` is quiet, `to` is not; alike: all day. */
export function isQuiet(quiet: QuietHours | null, at: number): boolean {
  if (quiet === null) return false;
  const [from, to] = [minutesOf(quiet.from), minutesOf(quiet.to)];
  if (from === to) return true;
  const now = minuteAt(at, quiet.zone);
  return from < to ? now >= from && now < to : now >= from || now < to;
}

function minutesOf(time: string): number {
  const [hours = '0', minutes = '0'] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}

function minuteAt(at: number, zone: string): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(zone, format);
  }
  return minutesOf(format.format(at)) % MINUTES_OF_DAY;
}

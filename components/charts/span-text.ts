export type SpanTextOptions = Pick<
  Intl.DateTimeFormatOptions,
  'month' | 'day' | 'hour' | 'minute' | 'hourCycle'
> & {
  timeZoneName?: 'short';
};

const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const day = { month: 'short', day: 'numeric' } as const;
const zone = { timeZoneName: 'short' } as const;

/**
 * A bucket's span with its time zone; `Nov 26, 21:00 – 21:15 UTC`. The day and the zone stand at both ends where they
 * differ: the clock that goes back shows `02:45 GMT+2 – 02:00 GMT+1`.
 */
export function spanText(
  from: number,
  to: number,
  textOf: (at: number, options: SpanTextOptions) => string,
): string {
  const zoneOf = (at: number) => textOf(at, { ...clock, ...zone }).replace(textOf(at, clock), '');
  const isSameZone = zoneOf(from) === zoneOf(to);
  const isSameDay = textOf(from, day) === textOf(to, day);
  const begin = textOf(from, { ...day, ...clock, ...(isSameZone ? {} : zone) });
  const end = textOf(to, { ...(isSameDay ? {} : day), ...clock, ...zone });
  return `${begin} – ${end}`;
}

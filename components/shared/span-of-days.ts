interface SpanTextOptions {
  readonly year?: 'numeric';
  readonly month?: 'short';
  readonly day?: 'numeric';
  readonly hour?: '2-digit';
  readonly minute?: '2-digit';
  readonly hourCycle?: 'h23';
}

interface SpanTextPorts {
  /** In the zone of the dashboard. */
  readonly textOf: (at: number, options: SpanTextOptions) => string;
  /** Whether a day begins there at that time. */
  readonly isMidnight: (at: number) => boolean;
  /** The year, where it has to be told. */
  readonly year: { readonly year?: 'numeric' };
}

const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

/**
 * A span of time: `Nov 3 – Nov 9` where it is of whole days, else `Nov 9, 14:00 – 17:00`. Put together here: servers
 * and browsers do not agree on what stands between the ends.
 */
export function spanOfDays(from: number, to: number, { textOf, isMidnight, year }: SpanTextPorts): string {
  const day = { month: 'short', day: 'numeric', ...year } as const;
  if (isMidnight(from) && isMidnight(to)) {
    const [first, last] = [textOf(from, day), textOf(to - 1, day)];
    return first === last ? first : `${first} – ${last}`;
  }
  const isSameDay = textOf(from, day) === textOf(to, day);
  return `${textOf(from, { ...day, ...clock })} – ${textOf(to, isSameDay ? clock : { ...day, ...clock })}`;
}

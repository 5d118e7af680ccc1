const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** No limit begins anew later than that: a bare number that says so is something else. */
const LATEST_MS = 366 * DAY_MS;
/** No time is told in more characters. */
const TEXT_LENGTH_MAX = 100;
const NUMBER = /^\d+(?:\.\d+)?$/;

const UNITS_MS: readonly (readonly [unit: string, ms: number])[] = [
  ['ms|milliseconds?|毫秒', 1],
  ['s|secs?|seconds?|秒(?:钟)?', 1_000],
  ['m|mins?|minutes?|分(?:钟)?', 60_000],
  ['h|hrs?|hours?|(?:个)?小时', HOUR_MS],
  ['d|days?|天', DAY_MS],
];
const WHOLE_UNITS_MS = UNITS_MS.map(([names, ms]) => [new RegExp(`^(?:${names})$`), ms] as const);
/** One amount, as most answers tell it. */
const SHORT = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;
const SHORT_UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: HOUR_MS,
  d: DAY_MS,
};
const UNIT = UNITS_MS.map(([unit]) => unit).join('|');
/** A number with its unit, or several: `6m0s`, `1 hour 2 minutes`, `34.07s`, `5 分钟`. */
export const DURATION = `\\d+(?:\\.\\d+)?\\s?(?:${UNIT})(?![a-z])(?:(?:,| and|\\s)*\\d+(?:\\.\\d+)?\\s?(?:${UNIT})(?![a-z]))*|(?:\\d+(?:\\.\\d+)?(?:ms|s|m|h|d))+`;
const WHOLE_DURATION = new RegExp(`^(?:${DURATION})$`, 'i');
const PART = new RegExp(`(\\d+(?:\\.\\d+)?)\\s?(${UNIT})(?![a-z])|(\\d+(?:\\.\\d+)?)(ms|s|m|h|d)`, 'gi');

/**
 * Milliseconds until the time that a header or field names: `6m0s`, `36 seconds`, plain seconds, an epoch in seconds
 * or milliseconds, an HTTP or ISO date. Never negative; undefined if it is none of these. A number without a unit that
 * would be more than a year ahead is none.
 */
export function durationMs(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (text === '' || text.length > TEXT_LENGTH_MAX) return undefined;
  const short = SHORT.exec(text);
  if (short !== null) return Number(short[1]) * (SHORT_UNITS_MS[short[2] ?? ''] ?? 0);
  if (NUMBER.test(text)) return bareMs(Number(text), now);
  return WHOLE_DURATION.test(text) ? sumMs(text) : untilDateMs(text, now);
}

function bareMs(number: number, now: number): number | undefined {
  const ms = number < 1e9 ? number * 1000 : Math.max(0, (number < 1e12 ? number * 1000 : number) - now);
  return ms <= LATEST_MS ? ms : undefined;
}

function sumMs(text: string): number {
  let total = 0;
  for (const [, amount, unit, amountShort, unitShort] of text.matchAll(PART)) {
    total += Number(amount ?? amountShort) * unitMs((unit ?? unitShort ?? '').toLowerCase());
  }
  return total;
}

function unitMs(unit: string): number {
  for (const [names, ms] of WHOLE_UNITS_MS) if (names.test(unit)) return ms;
  return 0;
}

/** A date with a time of day, with or without a zone. */
export const DATE = String.raw`\d{4}-\d\d-\d\d(?:[t ]| at )\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s?(?:z|utc|gmt|[+-]\d\d:?\d\d)?`;
const HTTP_OR_ISO_DATE = /^(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? |\d{4}-\d\d-\d\d)/i;

/**
 * Reads HTTP and ISO dates only: `Date.parse` on its own finds a date in almost any text ("wait 60" is in 1960). One
 * that names no zone is taken to be `zoneMs` ahead of UTC.
 */
export function untilDateMs(text: string, now: number, zoneMs = 0): number | undefined {
  if (!HTTP_OR_ISO_DATE.test(text)) return undefined;
  const read = readDate(text.trim()) ?? { date: Date.parse(text), isZoneless: false };
  if (Number.isNaN(read.date)) return undefined;
  return Math.max(0, read.date - (read.isZoneless ? zoneMs : 0) - now);
}

/** A date that `Date.parse` may read otherwise than others do: without a zone, or with a blank in it. */
function readDate(text: string): { readonly date: number; readonly isZoneless: boolean } | undefined {
  const bare =
    /^(\d{4}-\d\d-\d\d)(?:[t ]| at )(\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s?(?:(z|utc|gmt)|([+-]\d\d):?(\d\d))?$/i.exec(
      text,
    );
  if (bare === null) return undefined;
  const [, day = '', time = '', utc, hours, minutes = '00'] = bare;
  const zone = hours === undefined ? 'Z' : `${hours}:${minutes}`;
  return { date: Date.parse(`${day}T${time}${zone}`), isZoneless: utc === undefined && hours === undefined };
}

import type { HeaderRecord } from '../../balancer/ports';
import { DATE, DURATION, durationMs, untilDateMs } from './durations';
import type { ErrorEvidence } from './error-evidence';
import { isFields } from '../json/json-fields';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A week is the longest limit that providers have; more is taken for a mistake. */
const NAMED_MS_MAX = 8 * DAY_MS;
/** Of a header, which is made by a machine that may count in other units. */
const HEADER_MS_MAX = DAY_MS;
/** What is further off is no time at all. */
const NONSENSE_MS = 100 * 365 * DAY_MS;

/**
 * When the trouble is over, in milliseconds since the epoch, as the answer itself says: in its headers, in fields of
 * its body or in its text; of a limit by the day or week that names no time, the next midnight of its provider.
 * Undefined if it names none, or none in the future.
 */
export function resetTime(headers: HeaderRecord, evidence: ErrorEvidence, now: number): number | undefined {
  const sentAt = sentTime(headers, now);
  if (isDayQuota(evidence)) return now + untilMidnightMs(evidence, sentAt);
  const inBody = bodyMs(evidence, sentAt);
  const asked = atMost(HEADER_MS_MAX, retryAfterMs(headers, sentAt));
  const named =
    larger(asked, atMost(NAMED_MS_MAX, inBody)) ?? atMost(HEADER_MS_MAX, limitResetMs(headers, sentAt));
  // Whole milliseconds: "57.238747106s" would make a time that neither the database nor the API can hold.
  if (named !== undefined) return named > 0 ? now + Math.ceil(named) : undefined;
  return BY_THE_DAY.test(evidence.text) ? now + untilMidnightMs(evidence, sentAt) : undefined;
}

/** Less is what a slow answer makes, and the header has whole seconds only. */
const CLOCKS_DIFFER_MS = 30_000;

/** A clock that is further behind was never set. */
const CLOCK_MIN = Date.UTC(2020, 0, 1);

/**
 * When the answer was sent, by the clock of its sender, whose dates it names (RFC 9110 section 6.6.1); ours unless the
 * two differ by much.
 */
export function sentTime(headers: HeaderRecord, now: number): number {
  const date = Date.parse(single(headers.date) ?? '');
  return date > CLOCK_MIN && Math.abs(date - now) > CLOCKS_DIFFER_MS ? date : now;
}

/** Undefined for nonsense. */
function atMost(max: number, ms: number | undefined): number | undefined {
  return ms === undefined || ms > NONSENSE_MS ? undefined : Math.min(ms, max);
}

function larger(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}

// ——— Headers.

/**
 * `retry-after-ms`, else `Retry-After`: seconds or a date (RFC 9110 section 10.2.3), with a unit too as some relays
 * write it.
 */
export function retryAfterMs(headers: HeaderRecord, now: number): number | undefined {
  const inMs = Number(single(headers['retry-after-ms'])?.trim() || NaN);
  if (inMs > 0 && inMs <= NONSENSE_MS) return inMs;
  const ms = durationMs(single(headers['retry-after'] ?? headers['x-retry-after']), now);
  return ms === 0 ? undefined : ms;
}

const RESET_HEADER = /^(?:x-ratelimit-reset(.*)|anthropic-ratelimit-(.+)-reset|ratelimit-reset(.*))$/;

/**
 * The longest reset among the used-up kinds (`x-ratelimit-remaining-<kind>: 0` and its relatives of Anthropic and the
 * IETF draft). If nothing is said of what is left at all, the longest of the resets that are.
 */
export function limitResetMs(headers: HeaderRecord, now: number): number | undefined {
  const usedUp: number[] = [];
  const unknown: number[] = [];
  let isAnyRemainingGiven = false;
  for (const [name, value] of Object.entries(headers)) {
    if (!RESET_HEADER.test(name) || name.includes(OVERAGE)) continue;
    const left = leftOf(headers, name);
    if (left !== undefined) isAnyRemainingGiven = true;
    const reset = durationMs(single(value), now);
    if (reset === undefined) continue;
    if (left === undefined) unknown.push(reset);
    else if (left <= 0) usedUp.push(reset);
  }
  return longest(usedUp) ?? (isAnyRemainingGiven ? undefined : longest(unknown)) ?? draftResetMs(headers);
}

/** Of Anthropic's subscriptions: whether more may be bought, whatever is left. */
const OVERAGE = '-overage-';

/**
 * What is left of the limit whose reset this header names: a count, or of a window of Anthropic's subscriptions
 * (`anthropic-ratelimit-unified-5h-reset`) whatever its `-status` or its `-utilization`, a share, says.
 */
function leftOf(headers: HeaderRecord, resetName: string): number | undefined {
  const told = (part: string): string | undefined => single(headers[resetName.replace('reset', part)]);
  const remaining = told('remaining');
  if (remaining !== undefined) return Number(remaining);
  if (!resetName.startsWith('anthropic-')) return undefined;
  const status = told('status');
  if (status !== undefined) return status === 'rejected' ? 0 : 1;
  const used = told('utilization');
  return used === undefined ? undefined : 1 - Number(used);
}

function longest(times: readonly number[]): number | undefined {
  return times.length === 0 ? undefined : Math.max(...times);
}

/** The IETF draft in its older and newer form: `limit=10, remaining=0, reset=77` and `"default";r=0;t=77`. */
function draftResetMs(headers: HeaderRecord): number | undefined {
  const text = single(headers.ratelimit)?.slice(0, 200) ?? '';
  if (!/\b(?:remaining|r)=0\b/.test(text)) return undefined;
  const seconds = Number(/\b(?:reset|t)=(\d+)/.exec(text)?.[1] ?? 0);
  return seconds > 0 ? seconds * 1000 : undefined;
}

function single(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

// ——— Bodies.

/** Fields that hold a time, in lower case and without separators. */
const SECONDS_FIELD =
  /^(?:retryafter(?:seconds|secs?)?|retrydelay|resetsinseconds|resets?in(?:seconds)?|resetafter(?:seconds)?|waitseconds|quotaresetdelay|resetafterseconds)$/;
const MS_FIELD = /^(?:retryafterms|retryaftermilliseconds|resetsinms|resetinms)$/;
const DATE_FIELD =
  /^(?:resets?at|resettime|quotaresettimestamp|nextresettime|resetsattime|xratelimitreset|resetdate|retryat|availableat)$/;
const DEPTH_MAX = 6;
const FIELDS_MAX = 400;

function bodyMs(evidence: ErrorEvidence, now: number): number | undefined {
  const inFields = evidence.json === undefined ? undefined : new FieldTimes(now).in(evidence.json);
  return inFields ?? textMs(evidence, now);
}

/** Looks for times in the fields of an error, headers quoted in it included. */
class FieldTimes {
  #left = FIELDS_MAX;

  constructor(private readonly now: number) {}

  in(value: unknown, depth = 0): number | undefined {
    if (depth > DEPTH_MAX || this.#left <= 0) return undefined;
    let longest: number | undefined;
    if (Array.isArray(value)) {
      for (const one of value.slice(0, 8)) longest = larger(longest, this.in(one, depth + 1));
    } else if (isFields(value)) {
      for (const [name, one] of Object.entries(value)) {
        this.#left -= 1;
        longest = larger(
          longest,
          one instanceof Object ? this.#nested(name, one, depth) : this.#time(name, one),
        );
      }
    }
    return longest;
  }

  #nested(name: string, value: object, depth: number): number | undefined {
    if (name !== 'headers') return this.#duration(name, value) ?? this.in(value, depth + 1);
    const headers = Object.fromEntries(
      Object.entries(value).map(([header, one]) => [header.toLowerCase(), String(one)]),
    );
    return retryAfterMs(headers, this.now) ?? limitResetMs(headers, this.now);
  }

  /** A protobuf duration as an object. */
  #duration(name: string, { seconds, nanos }: { seconds?: unknown; nanos?: unknown }): number | undefined {
    if (!SECONDS_FIELD.test(plain(name))) return undefined;
    const ms = Number(seconds ?? 0) * 1000 + Number(nanos ?? 0) / 1e6;
    return ms > 0 ? ms : undefined;
  }

  #time(name: string, value: unknown): number | undefined {
    if (typeof value !== 'string' && typeof value !== 'number') return undefined;
    const field = plain(name);
    const text = String(value);
    if (MS_FIELD.test(field)) return Number(text) > 0 ? Number(text) : undefined;
    if (SECONDS_FIELD.test(field)) return positive(durationMs(text, this.now));
    // A small number would be a duration, in an unknown unit.
    if (!DATE_FIELD.test(field) || Number(text) < 1e9) return undefined;
    return positive(durationMs(text, this.now) ?? untilDateMs(text, this.now));
  }
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '');
}

function positive(ms: number | undefined): number | undefined {
  return ms !== undefined && ms > 0 ? ms : undefined;
}

const BEFORE_DURATION =
  '(?:try(?:ing)?(?: your request)? again|retry(?:ing)?(?: your request)?|wait(?: for)?|available(?: again)?|resets?|reset(?:ting)?|come back|back|request again|expires?)(?: again)?(?: in| after| for| within| at least)?(?: about| approximately| another)?';
const IN_TEXT: readonly RegExp[] = [
  /limit reached\|(\d{10,13})\b/,
  new RegExp(`${BEFORE_DURATION}[: ]{0,2}(${DURATION})`, 'i'),
  new RegExp(`(?:请|可|需)?(?:在|等待|于)?\\s?(${DURATION})\\s?(?:后|之后|以后)`, 'i'),
  /(?:retry|try again|wait)(?: after| in| for)?[: ]{1,2}(\d+(?:\.\d+)?)(?! ?(?:[a-z%]|\d))/i,
];
const DATE_IN_TEXT = new RegExp(
  `(?:until|resets?|reset|reset(?:s|ting)? (?:at|on|time)|(?:again|access|available|renews?|retry|back)[^.\\n]{0,20}?(?: at| on| after)?|after|将在|于|在|重置(?:时间)?|恢复(?:时间)?)[^\\d\\n]{0,20}?(${DATE})`,
  'i',
);
const CHINESE = /[一-鿿]/;
const BEIJING_MS = 8 * HOUR_MS;
/** Zhipu's codes of limits: its times are Beijing's in English texts too. */
const ZHIPU_LIMIT = /^13\d\d$/;

function textMs({ text, words }: ErrorEvidence, now: number): number | undefined {
  const date = DATE_IN_TEXT.exec(text)?.[1];
  if (date !== undefined) {
    const isBeijing = CHINESE.test(text) || words.some((word) => ZHIPU_LIMIT.test(word));
    const ms = positive(untilDateMs(date, now, isBeijing ? BEIJING_MS : 0));
    if (ms !== undefined) return ms;
  }
  for (const pattern of IN_TEXT) {
    const duration = pattern.exec(text)?.[1]?.trim();
    const ms = duration === undefined ? undefined : positive(durationMs(duration, now));
    if (ms !== undefined) return ms;
  }
  return undefined;
}

// ——— Limits by the day.

const BY_THE_DAY =
  /\bper[ _-]?(?:day|week)\b|\bdaily\b|\bweekly\b|\b[rt]pd\b|\btoday\b|每(?:日|天|周)|[今当本](?:日|天|周)|日(?:限额|配额|上限)/;
const GOOGLE = /googleapis\.com|ai\.google\.dev|generativelanguage|generate_\w+/;
/** The times that Gemini names beside a day's quota are those of the minute. */
const GOOGLE_DAY_QUOTA = /"quotaId"\s*:\s*"[^"]*PerDay/;

function isDayQuota({ raw }: ErrorEvidence): boolean {
  return GOOGLE_DAY_QUOTA.test(raw);
}

/** Google's days end in California, those of Chinese providers in Beijing, all others' at midnight UTC. */
function untilMidnightMs({ raw, text }: ErrorEvidence, now: number): number {
  if (GOOGLE.test(raw)) return untilMidnightIn('America/Los_Angeles', now);
  return untilMidnightIn(CHINESE.test(text) ? 'Asia/Shanghai' : 'UTC', now);
}

function untilMidnightIn(timeZone: string, now: number): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(now);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value ?? 0);
  const intoDayMs = ((part('hour') * 60 + part('minute')) * 60 + part('second')) * 1000;
  return DAY_MS - intoDayMs;
}

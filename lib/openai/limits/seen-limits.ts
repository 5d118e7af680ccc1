import type { SeenLimit } from '../../balancer/limits/seen-limits';
import type { HeaderRecord } from '../../balancer/ports';
import { durationMs } from '../errors/durations';
import { retryAfterMs, sentTime } from '../errors/error-times';
import { draftLimits, withPolicy, type ToldLimit } from './draft-limits';
import { DAY_MS, HOUR_MS, limitName, MINUTE_MS, type LimitName } from './limit-name';
import { refillSpan } from './refill-span';

/**
 * What an answer's headers say of the limits of its key: those of OpenAI and who speaks like it (Azure, Groq, Cerebras,
 * Mistral, xAI, Together, Fireworks, SambaNova, GitHub Models), of Anthropic, OpenRouter, and the IETF drafts. `now` in
 * milliseconds since the epoch. All spans of one kind are told, and of several limits for the same span (a project's
 * and its organisation's) the one with the least left. Undefined if nothing is said; nonsense counts as nothing said.
 * Never throws.
 */
export function seenLimits(headers: HeaderRecord, now: number): readonly SeenLimit[] | undefined {
  let names: string[] | undefined;
  for (const name in headers) if (isOfLimits(name)) (names ??= []).push(name);
  return names === undefined ? undefined : read(headers, names, now);
}

const LETTER_A = 0x61;
const LETTER_R = 0x72;
const LETTER_X = 0x78;

/** Asked of every header of every answer. */
function isOfLimits(name: string): boolean {
  switch (name.charCodeAt(0)) {
    case LETTER_X:
      return (
        name.startsWith('x-ratelimit') || name.startsWith('x-rate-limit') || name.startsWith('x-tokenlimit')
      );
    case LETTER_R:
      return name.startsWith('ratelimit') || name.startsWith('rate-limit');
    case LETTER_A:
      return name.startsWith('anthropic-ratelimit');
    default:
      return false;
  }
}

/** One limit, while its headers are being collected. */
interface Group extends Pick<LimitName, 'of' | 'part'> {
  readonly name: string;
  spanMs: number | undefined;
  limit: string | undefined;
  remaining: string | undefined;
  reset: string | undefined;
}

const GROUPS_MAX = 16;

/** Of a time that is told by the sender's clock: an epoch, or a date. */
const TIME_LENGTH_MIN = 10;

function read(headers: HeaderRecord, names: readonly string[], now: number): SeenLimit[] | undefined {
  const byName = toldBy(groupsOf(headers, names));
  const told = headers.ratelimit === undefined ? byName : [...byName, ...draft(headers)];
  const sentAt = told.some(({ reset = '' }) => reset.length >= TIME_LENGTH_MIN)
    ? sentTime(headers, now)
    : now;
  const isGroq = headers['x-groq-region'] !== undefined;
  const limits: SeenLimit[] = [];
  for (const one of told) {
    const limit = seen(one, isGroq, sentAt, now);
    if (limit === undefined) continue;
    if (limit.remaining === 0 && limit.resetAt === undefined) limit.resetAt = backAt(headers, one, now);
    const place = limits.findIndex(({ of, spanMs }) => of === limit.of && spanMs === limit.spanMs);
    const known = limits[place];
    if (known === undefined) limits.push(limit);
    else if (left(limit) < left(known)) limits[place] = limit;
  }
  return limits.length === 0 ? undefined : limits;
}

/** Of one that is used up and tells no reset: when the answer says to come back, or when the span is over. */
function backAt(headers: HeaderRecord, { spanMs }: ToldLimit, now: number): number | undefined {
  return resetAt(retryAfterMs(headers, now) ?? spanMs, Math.max(DAY_MS, spanMs ?? 0), now);
}

function left({ remaining = Infinity }: SeenLimit): number {
  return remaining;
}

function groupsOf(headers: HeaderRecord, names: readonly string[]): readonly Group[] {
  const groups: Group[] = [];
  for (const name of names) {
    const value = headers[name];
    const meant = limitName(name);
    if (meant === undefined || typeof value !== 'string') continue;
    put(groupOf(meant, groups), meant.field, value.trim());
  }
  return groups;
}

function groupOf(meant: LimitName, groups: Group[]): Group {
  for (const known of groups) if (known.name === meant.group) return known;
  const group = newGroup(meant);
  if (groups.length < GROUPS_MAX) groups.push(group);
  return group;
}

function newGroup({ group: name, of, part, spanMs }: LimitName): Group {
  return { name, of, part, spanMs, limit: undefined, remaining: undefined, reset: undefined };
}

function put(group: Group, field: LimitName['field'], text: string): void {
  if (field === 'span') {
    const seconds = countOf(text) ?? 0;
    if (seconds > 0) group.spanMs = seconds * 1000;
  } else if (field === 'limit') {
    const { limit, spanMs } = withPolicy(text);
    group.limit = limit;
    group.spanMs ??= spanMs;
  } else {
    group[field] = text;
  }
}

function draft({ ratelimit, 'ratelimit-policy': policy }: HeaderRecord): readonly ToldLimit[] {
  if (typeof ratelimit !== 'string') return [];
  return draftLimits(ratelimit, typeof policy === 'string' ? policy : '');
}

/**
 * A limit of the request's or the answer's tokens alone says little of one of both together, so it is told only once it
 * is used up, when it holds everything up; and of the request's where nothing else is said of tokens.
 */
function toldBy(groups: readonly Group[]): readonly ToldLimit[] {
  if (groups.every(({ part }) => part === 'whole')) return groups;
  const isWholeTold = groups.some(({ of, part }) => of === 'tokens' && part === 'whole');
  return groups.flatMap((group) => {
    if (group.part === 'whole') return [group];
    if (countOf(group.remaining) === 0) return [{ ...group, limit: undefined }];
    return group.part === 'input' && !isWholeTold ? [group] : [];
  });
}

function seen(told: ToldLimit, isGroq: boolean, sentAt: number, now: number): Seen | undefined {
  const limit = countOf(told.limit);
  // No answer could be given within such a limit: it stands for none.
  if (limit === 0) return undefined;
  const left = isOverdrawn(told) ? 0 : countOf(told.remaining);
  if (limit === undefined && left === undefined) return undefined;
  const remaining = left === undefined || limit === undefined ? left : Math.min(left, limit);
  const resetMs = durationMs(told.reset, sentAt);
  const refill = { of: told.of, text: told.reset, resetMs, limit, remaining };
  const refilled = refillSpan(refill);
  const spanMs = told.spanMs ?? refilled.spanMs ?? (isGroq ? GROQ_SPANS_MS[told.of] : undefined);
  const farthest = farthestMs(told.reset, spanMs);
  const unitMs = refilled.unitMs;
  return { of: told.of, spanMs, limit, remaining, resetAt: resetAt(resetMs, farthest, now), unitMs };
}

type Seen = { -readonly [field in keyof SeenLimit]: SeenLimit[field] };

const NEGATIVE = /^-\d{1,12}(?:\.\d+)?$/;

/** More was used than there was. Where the limit itself is below 0, there is none. */
function isOverdrawn({ limit, remaining = '' }: ToldLimit): boolean {
  return NEGATIVE.test(remaining) && countOf(limit) !== undefined;
}

/** Requests are counted by the day, which its names do not say. */
const GROQ_SPANS_MS = { requests: DAY_MS, tokens: MINUTE_MS } as const;

/** What is more than a day of seconds may be milliseconds. */
const WITHOUT_UNIT = /^\d{1,9}(?:\.\d+)?$/;

/** Longer limits than of a week say so in their names. */
function farthestMs(reset = '', spanMs = 0): number {
  return Math.max(WITHOUT_UNIT.test(reset) ? DAY_MS : 7 * DAY_MS, spanMs);
}

/** Undefined for one in the past, and for one so far off that it was told in other units. */
function resetAt(resetMs: number | undefined, farthest: number, now: number): number | undefined {
  if (resetMs === undefined || resetMs <= 0 || resetMs > farthest + HOUR_MS) return undefined;
  // Whole milliseconds: "172.799999ms".
  return now + Math.ceil(resetMs);
}

/** Below a million millions: more is how some say that there is no limit. */
const DIGITS_MAX = 12;
const COUNT = /^\d{1,12}\.\d+$/;

/** Asked several times of each answer: nearly all are digits alone. */
function countOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return wholeOf(text) ?? (COUNT.test(text) ? Math.floor(Number(text)) : undefined);
}

const ZERO = 0x30;
const NINE = 0x39;

function wholeOf(text: string): number | undefined {
  if (text.length === 0 || text.length > DIGITS_MAX) return undefined;
  let number = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < ZERO || code > NINE) return undefined;
    number = number * 10 + code - ZERO;
  }
  return number;
}

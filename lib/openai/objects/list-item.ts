import { isFields, parsed, type Fields } from '../json/json-fields';
import { JsonScanner } from '../json/json-scanner';
import { scalarEnd, shortStringAt } from '../json/json-scan';

/** An item of a list as it came: never written anew. */
export interface ListItem {
  readonly bytes: Buffer;
  /** From `start` to `end` it is in `bytes`. */
  readonly start: number;
  readonly end: number;
  readonly id: string | undefined;
  /** By which the list is in order. */
  readonly rank: Rank;
}

/** Seconds since the epoch, another number, or a text that is no time. */
export type Rank = number | string;

/** Smaller ones are parsed; of others only the members that are needed are. */
const PARSED_BYTES_MAX = 32 * 1024;
const STEP_BYTES = 64 * 1024;
/** Larger ones are not read. */
const ITEM_BYTES_MAX = 4 * 2 ** 20;
/** Much deeper than any object of an API, and no deeper than clients can read. */
export const ITEM_DEPTH_MAX = 200;

/** Reads the object that stands there; undefined for what is no JSON, no object, or too large. A slice with each step. */
export function* readItem(
  bytes: Buffer,
  start: number,
  end: number,
  orderBy: string | undefined,
): Generator<void, ListItem | undefined> {
  if (end - start > ITEM_BYTES_MAX) return undefined;
  if (end - start > PARSED_BYTES_MAX) return yield* readLarge(bytes, start, end, orderBy);
  const text = bytes.toString('utf8', start, end);
  const fields = parsed(text);
  if (!isFields(fields)) return undefined;
  const known = { id: idIn(fields), rank: rankOf(fields, orderBy) };
  // Bytes that are no text would make the whole list unreadable.
  const clean = text.includes('\uFFFD') ? Buffer.from(text) : undefined;
  return clean === undefined
    ? { bytes, start, end, ...known }
    : { bytes: clean, start: 0, end: clean.length, ...known };
}

function idIn({ id }: Fields): string | undefined {
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/** Where APIs tell when something was made. */
const MADE_AT = ['created_at', 'created', 'createdAt', 'create_time', 'createTime'] as const;
const DATE = /^\d{4}-\d\d-\d\dT/;

/** 0 if it does not say. */
function rankOf(fields: Fields, orderBy: string | undefined): Rank {
  const own = orderBy === undefined ? undefined : asRank(fields[orderBy]);
  if (own !== undefined) return own;
  for (const name of MADE_AT) {
    const rank = asRank(fields[name]);
    if (rank !== undefined) return rank;
  }
  return 0;
}

function asRank(value: unknown): Rank | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  const at = DATE.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? value : at / 1000;
}

/** Negative if `a` is less than `b`; numbers are less than texts. */
export function compareRanks(a: Rank, b: Rank): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
}

function* readLarge(
  bytes: Buffer,
  start: number,
  end: number,
  orderBy: string | undefined,
): Generator<void, ListItem | undefined> {
  const fields: Record<string, unknown> = {};
  const names = new Set<string | undefined>(['id', orderBy, ...MADE_AT]);
  const member = (nameAt: number, valueAt: number, depth: number): number => {
    const name = depth === 1 ? shortStringAt(bytes, nameAt) : undefined;
    if (name !== undefined && names.has(name)) fields[name] = valueOf(bytes, valueAt);
    return 0;
  };
  const scanner = new JsonScanner(bytes.subarray(0, end), start, { member }, true);
  while (!scanner.step(STEP_BYTES)) yield;
  if (scanner.end !== end || !(yield* hasSoundStrings(bytes, start, end))) return undefined;
  return { bytes, start, end, id: idIn(fields), rank: rankOf(fields, orderBy) };
}

/** A short text or a number. */
function valueOf(bytes: Buffer, at: number): unknown {
  const text = shortStringAt(bytes, at);
  if (text !== undefined) return text;
  const end = scalarEnd(bytes, at, 64);
  return end < 0 ? undefined : parsed(bytes.toString('latin1', at, end));
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
const ESCAPES: ReadonlySet<number | undefined> = new Set(
  Array.from('"\\/bfnrtu', (one) => one.charCodeAt(0)),
);
const FOUR_DIGITS = /^[0-9a-fA-F]{4}$/;

/** What the scanner does not look at: whether what is in its strings may stand there. */
function* hasSoundStrings(bytes: Buffer, start: number, end: number): Generator<void, boolean> {
  let isInString = false;
  let pause = start + STEP_BYTES;
  for (let at = start; at < end; at++) {
    if (at >= pause) {
      yield;
      pause = at + STEP_BYTES;
    }
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) isInString = !isInString;
    else if (!isInString) continue;
    else if (byte < 0x20) return false;
    else if (byte === BACKSLASH) {
      at += 1;
      if (!ESCAPES.has(bytes[at])) return false;
      if (bytes[at] === LETTER_U && !FOUR_DIGITS.test(bytes.toString('latin1', at + 1, at + 5))) return false;
    }
  }
  return true;
}

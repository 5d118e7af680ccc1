import {
  OPEN_BRACE,
  OPEN_BRACKET,
  closingQuote,
  nestedEnd,
  scanMembers,
  shortStringAt,
  skipSpace,
} from '../json/json-scan';
import { eachObject, idOfObject } from './object-ids';
import { ID_MAX, idOf } from './object-paths';
import { isWithin, type Span } from './own-words';
import { isNamedByText, isOwn, type Ranks } from './reference-names';

/** Takes what stands at a place where something was found. */
export type Take = (bytes: Buffer, at: number, found: Found) => void;

const QUOTE = 0x22;
const COLON = 0x3a;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const CLOSE_BRACE = 0x7d;
const LETTER_A = 0x61;
const LETTER_C = 0x63;
const LETTER_I = 0x69;
const LETTER_L = 0x6c;
const LETTER_N = 0x6e;
const LETTER_R = 0x72;
const NONE: readonly string[] = [];

/** So many places are looked at for each name; no real body has more. Two or three milliseconds. */
const PLACES_MAX = 5_000;
/** An object takes as long as so many. */
const OBJECT_PLACES = 20;
/** To walk over so many bytes takes as long as one. */
const PLACE_BYTES = 1024;
const REFERENCES_MAX = 64;
/** So many are told apart: some of them are only words. */
const CANDIDATES_MAX = 1_000;
/** Longer names are none of ours. */
const NAME_MAX = 28;
/** Of a name in which each character is escaped. */
export const NAME_BYTES_MAX = 6 * NAME_MAX;
/** An object that stands for an id is short. */
export const OBJECT_BYTES_MAX = 512;
const ITEM_BYTES_MAX = 256;
/** A list of skills is short as well. */
const CONTAINER_BYTES_MAX = 4 * 1024;
const ITEM_RANK = 3;

/** An id that a text may name, and where. */
interface Candidate {
  readonly id: string;
  readonly rank: number;
  readonly at: number;
}

/** What a text may name, by rank. */
export class Found {
  constructor(readonly memberRanks: Ranks) {}

  readonly #candidates: Candidate[] = [];
  readonly #ids = new Set<string>();
  places = 0;
  /** Where the part begins that is being looked at. */
  offset = 0;

  get isEmpty(): boolean {
    return this.#candidates.length === 0;
  }

  get isFull(): boolean {
    return this.#ids.size >= CANDIDATES_MAX;
  }

  /** Of one name. */
  get hasSeenEnough(): boolean {
    return this.places >= PLACES_MAX || this.isFull;
  }

  /** Something was walked over from there to `end`, or to `~end`, which is where it broke off. */
  walked(from: number, end: number): void {
    this.places += Math.max(0, (end < 0 ? ~end : end) - from) / PLACE_BYTES;
  }

  /** `at`: where it stands, in the part. */
  add(text: string | undefined, rank: number, at: number): void {
    const id = text === undefined ? undefined : idOf(text);
    if (id === undefined || this.isFull) return;
    this.#ids.add(id);
    this.#candidates.push({ id, rank, at: this.offset + at });
  }

  /** The most binding first, without those that stand nowhere but in these places. */
  idsOutside(spans: readonly Span[]): readonly string[] {
    const ranks = new Map<string, number>();
    for (const { id, rank, at } of this.#candidates) {
      if (isWithin(spans, at)) continue;
      ranks.set(id, Math.min(rank, ranks.get(id) ?? rank));
    }
    if (ranks.size === 0) return NONE;
    const sorted = [...ranks].sort(([, a], [, b]) => a - b);
    return sorted.slice(0, REFERENCES_MAX).map(([id]) => id);
  }
}

/** The quote before a name of which a part is at `at`; -1 if there is none near. */
function nameStart(bytes: Buffer, at: number, bytesMax = NAME_MAX): number {
  for (let start = at - 1; start >= 0 && at - start < bytesMax; start--) {
    if (bytes[start] === QUOTE) return start;
  }
  return -1;
}

/** What the member names of which a part of the name is at `at`. */
export function takeNear(bytes: Buffer, at: number, found: Found): void {
  // `call_id` and `tool_call_id` are the most frequent of such names, and a client's own affair.
  if (bytes[at - 1] === LETTER_L && bytes[at - 3] === LETTER_A) return;
  takeMember(bytes, nameStart(bytes, at), found);
}

/** What the member of which the name begins at `nameAt` names, if it is one of ours and not a part of some text. */
export function takeMember(bytes: Buffer, nameAt: number, found: Found): void {
  if (nameAt < 0 || bytes[nameAt - 1] === BACKSLASH) return;
  const nameEnd = bytes.indexOf(QUOTE, nameAt + 1);
  const name = bytes.toString('latin1', nameAt + 1, Math.min(nameEnd, nameAt + NAME_MAX));
  takeNamed(bytes, nameAt, name, found);
}

function takeNamed(bytes: Buffer, nameAt: number, name: string, found: Found): void {
  const rank = found.memberRanks.get(name);
  if (rank === undefined) return;
  const at = valueOf(bytes, nameAt);
  if (at < 0) return name === TYPE_OF_FILE ? takeTyped(bytes, nameAt, rank, found) : undefined;
  if (bytes[at] !== QUOTE || isNamedByText(name)) takeValue(bytes, at, { name, rank }, found);
}

const TYPE_OF_FILE = 'file_id';

/** A source of an eval says by its type that its `id` is a file's. */
function takeTyped(bytes: Buffer, at: number, rank: number, found: Found): void {
  if (bytes[lastBefore(bytes, at)] === COLON) found.add(idNear(bytes, at, found), rank, at);
}

/** The same for a name of which a character is escaped at `at`. */
export function takeEscaped(bytes: Buffer, at: number, found: Found): void {
  const nameAt = nameStart(bytes, at, NAME_BYTES_MAX);
  if (nameAt < 0 || bytes[nameAt - 1] === BACKSLASH) return;
  const name = shortStringAt(bytes, nameAt);
  if (name !== undefined && name !== '') takeNamed(bytes, nameAt, name, found);
}

/** Sound that an earlier answer has made, or a voice to speak with. */
export function takeAudio(bytes: Buffer, nameAt: number, found: Found): void {
  takeMember(bytes, nameAt, found);
  const valueAt = valueOf(bytes, nameAt);
  if (valueAt < 0 || bytes[valueAt] !== OPEN_BRACE) return;
  const voice = bytes.subarray(valueAt, valueAt + OBJECT_BYTES_MAX).indexOf(VOICE);
  if (voice !== -1) takeMember(bytes, valueAt + voice, found);
}

const VOICE = Buffer.from('"voice"');
const SKILL = Buffer.from('"skill_id"');

/** A container, by its id, and the skills that it is to have. */
export function takeContainer(bytes: Buffer, nameAt: number, found: Found): void {
  takeMember(bytes, nameAt, found);
  const valueAt = valueOf(bytes, nameAt);
  if (valueAt < 0 || bytes[valueAt] !== OPEN_BRACE || bytes[nameAt - 1] === BACKSLASH) return;
  const part = bytes.subarray(valueAt, valueAt + CONTAINER_BYTES_MAX);
  const end = nestedEnd(part, 0);
  const skills = end < 0 ? part : part.subarray(0, end);
  for (let at = skills.indexOf(SKILL); at !== -1; at = skills.indexOf(SKILL, at + 1)) {
    found.places += 1;
    takeMember(bytes, valueAt + at, found);
  }
}

/** Of earlier answers, what only their own account can read: reasoning, images and what was compacted. */
const ALONE = /^"(?:rs|ig|cmp)_/;
const ALONE_BYTES = 5;

/** An item that the `id` at `nameAt` names in such a way. */
export function takeItem(bytes: Buffer, nameAt: number, found: Found): void {
  const valueAt = idAt(bytes, nameAt);
  if (valueAt >= 0 && isAlone(bytes, valueAt)) addItem(bytes, valueAt, found);
}

/** The same, and one that is named by nothing but its `id`. */
export function takeItemOrReference(bytes: Buffer, nameAt: number, found: Found): void {
  const valueAt = idAt(bytes, nameAt);
  if (valueAt < 0) return;
  const isTaken =
    isAlone(bytes, valueAt) || (isLastIn(bytes, valueAt) && isReference(bytes, nameAt, valueAt));
  if (isTaken) addItem(bytes, valueAt, found);
}

/** Where the text begins that the `id` is; -1 if it is none. */
function idAt(bytes: Buffer, nameAt: number): number {
  const colon = skipSpace(bytes, nameAt + ID_BYTES);
  const valueAt =
    bytes[colon] === COLON && bytes[nameAt - 1] !== BACKSLASH ? skipSpace(bytes, colon + 1) : -1;
  return bytes[valueAt] === QUOTE ? valueAt : -1;
}

const ID_BYTES = '"id"'.length;

function isAlone(bytes: Buffer, valueAt: number): boolean {
  const first = bytes[valueAt + 1];
  if (first !== LETTER_R && first !== LETTER_I && first !== LETTER_C) return false;
  return ALONE.test(bytes.toString('latin1', valueAt, valueAt + ALONE_BYTES));
}

function addItem(bytes: Buffer, valueAt: number, found: Found): void {
  found.add(shortStringAt(bytes, valueAt), ITEM_RANK, valueAt);
}

/** Whether the object ends behind the text, or goes on with what may be null. Most items go on with their type. */
function isLastIn(bytes: Buffer, valueAt: number): boolean {
  const next = skipSpace(bytes, closingQuote(bytes, valueAt + 1) + 1);
  if (bytes[next] === CLOSE_BRACE) return true;
  const nameAt = skipSpace(bytes, next + 1);
  return (
    bytes[next] === COMMA && bytes[skipSpace(bytes, skipSpace(bytes, nameAt + TYPE_BYTES) + 1)] === LETTER_N
  );
}

const TYPE_BYTES = '"type"'.length;
const REFERENCE_BEFORE = /[[,]\s*\{\s*(?:"type"\s*:\s*null\s*,\s*)?$/;
const REFERENCE_BEHIND = /^"[^"\\]*"\s*(?:,\s*"type"\s*:\s*null\s*)?\}/;
const AROUND_BYTES = 128;

/** Whether a list holds an object of an `id`, and at most a type of null beside it. */
function isReference(bytes: Buffer, nameAt: number, valueAt: number): boolean {
  const before = bytes.toString('latin1', Math.max(0, nameAt - AROUND_BYTES), nameAt);
  const behind = bytes.toString('latin1', valueAt, valueAt + ID_MAX + AROUND_BYTES);
  return REFERENCE_BEFORE.test(before) && REFERENCE_BEHIND.test(behind);
}

/** What an item reference names that says its type, which stands at `at`. */
export function takeItemReference(bytes: Buffer, at: number, found: Found): void {
  found.add(idNear(bytes, at, found), ITEM_RANK, at);
}

/** The object that a member holds, by its `id`, however long it is. */
export function takeObject(bytes: Buffer, nameAt: number, found: Found): void {
  const at = valueOf(bytes, nameAt);
  found.walked(at, idOfObject(bytes, at, takeAt(bytes, found)));
}

/** The same for each of a list. */
export function takeObjects(bytes: Buffer, nameAt: number, found: Found): void {
  const at = valueOf(bytes, nameAt);
  found.walked(at, eachObject(bytes, at, takeAt(bytes, found)));
}

/** The last byte before `at` that is not white space. */
function lastBefore(bytes: Buffer, at: number): number {
  let last = at - 1;
  while ((bytes[last] ?? QUOTE) <= SPACE) last -= 1;
  return last;
}

/** Where the value of the member begins of which the name does at `nameAt`; -1 if it is no member. */
function valueOf(bytes: Buffer, nameAt: number): number {
  const nameEnd = bytes.indexOf(QUOTE, nameAt + 1);
  const colon = nameEnd === -1 ? -1 : skipSpace(bytes, nameEnd + 1);
  return bytes[colon] === COLON ? skipSpace(bytes, colon + 1) : -1;
}

/** Takes the id that stands there. */
function takeAt(bytes: Buffer, found: Found): (valueAt: number) => void {
  return (valueAt) => found.add(shortStringAt(bytes, valueAt), ITEM_RANK, valueAt);
}

interface Member {
  readonly name: string;
  readonly rank: number;
}

/** An id, a list of them, or an object with one. */
function takeValue(bytes: Buffer, at: number, member: Member, found: Found): void {
  if (bytes[at] === OPEN_BRACKET) takeList(bytes, at, member, found);
  else takeOne(bytes, at, member, found);
}

function takeOne(bytes: Buffer, at: number, { name, rank }: Member, found: Found): void {
  const id = bytes[at] === OPEN_BRACE ? idIn(bytes, at, found) : shortStringAt(bytes, at);
  if (id !== undefined && isOwn(name, id)) found.add(id, rank, at);
}

function takeList(bytes: Buffer, at: number, member: Member, found: Found): void {
  let next = skipSpace(bytes, at + 1);
  while ((bytes[next] === QUOTE || bytes[next] === OPEN_BRACE) && !found.hasSeenEnough) {
    found.places += 1;
    takeOne(bytes, next, member, found);
    const end = bytes[next] === QUOTE ? closingQuote(bytes, next + 1) + 1 : nestedEnd(bytes, next);
    if (end <= 0) return;
    next = skipSpace(bytes, end);
    if (bytes[next] === COMMA) next = skipSpace(bytes, next + 1);
  }
}

/** The `id` of the object that opens at `at`, if it is short. */
function idIn(bytes: Buffer, at: number, found: Found): string | undefined {
  found.places += OBJECT_PLACES;
  const part = bytes.subarray(at, at + OBJECT_BYTES_MAX);
  let id: string | undefined;
  scanMembers(part, 0, (nameAt, valueAt) => {
    if (shortStringAt(part, nameAt) === 'id') id = shortStringAt(part, valueAt);
  });
  return id;
}

/** The `id` of the small object around `at`. */
function idNear(bytes: Buffer, at: number, found: Found): string | undefined {
  const open = bytes.lastIndexOf(OPEN_BRACE, at);
  return open === -1 || at - open > ITEM_BYTES_MAX ? undefined : idIn(bytes, open, found);
}

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
import { isNamedByText, isOwn, type Ranks } from './reference-names';

/** Takes what stands at a place where something was found. */
export type Take = (bytes: Buffer, at: number, found: Found) => void;

const QUOTE = 0x22;
const COLON = 0x3a;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const CLOSE_BRACE = 0x7d;
const LETTER_C = 0x63;
const LETTER_I = 0x69;
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

type Span = readonly [from: number, to: number];

const METADATA = Buffer.from('"metadata"');
const METADATA_MAX = 64;

/** Where the members of that name stand that hold an object. */
function metadataIn(bytes: Buffer): readonly Span[] {
  const spans: Span[] = [];
  for (let at = bytes.indexOf(METADATA); at !== -1 && spans.length < METADATA_MAX;) {
    const from = valueOf(bytes, at);
    const isObject = bytes[from] === OPEN_BRACE && bytes[at - 1] !== BACKSLASH;
    const end = isObject ? nestedEnd(bytes, from) : at + METADATA.length;
    if (isObject) spans.push([from, end < 0 ? bytes.length : end]);
    at = end < 0 ? -1 : bytes.indexOf(METADATA, end);
  }
  return spans;
}

/** What a text names, by rank. */
export class Found {
  constructor(readonly memberRanks: Ranks) {}

  readonly #ranks = new Map<string, number>();
  #metadataOf: Buffer | undefined;
  #metadata: readonly Span[] = [];
  places = 0;

  get isFull(): boolean {
    return this.#ranks.size >= REFERENCES_MAX;
  }

  /** Of one name. */
  get hasSeenEnough(): boolean {
    return this.places >= PLACES_MAX || this.isFull;
  }

  /** Something was walked over from there to `end`, or to `~end`, which is where it broke off. */
  walked(from: number, end: number): void {
    this.places += Math.max(0, (end < 0 ? ~end : end) - from) / PLACE_BYTES;
  }

  add(text: string | undefined, rank: number): void {
    const id = text === undefined ? undefined : idOf(text);
    if (id === undefined || this.#ranks.size >= REFERENCES_MAX) return;
    this.#ranks.set(id, Math.min(rank, this.#ranks.get(id) ?? rank));
  }

  /** What stands there are a client's own words. */
  isInMetadata(bytes: Buffer, at: number): boolean {
    if (this.#metadataOf !== bytes) {
      this.#metadataOf = bytes;
      this.#metadata = metadataIn(bytes);
    }
    return this.#metadata.some(([from, to]) => at > from && at < to);
  }

  get ids(): readonly string[] {
    if (this.#ranks.size === 0) return NONE;
    return [...this.#ranks].sort(([, a], [, b]) => a - b).map(([id]) => id);
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
  if (found.isInMetadata(bytes, nameAt)) return;
  if (bytes[at] !== QUOTE || isNamedByText(name)) takeValue(bytes, at, { name, rank }, found);
}

const TYPE_OF_FILE = 'file_id';

/** A source of an eval says by its type that its `id` is a file's. */
function takeTyped(bytes: Buffer, at: number, rank: number, found: Found): void {
  if (bytes[lastBefore(bytes, at)] === COLON) found.add(idNear(bytes, at, found), rank);
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
  if (valueAt >= 0 && isAlone(bytes, valueAt)) addItem(bytes, nameAt, valueAt, found);
}

/** The same, and one that is named by nothing but its `id`. */
export function takeItemOrReference(bytes: Buffer, nameAt: number, found: Found): void {
  const valueAt = idAt(bytes, nameAt);
  if (valueAt < 0) return;
  const isTaken =
    isAlone(bytes, valueAt) || (isLastIn(bytes, valueAt) && isReference(bytes, nameAt, valueAt));
  if (isTaken) addItem(bytes, nameAt, valueAt, found);
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

function addItem(bytes: Buffer, nameAt: number, valueAt: number, found: Found): void {
  if (!found.isInMetadata(bytes, nameAt)) found.add(shortStringAt(bytes, valueAt), ITEM_RANK);
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
  found.add(idNear(bytes, at, found), ITEM_RANK);
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
  return (valueAt) => found.add(shortStringAt(bytes, valueAt), ITEM_RANK);
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
  if (id !== undefined && isOwn(name, id)) found.add(id, rank);
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

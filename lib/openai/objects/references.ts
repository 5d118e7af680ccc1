import {
  OPEN_BRACE,
  OPEN_BRACKET,
  nestedEnd,
  scanMembers,
  shortStringAt,
  skipSpace,
} from '../json/json-scan';
import { eachObject, idOfObject } from './object-ids';
import { ID_MAX, idOf } from './object-paths';
import { isNamedByText, ranksAt, type Ranks } from './reference-names';

/** Finds some of the names, and takes what stands behind them. */
interface Needle {
  readonly bytes: Buffer;
  readonly take: (bytes: Buffer, at: number, found: Found) => void;
}

const needle = (text: string, take: Needle['take']): Needle => ({ bytes: Buffer.from(text), take });
const endOfName = (text: string): Needle =>
  needle(text, (bytes, at, found) => takeMember(bytes, nameStart(bytes, at), found));

const ITEM_RANK = 3;
const takeItem: Needle['take'] = (bytes, at, found) => found.add(shortStringAt(bytes, at), ITEM_RANK);
/** What items of answers are called that only their own account knows: reasoning and images. */
const ITEMS: readonly Needle[] = [needle('"rs_', takeItem), needle('"ig_', takeItem)];

/** Together they find all. */
const ALL: readonly Needle[] = [
  endOfName('_id"'),
  endOfName('_ids"'),
  endOfName('_file"'),
  needle('"conversation"', takeMember),
  needle('"container"', takeMember),
  needle('"prompt"', takeMember),
  // Of earlier answers, and what is named by its id alone.
  ...ITEMS,
  needle('"item_reference"', (bytes, at, found) => found.add(idNear(bytes, at, found), ITEM_RANK)),
];
/** Where nothing but the files of a prompt can be named. */
const FILES: readonly Needle[] = [needle('"file_id', takeMember)];
const VOICE = needle('"voice"', takeMember);
/** What some paths name beside that. */
const ALSO: readonly (readonly [path: string, needles: readonly Needle[]])[] = [
  ['/videos', [...ALL, needle('"video"', takeMember)]],
  ['/chatkit/', [...ALL, needle('"workflow"', takeMember)]],
  ['/audio/speech', [VOICE]],
  ['/realtime/', [...ALL, VOICE]],
  ['/live/', [...ALL, VOICE]],
];

/** What an answer may name long after its beginning. */
const LATE: readonly Needle[] = [...ITEMS, needle('"container_id"', takeMember)];
/** Stand for a path where an answer is read: for what it may name at any place, with what a provider keeps of it. */
export const ANSWER = 'answer';
export const KEPT_ANSWER = 'kept_answer';
/** The same of events, of which the first have been read. */
export const KEPT_EVENTS = 'kept_events';

/** What an answer is made of: each item can be named by itself later. */
const OUTPUT: readonly Needle[] = [
  needle('"item"', (bytes, at, found) => idOfObject(bytes, valueOf(bytes, at), takeAt(bytes, found))),
  needle('"output"', (bytes, at, found) => eachObject(bytes, valueOf(bytes, at), takeAt(bytes, found))),
];
const KEPT: readonly Needle[] = [...ALL, ...OUTPUT];
const LATE_KEPT: readonly Needle[] = [...LATE, ...OUTPUT];

/** So many places are looked at for each name; no real body has more. Two or three milliseconds. */
const PLACES_MAX = 5_000;
/** An object takes as long as so many. */
const OBJECT_PLACES = 20;
/** Names are looked for one a step in what is larger. */
export const AT_ONCE_BYTES = 64 * 1024;
const REFERENCES_MAX = 64;
/** Longer names are none of ours. */
const NAME_MAX = 28;
const WINDOW_BYTES = 2 ** 20;
/** An object that stands for an id is short. */
const OBJECT_BYTES_MAX = 512;
const ITEM_BYTES_MAX = 256;

const CHAT = '/chat/completions';
/** Paths whose requests name no objects but files in a prompt. */
const PROMPTS = /^\/(completions|embeddings|moderations|rerank|images\/|audio\/|messages)/;

/**
 * The ids that a JSON body names as those of objects at the provider, the most binding first, each once. Costs a few
 * native searches where there is none: nothing is parsed then. A slice with each step; what stands across the border of
 * two slices of a megabyte is found too.
 */
export function* bodyReferences(body: Buffer, path: string): Generator<void, readonly string[]> {
  const found = new Found(ranksAt(path));
  for (const needle of needlesFor(path)) {
    found.places = 0;
    if (body.length > AT_ONCE_BYTES) yield;
    for (let start = 0; start < body.length; start += WINDOW_BYTES) {
      if (start > 0) yield;
      const window = body.length <= WINDOW_BYTES ? body : sliceFrom(body, start);
      search(window, needle, found);
      if (found.isFull) return found.ids;
      if (found.hasSeenEnough) break;
    }
  }
  return found.ids;
}

function readAtOnce(bytes: Buffer, path: string): readonly string[] {
  let found: Found | undefined;
  for (const needle of needlesFor(path)) {
    const at = bytes.indexOf(needle.bytes);
    if (at === -1) continue;
    found ??= new Found(ranksAt(path));
    found.places = 0;
    search(bytes, needle, found, at);
  }
  return found?.ids ?? NONE;
}

function needlesFor(path: string): readonly Needle[] {
  if (path === ANSWER) return LATE;
  if (path === KEPT_ANSWER) return KEPT;
  if (path === KEPT_EVENTS) return LATE_KEPT;
  if (path.startsWith(CHAT)) return FILES;
  const [, needles] = ALSO.find(([start]) => path.startsWith(start)) ?? [];
  return needles ?? (PROMPTS.test(path) ? FILES : ALL);
}

/** The same in one go. */
export function readReferences(bytes: Buffer, path = ''): readonly string[] {
  if (bytes.length <= AT_ONCE_BYTES) return readAtOnce(bytes, path);
  const reading = bodyReferences(bytes, path);
  for (;;) {
    const step = reading.next();
    if (step.done === true) return step.value;
  }
}

/** With enough behind it for what begins in it. */
function sliceFrom(body: Buffer, start: number): Buffer {
  return body.subarray(Math.max(0, start - NAME_MAX), start + WINDOW_BYTES + OBJECT_BYTES_MAX + ID_MAX);
}

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

class Found {
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

const NONE: readonly string[] = [];
const QUOTE = 0x22;
const COLON = 0x3a;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

function search(
  bytes: Buffer,
  { bytes: text, take }: Needle,
  found: Found,
  first = bytes.indexOf(text),
): void {
  let at = first;
  while (at !== -1 && !found.hasSeenEnough) {
    found.places += 1;
    take(bytes, at, found);
    at = bytes.indexOf(text, at + text.length);
  }
}

/** The quote before a name of which the end is at `at`; -1 if there is none near. */
function nameStart(bytes: Buffer, at: number): number {
  for (let start = at - 1; start >= 0 && at - start < NAME_MAX; start--) {
    if (bytes[start] === QUOTE) return start;
  }
  return -1;
}

/** What the member of which the name begins at `nameAt` names, if it is one of ours and not a part of some text. */
function takeMember(bytes: Buffer, nameAt: number, found: Found): void {
  if (nameAt < 0 || bytes[nameAt - 1] === BACKSLASH) return;
  const nameEnd = bytes.indexOf(QUOTE, nameAt + 1);
  const name = bytes.toString('latin1', nameAt + 1, Math.min(nameEnd, nameAt + NAME_MAX));
  const rank = found.memberRanks.get(name);
  if (rank === undefined) return;
  const valueAt = valueOf(bytes, nameAt);
  if (valueAt < 0 || found.isInMetadata(bytes, nameAt)) return;
  if (bytes[valueAt] !== QUOTE || isNamedByText(name)) takeValue(bytes, valueAt, rank, found);
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

/** An id, a list of them, or an object with one. */
function takeValue(bytes: Buffer, at: number, rank: number, found: Found): void {
  if (bytes[at] === QUOTE) found.add(shortStringAt(bytes, at), rank);
  else if (bytes[at] === OPEN_BRACKET) takeList(bytes, at, rank, found);
  else if (bytes[at] === OPEN_BRACE) found.add(idIn(bytes, at, found), rank);
}

function takeList(bytes: Buffer, at: number, rank: number, found: Found): void {
  let next = skipSpace(bytes, at + 1);
  while (bytes[next] === QUOTE && !found.hasSeenEnough) {
    found.places += 1;
    const quote = bytes.indexOf(QUOTE, next + 1);
    if (quote === -1) return;
    found.add(bytes.toString('latin1', next + 1, Math.min(quote, next + 2 + ID_MAX)), rank);
    next = skipSpace(bytes, quote + 1);
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

import { OPEN_BRACE, OPEN_BRACKET, scanMembers, shortStringAt, skipSpace } from '../json/json-scan';
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
/** Stands for a path where an answer is read for what it may name at any place. */
export const ANSWER = 'answer';

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

class Found {
  constructor(readonly memberRanks: Ranks) {}

  readonly #ranks = new Map<string, number>();
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
  const colon = skipSpace(bytes, nameEnd + 1);
  if (bytes[colon] !== COLON) return;
  const valueAt = skipSpace(bytes, colon + 1);
  if (bytes[valueAt] !== QUOTE || isNamedByText(name)) takeValue(bytes, valueAt, rank, found);
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

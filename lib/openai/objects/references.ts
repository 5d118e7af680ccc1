import { WordSearch } from '../json/word-search';
import { ID_MAX } from './object-paths';
import { ANSWER_WORDS, MESSAGE_WORDS, WORDS, wordsIn } from './own-words';
import { CHAT_RANKS, FILE_RANKS, MESSAGE_RANKS, ranksAt, type Ranks } from './reference-names';
import {
  Found,
  NAME_BYTES_MAX,
  OBJECT_BYTES_MAX,
  takeAudio,
  takeContainer,
  takeNear,
  takeEscaped,
  takeItem,
  takeItemOrReference,
  takeItemReference,
  takeMember,
  takeObject,
  takeObjects,
  type Take,
} from './reference-takes';

/** Finds some of the names, and takes what stands behind them. */
interface Needle {
  readonly length: number;
  readonly find: (bytes: Buffer, from: number) => number;
  readonly take: Take;
}

function searched(search: WordSearch, length: number, take: Take): Needle {
  return { length, find: (bytes, from) => search.indexIn(bytes, from), take };
}
const needle = (text: string, take: Take): Needle => searched(new WordSearch(text), text.length, take);
const member = (name: string): Needle => needle(`"${name}"`, takeMember);

/** Most texts have few underscores: a native search for what begins with one is as fast as it gets. */
function endOfName(text: string): Needle {
  const sought = Buffer.from(`${text}"`);
  return { length: sought.length, find: (bytes, from) => bytes.indexOf(sought, from), take: takeNear };
}

/** The name of an item's id, up to its colon or the space before that. */
const id = (take: Take): Needle => searched(new WordSearch('"id"', { first: '\t', last: ':' }), 4, take);

/** A character that stands in names (a letter or the underscore), escaped. In most texts nothing is. */
const ESCAPES = searched(new WordSearch('\\u00', { first: '5', last: '7' }), 5, takeEscaped);

/** Together they find all. */
const ALL: readonly Needle[] = [
  endOfName('_id'),
  endOfName('_ids'),
  endOfName('_file'),
  endOfName('_files'),
  member('conversation'),
  member('container'),
  member('prompt'),
  needle('"item_reference"', takeItemReference),
  ESCAPES,
];
const ITEMS = id(takeItem);
const OTHERS: readonly Needle[] = [...ALL, ITEMS];
/** Where earlier answers go on. */
const ANSWERED: readonly Needle[] = [...ALL, id(takeItemOrReference)];
/** Where nothing but the files of a prompt can be named. */
const FILES: readonly Needle[] = [needle('file_id', takeNear), ESCAPES];
const CHAT: readonly Needle[] = [...FILES, endOfName('_ids')];
const CONTAINED: readonly Needle[] = [...FILES, needle('"container"', takeContainer)];
const VOICE = member('voice');

/** What requests to some paths can name; those to others all there is. */
interface Reading {
  readonly ranks: Ranks;
  readonly needles: readonly Needle[];
  /** Where none can be. */
  readonly words?: typeof WORDS;
}
const allBut = (path: string, needles: readonly Needle[]): Reading => ({ ranks: ranksAt(path), needles });
const PATHS: readonly (readonly [path: RegExp, reading: Reading])[] = [
  [/^\/chat\/completions/, { ranks: CHAT_RANKS, needles: CHAT }],
  [/^\/messages\/batches/, { ranks: MESSAGE_RANKS, needles: CONTAINED, words: MESSAGE_WORDS }],
  [/^\/responses/, allBut('/responses', ANSWERED)],
  [/^\/conversations/, allBut('/conversations', ANSWERED)],
  [/^\/audio\/speech/, allBut('', [VOICE, ESCAPES])],
  [/^\/messages/, { ranks: FILE_RANKS, needles: FILES, words: MESSAGE_WORDS }],
  [/^\/(completions|embeddings|moderations|rerank|images\/|audio\/)/, { ranks: FILE_RANKS, needles: FILES }],
  [/^\/videos/, allBut('', [...OTHERS, member('video'), member('characters')])],
  [/^\/chatkit\//, allBut('', [...OTHERS, member('workflow')])],
  [/^\/(realtime|live)\//, allBut('', [...OTHERS, VOICE])],
  [/^\/sessions/, allBut('/sessions', [...OTHERS, member('agent')])],
];

/** What an answer may name long after its beginning. */
const LATE: readonly Needle[] = [ITEMS, member('container_id')];
/** Sound that a chat has made. */
const AUDIO = needle('"audio"', takeObject);
/** What an answer is made of: each item can be named by itself later. */
const OUTPUT: readonly Needle[] = [needle('"item"', takeObject), needle('"output"', takeObjects), AUDIO];

const RANKS = ranksAt('');
/** What is read instead of what a path says. */
const READINGS = {
  contained_message: { ranks: MESSAGE_RANKS, needles: CONTAINED, words: MESSAGE_WORDS },
  chat_with_audio: { ranks: CHAT_RANKS, needles: [...CHAT, needle('"audio"', takeAudio)] },
  /** At any place, of one that is not kept. */
  answer: { ranks: RANKS, needles: LATE, words: ANSWER_WORDS },
  /** With what a provider keeps of it. */
  kept_answer: {
    ranks: RANKS,
    needles: [...OTHERS, ...OUTPUT, member('fine_tuned_model_checkpoint')],
    words: ANSWER_WORDS,
  },
  /** The same of events, of which the first have been read. */
  kept_events: { ranks: RANKS, needles: [...LATE, ...OUTPUT, member('file_id')], words: ANSWER_WORDS },
  /** Of a chat that is not kept. */
  chat_answer: { ranks: RANKS, needles: [AUDIO] },
  /** Where code has run, and the files that it has made. */
  message_answer: { ranks: RANKS, needles: [member('container'), member('file_id')], words: ANSWER_WORDS },
} as const satisfies Readonly<Record<string, Reading>>;
/** Of requests of which the head tells of such. */
export type RequestReading = 'contained_message' | 'chat_with_audio';
export type AnswerReading = Exclude<keyof typeof READINGS, RequestReading>;

/** Names are looked for one a step in what is larger. */
export const AT_ONCE_BYTES = 64 * 1024;
const WINDOW_BYTES = 2 ** 20;

/**
 * The ids that a JSON body names as those of objects at the provider, the most binding first, each once. Costs a few
 * native searches where there is none: nothing is parsed then. A slice with each step; what stands across the border of
 * two slices of a megabyte is found too.
 */
export function* bodyReferences(body: Buffer, path: string): Generator<void, readonly string[]> {
  const { ranks, needles, words } = readingOf(path);
  const found = new Found(ranks);
  for (const needle of needles) {
    found.places = 0;
    if (body.length > AT_ONCE_BYTES) yield;
    for (let start = 0; start < body.length && !found.hasSeenEnough; start += WINDOW_BYTES) {
      if (start > 0) yield;
      found.offset = Math.max(0, start - NAME_BYTES_MAX);
      const end = start + WINDOW_BYTES + OBJECT_BYTES_MAX + ID_MAX;
      search(body.length <= WINDOW_BYTES ? body : body.subarray(found.offset, end), needle, found);
    }
    if (found.isFull) break;
  }
  return yield* withoutWords(body, found, words);
}

/** Most name nothing, and are not looked at again. */
function* withoutWords(body: Buffer, found: Found, words = WORDS): Generator<void, readonly string[]> {
  return found.isEmpty ? NONE : found.idsOutside(yield* wordsIn(body, words));
}

function readAtOnce(bytes: Buffer, path: string): readonly string[] {
  const { ranks, needles, words } = readingOf(path);
  let found: Found | undefined;
  for (const needle of needles) {
    const at = needle.find(bytes, 0);
    if (at === -1) continue;
    found ??= new Found(ranks);
    found.places = 0;
    search(bytes, needle, found, at);
  }
  return found === undefined || found.isEmpty ? NONE : ended(withoutWords(bytes, found, words));
}

function readingOf(path: string): Reading {
  if (path in READINGS) return READINGS[path as AnswerReading];
  return PATHS.find(([start]) => start.test(path))?.[1] ?? { ranks: ranksAt(path), needles: OTHERS };
}

function search(bytes: Buffer, { length, find, take }: Needle, found: Found, first = find(bytes, 0)): void {
  let at = first;
  while (at !== -1 && !found.hasSeenEnough) {
    found.places += 1;
    take(bytes, at, found);
    at = find(bytes, at + length);
  }
}

const NONE: readonly string[] = [];

/** The same in one go. */
export function readReferences(bytes: Buffer, path = ''): readonly string[] {
  return bytes.length <= AT_ONCE_BYTES ? readAtOnce(bytes, path) : ended(bodyReferences(bytes, path));
}

function ended(reading: Generator<void, readonly string[]>): readonly string[] {
  for (;;) {
    const step = reading.next();
    if (step.done === true) return step.value;
  }
}

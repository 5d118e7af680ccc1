import type { FieldBook } from './field-book';
import { jsonTexts, unescaped, type JsonObject, type JsonText } from './json-texts';
import {
  isAccountName,
  isKeyName,
  isLimitsName,
  isResetName,
  isTagsName,
  isWeightName,
  limitOf,
  noteRank,
} from './key-names';
import {
  noteOf,
  unwrapped,
  withoutInvisible,
  type Candidate,
  type PieceOptions,
  type Step,
} from './key-piece';
import { keysInLines, looksLikeKey } from './keys-in-lines';
import { keysInPiece } from './keys-in-piece';
import { hasPrefix, isSurelyKey, oddKindOf } from './odd-key';
import { strongKeysIn } from './strong-keys';

/** It is JSON, whole or in lines: lists of keys, or of things that have one. */
export function looksLikeJson(text: string): boolean {
  return /^[\s\ufeff]*(?:\{\s*["}]|\[\s*["{[\]])/.test(text);
}

const SETTING = /^[ \t\ufeff]*(?:export[ \t]+)?[A-Za-z_][\w.-]{0,60}[ \t]*=[ \t]*['"]?(?=\[\s*["{[]|\{\s*")/m;

/** Where JSON begins as the value of a setting, as in the lines of an `.env` file; undefined if nowhere. */
export function jsonOfSetting(text: string): number | undefined {
  const found = SETTING.exec(text);
  return found === null ? undefined : found.index + found[0].length;
}

/**
 * The keys of a text of JSON: the values of names such as `key` or `api_keys` where there are any, and the texts of a
 * list without a name; else every text that is no name. What follows the JSON is read as lines. What looks like a key
 * and stands elsewhere is told. `fields` is told of the names.
 */
export function* keysInJson(text: string, fields: FieldBook): Generator<Step> {
  const isNamed = yield* hasKeyName(text);
  const reader = new KeyReader(fields);
  for (const one of jsonTexts(text, isOptionName)) {
    yield undefined;
    yield* reader.complete(one.object);
    if (one.role === 'outside') yield* keysOutside(one);
    else if (one.role === 'inside') yield* keysUnquoted(one);
    else if (one.role === 'text' && isKeyText(one, isNamed)) reader.key(one);
    else {
      if (one.role !== 'json' && isSurelyKey(one.value)) yield unread(one);
      reader.beside(one);
    }
  }
  yield* reader.complete(undefined);
}

/** Whether any value has the name of a key. */
function* hasKeyName(text: string): Generator<undefined, boolean> {
  for (const { role, name } of jsonTexts(text, isOptionName)) {
    if (role === 'text' && isKeyName(name)) return true;
    yield undefined;
  }
  return false;
}

function isKeyText({ name, value }: JsonText, isNamed: boolean): boolean {
  if (value.trim() === '') return false;
  // What a key is the name of says something of it.
  return isNamed ? isKeyName(name) || name === '' : !isSurelyKey(name);
}

function* keysOutside({ line, value }: JsonText): Generator<Step> {
  for (const step of keysInLines(value)) {
    const isKey = step !== undefined && (looksLikeKey(step.value) || hasPrefix(step.value));
    yield isKey ? { ...step, line: step.line + line - 1 } : undefined;
  }
}

/** As in the texts of other languages, of which nothing else is read. */
function* keysUnquoted({ line: firstLine, value }: JsonText): Generator<Step> {
  let line = firstLine;
  for (const [word] of value.matchAll(/\n|[^\s,:="'`]{1,5000}/g)) {
    if (word === '\n') line += 1;
    yield isSurelyKey(word) ? { line, value: word, note: '', wrong: 'unread' } : undefined;
  }
}

function unread({ line, value }: JsonText): Candidate {
  return { line, value, note: '', wrong: 'unread' };
}

function isOptionName(name: string): boolean {
  if (isLimitsName(name) || isResetName(name) || isAccountName(name) || isTagsName(name)) return true;
  return isWeightName(name) || limitOf(name) !== undefined;
}

/** So many objects around a key are looked at. */
const DEPTH_MAX = 32;
/** Further in, nothing is a key with limits, and much would have to be kept. */
const OPTIONS_DEPTH_MAX = 1_000;

interface Found {
  readonly candidate: Candidate;
  readonly object: JsonObject | undefined;
}

/** Keeps keys until it is known what stands beside them, before and behind. */
class KeyReader {
  /** Those of one outermost object. */
  #keys: Found[] = [];
  #note = '';
  #rank = 0;
  /** Names seen since the note began to count. */
  #names = new Set<string>();

  constructor(private readonly fields: FieldBook) {}

  key({ line, value, name, object }: JsonText): void {
    this.#see(name);
    this.fields.add(name, 'key');
    const bare = value.trim().replace(/^bearer\s+/i, '');
    const hasStrong = strongKeysIn(unwrapped(bare)).length > 0;
    const { values, rest } = hasStrong ? keysInPiece(bare) : { values: [withoutInvisible(bare)], rest: '' };
    if (rest !== '') this.#keys.push({ candidate: { line, value: rest, note: '', wrong: 'rest' }, object });
    for (const one of values) this.#keys.push({ candidate: { line, value: one, note: this.#note }, object });
  }

  /** What is no key: its note, its account, its limits, or nothing of ours. */
  beside({ role, name, value, object, opens }: JsonText): void {
    if (role === 'name') {
      if (opens !== true) this.fields.add(value, null);
      return;
    }
    this.#see(name);
    const isNote = role === 'text' && noteRank(name) > this.#rank;
    this.fields.add(name, role === 'json' ? optionOf(name) : isNote ? 'note' : null);
    // What groups keys says nothing of single ones.
    if (role === 'json') addOption(object, name, value);
    else if (isNote) this.#takeNote(value, noteRank(name), object);
  }

  #takeNote(value: string, rank: number, object: JsonObject | undefined): void {
    [this.#note, this.#rank] = [noteOf(value), rank];
    const last = this.#keys.at(-1);
    if (last !== undefined && isAround(object, last.object) && oddKindOf(this.#note) !== undefined) {
      this.#keys.splice(-1, 1, { ...last, candidate: { ...last.candidate, note: this.#note } });
    }
  }

  /** The keys of which all is known when something is read that stands in that object. */
  *complete(object: JsonObject | undefined): Generator<Candidate> {
    const [first] = this.#keys;
    if (first === undefined || (object !== undefined && rootOf(object) === rootOf(first.object))) return;
    const keys = this.#keys;
    this.#keys = [];
    for (const { candidate, object: own } of keys) {
      yield own?.options === undefined ? candidate : { ...candidate, options: own.options };
    }
  }

  /** A name that comes again belongs to the next thing of the list. */
  #see(name: string): void {
    if (name !== '' && this.#names.has(name) && !isKeyName(name)) {
      [this.#note, this.#rank, this.#names] = ['', 0, new Set()];
    }
    this.#names.add(name);
  }
}

function rootOf(object: JsonObject | undefined): JsonObject | undefined {
  return object?.root ?? object;
}

/** It is that of the key, or one around it. */
function isAround(object: JsonObject | undefined, ofKey: JsonObject | undefined): boolean {
  let around = ofKey;
  for (let depth = 0; around !== object && around !== undefined && depth < DEPTH_MAX; depth++) {
    around = around.outer;
  }
  return around === object;
}

function optionOf(name: string): 'account' | 'weight' | 'tags' | 'limits' {
  if (isTagsName(name)) return 'tags';
  if (isWeightName(name)) return 'weight';
  return isAccountName(name) ? 'account' : 'limits';
}

function addOption(object: JsonObject | undefined, name: string, json: string): void {
  if (object === undefined || object.depth > OPTIONS_DEPTH_MAX || json === 'null') return;
  object.options = withOption({ account: '', limits: {}, ...object.options }, name, json);
}

/** Numbers and texts are taken as a table has them; what else stands there is judged with the rest of the key. */
function withOption(known: PieceOptions, name: string, json: string): PieceOptions {
  if (isTagsName(name)) return { ...known, tags: { json } };
  if (isLimitsName(name)) return { ...known, json };
  if (isResetName(name)) return { ...known, reset: json };
  const cell = cellOf(json);
  if (isWeightName(name)) return cell === '' ? known : { ...known, weight: cell ?? json };
  const limit = limitOf(name);
  if (limit === undefined) return { ...known, account: cell };
  return cell === '' ? known : { ...known, limits: { ...known.limits, [limit]: cell ?? json } };
}

/** Undefined for what is neither text nor a number. */
function cellOf(json: string): string | undefined {
  if (/^-?\d/.test(json)) return json;
  return json.startsWith('"') ? unescaped(json.slice(1, -1)).trim() : undefined;
}

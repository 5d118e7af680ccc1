import { jsonTexts, unescaped, type JsonObject, type JsonText } from './json-texts';
import { isAccountName, isKeyName, isLimitsName, limitOf, noteRank } from './key-names';
import { noteOf, withoutInvisible, type Candidate, type PieceOptions, type Step } from './key-piece';
import { oddKindOf } from './odd-key';

/** It is JSON, whole or in lines: lists of keys, or of things that have one. */
export function looksLikeJson(text: string): boolean {
  return /^[\s\ufeff]*(?:\{\s*["}]|\[\s*["{[\]])/.test(text);
}

/**
 * The keys of a text of JSON: the values of names such as `key` or `api_keys` where there are any, and the texts of a
 * list without a name; else every text that is no name.
 */
export function* keysInJson(text: string): Generator<Step> {
  const isNamed = yield* hasKeyName(text);
  const reader = new KeyReader();
  for (const one of jsonTexts(text, isOptionName)) {
    yield undefined;
    if (one === undefined) continue;
    const isKey =
      (isNamed ? isKeyName(one.name) || one.name === '' : one.isRaw !== true) && one.value.trim() !== '';
    if (!isKey) reader.beside(one);
    else yield reader.key(one);
  }
  const last = reader.take();
  if (last !== undefined) yield last;
}

/** Whether any value has the name of a key. */
function* hasKeyName(text: string): Generator<undefined, boolean> {
  for (const found of jsonTexts(text, isOptionName)) {
    if (found !== undefined && isKeyName(found.name)) return true;
    yield undefined;
  }
  return false;
}

function isOptionName(name: string): boolean {
  return isLimitsName(name) || isAccountName(name) || limitOf(name) !== undefined;
}

/** So many objects around a key are looked at. */
const DEPTH_MAX = 32;

/** Keeps the last key until it is known what stands beside it, and what may belong to the next one. */
class KeyReader {
  #found: Candidate | undefined;
  /** What it stands in. */
  #object: JsonObject | undefined;
  #note = '';
  #rank = 0;
  /** Names seen since the note began to count. */
  #names = new Set<string>();
  #options: PieceOptions | undefined;
  /** The object that they stand in. */
  #optionsIn: JsonObject | undefined;

  /** Returns the key before it. */
  key({ line, value, name, object }: JsonText): Candidate | undefined {
    this.#see(name);
    const before = this.take();
    const options = this.#optionsIn === object ? this.#options : undefined;
    const key = withoutInvisible(value.trim()).replace(/^bearer\s+/i, '');
    this.#found = { line, value: key, note: this.#note, ...(options !== undefined && { options }) };
    this.#object = object;
    return before;
  }

  /** What is no key: its note, its account, its limits, or nothing of ours. */
  beside({ name, value, isRaw, object }: JsonText): void {
    this.#see(name);
    // What groups keys says nothing of single ones.
    if (isRaw === true) this.#addOption(object, name, value);
    else if (noteRank(name) > this.#rank) this.#takeNote(value, noteRank(name), object);
  }

  #takeNote(value: string, rank: number, object: JsonObject | undefined): void {
    [this.#note, this.#rank] = [noteOf(value), rank];
    if (this.#found !== undefined && this.#isBeside(object) && oddKindOf(this.#note) !== undefined) {
      this.#found = { ...this.#found, note: this.#note };
    }
  }

  take(): Candidate | undefined {
    const found = this.#found;
    this.#found = undefined;
    return found;
  }

  /** A name that comes again belongs to the next thing of the list. */
  #see(name: string): void {
    if (name !== '' && this.#names.has(name) && !isKeyName(name)) {
      [this.#note, this.#rank, this.#names] = ['', 0, new Set()];
    }
    this.#names.add(name);
  }

  /** It is that of the last key, or one around it. */
  #isBeside(object: JsonObject | undefined): boolean {
    let around = this.#object;
    for (let depth = 0; around !== object && around !== undefined && depth < DEPTH_MAX; depth++) {
      around = around.outer;
    }
    return around === object;
  }

  #addOption(object: JsonObject | undefined, name: string, json: string): void {
    if (object === undefined || json === 'null') return;
    const known = this.#optionsIn === object ? this.#options : undefined;
    this.#options = withOption({ account: '', limits: {}, ...known }, name, json);
    this.#optionsIn = object;
    if (this.#found !== undefined && this.#object === object) {
      this.#found = { ...this.#found, options: this.#options };
    }
  }
}

/** Numbers and texts are taken as a table has them; what else stands there is judged with the rest of the key. */
function withOption(known: PieceOptions, name: string, json: string): PieceOptions {
  if (isLimitsName(name)) return { ...known, json };
  const cell = cellOf(json);
  const limit = limitOf(name);
  if (limit === undefined) return { ...known, account: cell };
  return cell === '' ? known : { ...known, limits: { ...known.limits, [limit]: cell ?? json } };
}

/** Undefined for what is neither text nor a number. */
function cellOf(json: string): string | undefined {
  if (/^-?\d/.test(json)) return json;
  return json.startsWith('"') ? unescaped(json.slice(1, -1)).trim() : undefined;
}

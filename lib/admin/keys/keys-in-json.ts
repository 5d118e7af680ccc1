import { jsonTexts, LIMITS, type JsonObject, type JsonText } from './json-texts';
import { isAccountName, isKeyName, noteRank } from './key-names';
import { noteOf, withoutInvisible, type Candidate, type PieceOptions, type Step } from './key-piece';
import { oddKindOf } from './odd-key';

/** It is JSON, whole or in lines: lists of keys, or of things that have one. */
export function looksLikeJson(text: string): boolean {
  return /^[\s\ufeff]*(?:\{\s*["}]|\[\s*["{[\]])/.test(text);
}

/**
 * The keys of a text of JSON: the values of names such as `key` or `api_keys` where there are any, else every text that
 * is no name.
 */
export function* keysInJson(text: string): Generator<Step> {
  const isNamed = yield* hasKeyName(text);
  const reader = new KeyReader();
  for (const one of jsonTexts(text)) {
    yield undefined;
    if (one === undefined) continue;
    const isKey = (isNamed ? isKeyName(one.name) : one.name !== LIMITS) && one.value.trim() !== '';
    if (!isKey) reader.beside(one);
    else yield reader.key(one);
  }
  const last = reader.take();
  if (last !== undefined) yield last;
}

/** Whether any value has the name of a key. */
function* hasKeyName(text: string): Generator<undefined, boolean> {
  for (const found of jsonTexts(text)) {
    if (found !== undefined && isKeyName(found.name)) return true;
    yield undefined;
  }
  return false;
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
  beside({ name, value, object }: JsonText): void {
    this.#see(name);
    if (name === LIMITS) this.#addOption(object, { json: value });
    // What groups keys says nothing of single ones.
    else if (isAccountName(name)) this.#addOption(object, { account: value.trim() });
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

  #addOption(object: JsonObject | undefined, option: Partial<PieceOptions>): void {
    if (object === undefined) return;
    const known = this.#optionsIn === object ? this.#options : undefined;
    this.#options = { account: '', limits: {}, ...known, ...option };
    this.#optionsIn = object;
    if (this.#found !== undefined && this.#object === object) {
      this.#found = { ...this.#found, options: this.#options };
    }
  }
}

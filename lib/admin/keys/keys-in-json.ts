import { isKeyName, noteRank } from './key-names';
import { noteOf, withoutInvisible, type Candidate, type Step } from './key-piece';
import { oddKindOf } from './odd-key';

/** It is JSON, whole or in lines: lists of keys, or of things that have one. */
export function looksLikeJson(text: string): boolean {
  return /^[\s\ufeff]*(?:\{\s*["}]|\[\s*["{[\]])/.test(text);
}

interface Text {
  readonly line: number;
  readonly value: string;
  /** The name that it has in its object; empty in a plain list. */
  readonly name: string;
}

/**
 * The keys of a text of JSON: the values of names such as `key` or `api_keys` where there are any, else every text that
 * is no name. Reads on over what is broken, and takes any length in one pass.
 */
// oxlint-disable-next-line complexity -- one pass that keeps the key, its note and the names seen since
export function* keysInJson(text: string): Generator<Step> {
  const isNamed = yield* hasKeyName(text);
  let [found, note, rank]: [Candidate | undefined, string, number] = [undefined, '', 0];
  let names = new Set<string>();
  for (const one of texts(text)) {
    yield undefined;
    if (one === undefined) continue;
    const { line, value, name } = one;
    // A name that comes again belongs to the next thing of the list.
    if (name !== '' && names.has(name) && !isKeyName(name)) [note, rank, names] = ['', 0, new Set()];
    names.add(name);
    const isKey = isNamed ? isKeyName(name) : true;
    if (isKey && value.trim() !== '') {
      if (found !== undefined) yield found;
      found = { line, value: withoutInvisible(value.trim()).replace(/^bearer\s+/i, ''), note };
      if (name === '') continue;
    } else if (noteRank(name) > rank) {
      [note, rank] = [noteOf(value), noteRank(name)];
      if (found !== undefined && oddKindOf(note) !== undefined) found = { ...found, note };
    }
  }
  if (found !== undefined) yield found;
}

/** Whether any value has the name of a key. */
function* hasKeyName(text: string): Generator<undefined, boolean> {
  for (const found of texts(text)) {
    if (found !== undefined && isKeyName(found.name)) return true;
    yield undefined;
  }
  return false;
}

/** The texts that are values, each with the last name before it; undefined for each name. */
function* texts(text: string): Generator<Text | undefined> {
  let [line, at, name] = [1, 0, ''];
  // Looked for once for each line, as a long text may have only one.
  let newline = text.indexOf('\n');
  for (;;) {
    const start = text.indexOf('"', at);
    if (start === -1) return;
    const end = closingQuote(text, start + 1);
    if (end === -1) return;
    for (; newline !== -1 && newline < start; newline = text.indexOf('\n', newline + 1)) line += 1;
    const literal = text.slice(start + 1, end);
    const value = literal.includes('\\') ? unescaped(literal) : literal;
    at = end + 1;
    if (/^\s{0,20}:/.test(text.slice(at, at + 21))) {
      name = value;
      yield undefined;
    } else yield { line, value, name };
  }
}

function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charAt(at - 1 - slashes) === '\\') slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return -1;
}

function unescaped(literal: string): string {
  try {
    return JSON.parse(`"${literal}"`) as string;
  } catch {
    return literal;
  }
}

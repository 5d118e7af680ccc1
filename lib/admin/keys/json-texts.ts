import type { PieceOptions } from './key-piece';

/** Something that stands in a text of JSON. */
export interface JsonText {
  readonly line: number;
  /**
   * A text that is a value; a name; the JSON of a value whose name is one of those looked for; or what stands there
   * without double quotes, which is no JSON but for numbers and the like, inside of objects and lists or outside.
   */
  readonly role: 'text' | 'name' | 'json' | 'inside' | 'outside';
  /** Without escapes; of JSON empty if it has no end or is very long. */
  readonly value: string;
  /** The name that it, or the list that it stands in, has in its object; empty in a plain list. */
  readonly name: string;
  /** What it stands in; undefined outside of all objects. */
  readonly object: JsonObject | undefined;
  /** Of a name: an object or a list follows. */
  readonly opens?: boolean;
}

/** An object of the text. */
export interface JsonObject {
  /** The one around it. */
  readonly outer: JsonObject | undefined;
  /** The outermost one; undefined if it is that itself. */
  readonly root: JsonObject | undefined;
  readonly depth: number;
  /** What is known of the keys in it. */
  options?: PieceOptions;
}

const RAW_MAX = 64 * 1024;

/**
 * What stands in the text: texts and names, and values of any kind whose name `isWanted`. Reads on over what is broken,
 * and takes any length in one pass.
 */
export function* jsonTexts(text: string, isWanted: (name: string) => boolean): Generator<JsonText> {
  let [line, at] = [1, 0];
  const places = new Places();
  const values = new Values(isWanted);
  // Looked for once for each line, as a long text may have only one.
  let newline = text.indexOf('\n');
  for (;;) {
    const found = text.indexOf('"', at);
    const end = found === -1 ? -1 : closingQuote(text, found + 1);
    // What nobody closes is no text.
    const quote = end === -1 ? text.length : found;
    yield* places.read(text.slice(at, quote), line);
    if (end === -1) return;
    for (; newline !== -1 && newline < quote; newline = text.indexOf('\n', newline + 1)) line += 1;
    const literal = text.slice(quote + 1, end);
    const value = literal.includes('\\') ? unescaped(literal) : literal;
    at = end + 1;
    const colon = /^\s{0,20}:\s{0,20}/.exec(text.slice(at, at + 42))?.[0];
    if (colon === undefined) {
      yield { line, role: 'text', value, ...places.here() };
      continue;
    }
    const opens = /^[[{]/.test(text.charAt(at + colon.length));
    yield { line, role: 'name', value, opens, ...places.here() };
    places.name = value;
    const raw = values.take(value, text, at + colon.length);
    if (raw === undefined) continue;
    yield { line, role: 'json', value: raw, ...places.here() };
    at += colon.length + raw.length;
  }
}

/** An object or a list that is open. */
interface Place {
  readonly outer: Place | undefined;
  /** The innermost one: itself, or around a list. */
  readonly object: JsonObject | undefined;
  /** Of a list. */
  readonly listName: string | undefined;
}

/** Shorter pieces without quotes are no keys. */
const UNQUOTED = /[^\s,:]{4}/;

/** Where the text is being read. */
class Places {
  /** The last one that was read. */
  name = '';
  /** The innermost one. */
  #open: Place | undefined;

  /** Of what stands there. */
  here(): Pick<JsonText, 'name' | 'object'> {
    return { name: this.#open?.listName ?? this.name, object: this.#open?.object };
  }

  /** What stands between two texts, on from that line. */
  *read(gap: string, firstLine: number): Generator<JsonText> {
    if (gap === ',') return;
    let [line, from] = [firstLine, 0];
    for (const { 0: mark, index } of gap.matchAll(/[{}[\]]|$/g)) {
      const piece = gap.slice(from, index);
      if (UNQUOTED.test(piece)) yield this.#unquoted(piece, line);
      line += linesIn(piece);
      from = index + 1;
      this.#mark(mark);
    }
  }

  #unquoted(value: string, line: number): JsonText {
    return { line, role: this.#open === undefined ? 'outside' : 'inside', value, ...this.here() };
  }

  #mark(character: string): void {
    if (character === '{') this.#openObject();
    else if (character === '[') this.#openList();
    else if (character !== '') {
      this.#open = this.#open?.outer;
      if (this.#open === undefined) this.name = '';
    }
  }

  #openObject(): void {
    const outer = this.#open?.object;
    const object = { outer, root: outer?.root ?? outer, depth: (outer?.depth ?? 0) + 1 };
    this.#open = { outer: this.#open, object, listName: undefined };
  }

  #openList(): void {
    const open = this.#open;
    this.#open = { outer: open, object: open?.object, listName: open?.listName ?? this.name };
  }
}

function linesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** The values whose names are looked for. */
class Values {
  /** What is too long is not looked through once more at each name within it. */
  #from = 0;

  constructor(private readonly isWanted: (name: string) => boolean) {}

  /** The JSON of the value that begins there; empty if it has no end or is very long, undefined if nobody asks for it. */
  take(name: string, text: string, start: number): string | undefined {
    if (start < this.#from || !this.isWanted(name)) return undefined;
    const value = valueAt(text.slice(start, start + RAW_MAX));
    if (value === '') this.#from = start + RAW_MAX;
    return value;
  }
}

/** The value that the text begins with. */
function valueAt(text: string): string {
  if (!/^["{[]/.test(text)) return /^[^\s,\]}]{1,100}/.exec(text)?.[0] ?? '';
  const marks = /["{}[\]]/g;
  let depth = 0;
  for (let found = marks.exec(text); found !== null; found = marks.exec(text)) {
    const [mark] = found;
    if (mark === '"') {
      const close = closingQuote(text, marks.lastIndex);
      if (close === -1) return '';
      marks.lastIndex = close + 1;
    } else depth += mark === '{' || mark === '[' ? 1 : -1;
    if (depth === 0) return text.slice(0, marks.lastIndex);
  }
  return '';
}

function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charAt(at - 1 - slashes) === '\\') slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return -1;
}

export function unescaped(literal: string): string {
  try {
    return JSON.parse(`"${literal}"`) as string;
  } catch {
    return literal;
  }
}

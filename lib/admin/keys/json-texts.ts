/** A text of JSON that is a value, or what one of the names looked for has as its value. */
export interface JsonText {
  readonly line: number;
  /** Without escapes; the JSON itself if `isRaw`, and empty if that has no end or is very long. */
  readonly value: string;
  /** The name is one of those looked for. */
  readonly isRaw?: true;
  /** The name that it, or the list that it stands in, has in its object; empty in a plain list. */
  readonly name: string;
  /** What it stands in; undefined outside of all objects. */
  readonly object: JsonObject | undefined;
}

/** An object of the text. */
export interface JsonObject {
  /** The one around it. */
  readonly outer: JsonObject | undefined;
}

const RAW_MAX = 64 * 1024;

/**
 * The texts that are values, each with its name, and values of any kind whose name `isWanted`; undefined
 * for each name. Reads on over what is broken, and takes any length in one pass.
 */
export function* jsonTexts(
  text: string,
  isWanted: (name: string) => boolean,
): Generator<JsonText | undefined> {
  let [line, at, name] = [1, 0, ''];
  const places = new Places();
  const values = new Values(isWanted);
  // Looked for once for each line, as a long text may have only one.
  let newline = text.indexOf('\n');
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) return;
    places.read(text, at, quote, name);
    const end = closingQuote(text, quote + 1);
    if (end === -1) return;
    for (; newline !== -1 && newline < quote; newline = text.indexOf('\n', newline + 1)) line += 1;
    const literal = text.slice(quote + 1, end);
    const value = literal.includes('\\') ? unescaped(literal) : literal;
    at = end + 1;
    const colon = /^\s{0,20}:\s{0,20}/.exec(text.slice(at, at + 42))?.[0];
    if (colon === undefined) {
      yield { line, value, ...places.at(name) };
      continue;
    }
    name = value;
    yield undefined;
    const raw = values.take(name, text, at + colon.length);
    if (raw === undefined) continue;
    yield { line, value: raw, isRaw: true, ...places.at(name) };
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

/** Where the text is being read. */
class Places {
  /** The innermost one. */
  #open: Place | undefined;

  /** Of a text after that name. */
  at(name: string): Pick<JsonText, 'name' | 'object'> {
    return { name: this.#open?.listName ?? name, object: this.#open?.object };
  }

  /** What stands between two texts; `name` is the last one that was read. */
  read(text: string, from: number, end: number, name: string): void {
    for (let at = from; at < end; at++) {
      const character = text.charAt(at);
      if (character === '{') this.#openObject();
      else if (character === '[') this.#openList(name);
      else if (character === '}' || character === ']') this.#open = this.#open?.outer;
    }
  }

  #openObject(): void {
    this.#open = { outer: this.#open, object: { outer: this.#open?.object }, listName: undefined };
  }

  #openList(name: string): void {
    const open = this.#open;
    this.#open = { outer: open, object: open?.object, listName: open?.listName ?? name };
  }
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

/** A text of JSON that is a value. */
export interface JsonText {
  readonly line: number;
  /** Without escapes; of `limits` the JSON itself. */
  readonly value: string;
  /** The name that it has in its object; empty in a plain list. */
  readonly name: string;
  /** What it stands in; undefined outside of all objects. */
  readonly object: JsonObject | undefined;
}

/** An object of the text. */
export interface JsonObject {
  /** The one around it. */
  readonly outer: JsonObject | undefined;
}

/** The only object that is told as a whole. */
export const LIMITS = 'limits';
const LIMITS_MAX = 64 * 1024;

/**
 * The texts that are values, each with the last name before it; undefined for each name. Reads on over what is broken,
 * and takes any length in one pass.
 */
export function* jsonTexts(text: string): Generator<JsonText | undefined> {
  let [line, at, name] = [1, 0, ''];
  const objects = new Objects();
  // Looked for once for each line, as a long text may have only one.
  let newline = text.indexOf('\n');
  for (;;) {
    const start = text.indexOf('"', at);
    if (start === -1) return;
    objects.read(text, at, start);
    const end = closingQuote(text, start + 1);
    if (end === -1) return;
    for (; newline !== -1 && newline < start; newline = text.indexOf('\n', newline + 1)) line += 1;
    const literal = text.slice(start + 1, end);
    const value = literal.includes('\\') ? unescaped(literal) : literal;
    at = end + 1;
    const colon = /^\s{0,20}:\s{0,20}/.exec(text.slice(at, at + 42))?.[0];
    if (colon === undefined) {
      yield { line, value, name, object: objects.open };
      continue;
    }
    name = value;
    yield undefined;
    const limits = name === LIMITS ? objectAt(text, at + colon.length) : undefined;
    if (limits === undefined) continue;
    yield { line, value: limits, name, object: objects.open };
    at += colon.length + limits.length;
  }
}

/** Which objects are open. */
class Objects {
  /** The innermost one. */
  open: JsonObject | undefined;

  /** What stands between two texts. */
  read(text: string, from: number, end: number): void {
    for (let at = from; at < end; at++) {
      const character = text.charAt(at);
      if (character === '{') this.open = { outer: this.open };
      else if (character === '}') this.open = this.open?.outer;
    }
  }
}

/** The JSON of the object that begins there; undefined if there is none, or it is very long. */
function objectAt(text: string, start: number): string | undefined {
  if (text.charAt(start) !== '{') return undefined;
  let depth = 0;
  for (let at = start; at - start < LIMITS_MAX && at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') {
      at = closingQuote(text, at + 1);
      if (at === -1) return undefined;
    } else if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    if (depth === 0) return text.slice(start, at + 1);
  }
  return undefined;
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

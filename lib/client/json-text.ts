/**
 * A value of a JSON text by where it stands, so that it can be shown as it is written: numbers of any size, names given
 * twice.
 */
export type JsonNode =
  | { readonly kind: 'string' | 'number' | 'word'; readonly start: number; readonly end: number }
  | {
      readonly kind: 'object' | 'array';
      readonly start: number;
      readonly end: number;
      readonly items: readonly JsonItem[];
    };

export interface JsonItem {
  /** The name with its quotes; undefined in an array. */
  readonly name: string | undefined;
  readonly node: JsonNode;
}

const DEPTH_MAX = 100;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const SPACE = /[ \t\n\r]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

class NotJson extends Error {}

/** The tree of an object or array; undefined for anything else, what is broken, cut off or nested deeper than 100. */
export function parseJsonText(text: string): JsonNode | undefined {
  try {
    const reader = new Reader(text);
    const node = reader.value(0);
    reader.skip();
    return reader.at === text.length && 'items' in node ? node : undefined;
  } catch (error) {
    if (error instanceof NotJson) return undefined;
    throw error;
  }
}

class Reader {
  at = 0;

  constructor(private readonly text: string) {}

  skip(): void {
    this.match(SPACE);
  }

  value(depth: number): JsonNode {
    this.skip();
    const start = this.at;
    const first = this.text[start];
    if (first === '{' || first === '[') return this.list(first, depth);
    if (first === '"') {
      this.string();
      return { kind: 'string', start, end: this.at };
    }
    if (this.match(WORD)) return { kind: 'word', start, end: this.at };
    if (this.match(NUMBER)) return { kind: 'number', start, end: this.at };
    throw new NotJson();
  }

  private list(first: '{' | '[', depth: number): JsonNode {
    if (depth >= DEPTH_MAX) throw new NotJson();
    const start = this.at;
    const last = first === '{' ? '}' : ']';
    const items: JsonItem[] = [];
    this.at += 1;
    this.skip();
    if (!this.take(last)) {
      do {
        const name = first === '{' ? this.name() : undefined;
        items.push({ name, node: this.value(depth + 1) });
        this.skip();
      } while (this.take(','));
      if (!this.take(last)) throw new NotJson();
    }
    return { kind: first === '{' ? 'object' : 'array', start, end: this.at, items };
  }

  private name(): string {
    this.skip();
    const start = this.at;
    this.string();
    const name = this.text.slice(start, this.at);
    this.skip();
    if (!this.take(':')) throw new NotJson();
    return name;
  }

  private string(): void {
    if (!this.take('"')) throw new NotJson();
    while (!this.take('"')) {
      const code = this.text.charCodeAt(this.at);
      if (Number.isNaN(code) || code < 0x20) throw new NotJson();
      if (code !== 0x5c) this.at += 1;
      else if (!this.match(ESCAPE)) throw new NotJson();
    }
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private match(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return false;
    this.at += found[0].length;
    return true;
  }
}

/** Control characters and those that turn the direction of writing, made visible; line ends and tabs stay. */
export function visibleText(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (one) => {
      return `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`;
    },
  );
}

/** A string of a JSON text in quotes, its line ends and foreign letters as they read. */
export function readableString(raw: string): string {
  return `"${visibleText(JSON.parse(raw) as string)}"`;
}

/** Longer texts are matched with no pattern of a list. No provider has a model of a longer name. */
export const TEXT_MAX = 256;

const REPEATS_MAX = 64;
/** Classes, line ends and signs; neither what was matched before nor code points. */
const ESCAPES = /^[dDwWsSbnrt\W]$/;
const CLASS = /\[\^?(?:[^\\[\]]|\\[dDwWsSnrt\W])+\]/y;
const BOUNDS = /\{(\d{1,2})(?:(,)(\d{0,2}))?\}/y;

/**
 * How many ways there are, at most, to match a text of TEXT_MAX characters: a matcher that goes back takes no more than
 * so many turns. Undefined for what is no pattern, or has more in it than classes, alternatives, lookaheads, groups
 * that may be absent, and repeated characters: a group that is repeated may have more ways than anybody can count.
 */
export function waysOf(pattern: string): number | undefined {
  try {
    new RegExp(pattern);
    const reader = new PatternReader(pattern);
    const ways = reader.alternatives(0);
    return reader.isAtEnd ? ways : undefined;
  } catch {
    return undefined;
  }
}

class Unsafe extends Error {}

class PatternReader {
  #at = 0;

  constructor(private readonly pattern: string) {}

  get isAtEnd(): boolean {
    return this.#at === this.pattern.length;
  }

  /** Of the whole pattern at `depth` 0: what is not bound to the begin is tried everywhere. */
  alternatives(depth: number): number {
    let ways = 0;
    do {
      const isBound = depth > 0 || this.pattern[this.#at] === '^';
      ways += this.#sequence(depth) * (isBound ? 1 : TEXT_MAX);
    } while (this.#takes('|'));
    return ways;
  }

  #sequence(depth: number): number {
    let ways = 1;
    while (!this.isAtEnd && !'|)'.includes(this.#next)) ways *= this.#term(depth);
    return ways;
  }

  #term(depth: number): number {
    if (this.#takes('^') || this.#takes('$')) return 1;
    if (this.#takes('(')) return this.#group(depth);
    this.#atom();
    const ways = this.#repeats();
    this.#takes('?');
    return ways;
  }

  #group(depth: number): number {
    const isLookahead = this.#takes('?!') || this.#takes('?=');
    if (!isLookahead && !this.#takes('?:') && this.#next === '?') throw new Unsafe();
    const ways = this.alternatives(depth + 1);
    if (!this.#takes(')')) throw new Unsafe();
    if ('*+{'.includes(this.#next) && !this.isAtEnd) throw new Unsafe();
    if (!this.#takes('?')) return ways;
    if (isLookahead || this.#next === '?') throw new Unsafe();
    return ways + 1;
  }

  /** One character, whichever it may be. */
  #atom(): void {
    if (this.#takes('\\')) {
      if (!ESCAPES.test(this.#next)) throw new Unsafe();
      this.#at += 1;
    } else if (this.#next === '[') {
      if (this.#match(CLASS) === undefined) throw new Unsafe();
    } else if ('*+?{}]'.includes(this.#next)) throw new Unsafe();
    else this.#at += 1;
  }

  #repeats(): number {
    if (this.#takes('*') || this.#takes('+')) return TEXT_MAX;
    if (this.#takes('?')) return 2;
    if (this.#next !== '{') return 1;
    const [, from, comma, to] = this.#match(BOUNDS) ?? [];
    if (from === undefined || Number(from) > REPEATS_MAX) throw new Unsafe();
    if (comma === undefined) return 1;
    return to === '' ? TEXT_MAX : Math.max(1, Number(to) - Number(from) + 1);
  }

  get #next(): string {
    return this.pattern[this.#at] ?? '';
  }

  #takes(text: string): boolean {
    const isThere = this.pattern.startsWith(text, this.#at);
    if (isThere) this.#at += text.length;
    return isThere;
  }

  #match(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.pattern);
    if (found === null) return undefined;
    this.#at = expression.lastIndex;
    return found;
  }
}

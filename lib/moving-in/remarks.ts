import type { Remark } from './plan';

/** So many are named, the first ones. */
export const ITEMS_MAX = 10;
const NAME_MAX = 80;
const TEXT_MAX = 300;
const NOTE_MAX = 1_000;

/** Collects what does not come over, so that equal things are told once, with their number. */
export class Remarks {
  readonly #byText = new Map<string, { count: number; items: string[] }>();

  /** `item` is a name for people: it must not be a secret. */
  add(text: string, item: string, count = 1): void {
    const line = plain(text, TEXT_MAX);
    const known = this.#byText.get(line) ?? { count: 0, items: [] };
    known.count += count;
    const name = plain(item);
    if (known.items.length < ITEMS_MAX && name !== '' && !known.items.includes(name)) known.items.push(name);
    this.#byText.set(line, known);
  }

  list(): Remark[] {
    return [...this.#byText].map(([text, { count, items }]) => ({ text, count, items }));
  }
}

/** What comes from outside, in one line, and not a long one. */
export function plain(text: string, charactersMax = NAME_MAX): string {
  const line = text.replace(/\p{C}/gu, ' ').trim();
  return line.length > charactersMax ? `${cut(line, charactersMax - 1)}…` : line;
}

/** Nothing is cut in two that takes two characters. */
function cut(text: string, charactersMax: number): string {
  return text.slice(0, charactersMax).replace(/[\uD800-\uDBFF]$/, '');
}

/** What a person has written about a thing, as a note here. */
export function noteOf(text: string): string {
  return cut(text.replace(/\p{Cc}/gu, ' ').trim(), NOTE_MAX);
}

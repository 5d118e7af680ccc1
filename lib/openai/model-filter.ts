import { keptText } from './kept-text';

/** Names of this many characters more than the longest that is filtered cannot be a spelling of it. */
const SPARE_LENGTH = 200;
/** Gemini's models are known with it and without it. */
const PREFIX = /^models\//;

/** Models that are neither listed nor served, however their names are spelt. */
export class ModelFilter {
  readonly #keys: ReadonlySet<string>;
  readonly #lengthMax: number;

  constructor(readonly names: readonly string[] = []) {
    this.#keys = new Set(names.map(keyOf).filter((key) => key !== ''));
    this.#lengthMax = Math.max(0, ...names.map(({ length }) => length)) * 2 + SPARE_LENGTH;
  }

  get isEmpty(): boolean {
    return this.#keys.size === 0;
  }

  /** Whether the name, without regard to case, white space around it and compatible characters, is one of the filtered. */
  has(name: string): boolean {
    if (this.isEmpty) return false;
    const trimmed = name.trim();
    return trimmed.length <= this.#lengthMax && this.#keys.has(keyOf(trimmed));
  }
}

function keyOf(name: string): string {
  return folded(name).replace(PREFIX, '');
}

/** A text as a careless reader compares it: invisible and compatible characters and case make no difference. */
export function folded(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\p{C}\ufffd]/gu, '')
    .trim()
    .toLowerCase();
}

const MODEL_WORDS = /model|engine|deployment|fallback/;
const NAME_LENGTH_MAX = 200;

/** Whether what is called that (a member, a field, a parameter, a header) may tell the model to some provider. */
export function mayNameModel(name: string): boolean {
  return name.length <= NAME_LENGTH_MAX && MODEL_WORDS.test(folded(name));
}

const SHOWN_MAX = 100;

/** What a client is told that asks for a model that is filtered. */
export function notServed(model: string): string {
  return `The model '${keptText(model, SHOWN_MAX)}' does not exist or is not served here.`;
}

import { keptText } from '../json/kept-text';

/** Of longer names only the beginning and the end are compared. */
const COMPARED_MAX = 4 * 1024;
/** Gemini's models are known with it and without it. */
const PREFIX = /^models\//;

/** Models that are neither listed nor served, however their names are spelt; and, with a list, all that are not on it. */
export class ModelFilter {
  readonly #keys: readonly string[];
  readonly #whole: ReadonlySet<string>;

  constructor(
    readonly names: readonly string[] = [],
    /** The only ones that may be asked for; undefined for all. */
    readonly allowed?: { has(name: string): boolean },
  ) {
    this.#whole = new Set(names.map(keyOf).filter((key) => key !== ''));
    this.#keys = [...this.#whole];
  }

  get isEmpty(): boolean {
    return this.#keys.length === 0 && this.allowed === undefined;
  }

  /** Whether it may not be asked for: it is filtered, or is not on the list. */
  has(name: string): boolean {
    return this.isFiltered(name) || this.allowed?.has(name) === false;
  }

  /**
   * What may not be asked for where some reader takes one of these for the name: the first that is filtered, or the
   * first of all if none is on the list. Undefined if there is nothing against it.
   */
  refusedOf(readings: readonly string[]): string | undefined {
    const filtered = readings.find((reading) => this.isFiltered(reading));
    const { allowed } = this;
    if (filtered !== undefined || allowed === undefined) return filtered;
    return readings.some((reading) => allowed.has(reading)) ? undefined : readings[0];
  }

  /**
   * Whether the name, without regard to case, white space around it and compatible characters, is one of the filtered:
   * itself, behind prefixes (`openai/`, `openai:`) or before suffixes (`:free`). `gpt-4o-mini` is not `gpt-4o`, nor is
   * what was fine-tuned from it (`ft:gpt-4o:...`).
   */
  isFiltered(name: string): boolean {
    if (this.#keys.length === 0) return false;
    const trimmed = name.trim();
    if (trimmed.length > 2 * COMPARED_MAX) {
      return this.isFiltered(trimmed.slice(0, COMPARED_MAX)) || this.isFiltered(trimmed.slice(-COMPARED_MAX));
    }
    const text = folded(trimmed);
    return this.#whole.has(text) || this.#keys.some((key) => isWithin(text, key));
  }
}

/** Whether the key stands in the text between separators. */
function isWithin(text: string, key: string): boolean {
  for (let at = text.indexOf(key); at !== -1; at = text.indexOf(key, at + 1)) {
    if (isStart(text, at) && isEnd(text, at + key.length)) return true;
  }
  return false;
}

function isStart(text: string, at: number): boolean {
  if (at === 0) return true;
  const before = text[at - 1];
  return before === '/' || (before === ':' && !/(?:^|[/:])ft:$/.test(text.slice(Math.max(0, at - 4), at)));
}

function isEnd(text: string, at: number): boolean {
  return at === text.length || /^\s*(?:[:#?]|\/+$)/.test(text.slice(at));
}

function keyOf(name: string): string {
  return folded(name).replace(PREFIX, '');
}

const PRINTABLE = /^[ -~]*$/;

/** A text as a careless reader compares it: invisible and compatible characters and case make no difference. */
export function folded(text: string): string {
  if (PRINTABLE.test(text)) return text.trim().toLowerCase();
  return text
    .normalize('NFKC')
    .replace(/[\p{C}\ufffd]/gu, '')
    .trim()
    .toLowerCase();
}

export const MODEL_WORDS = /model|engine|deployment|fallback/;
const NAME_LENGTH_MAX = 200;

/** Whether what is called that (a member, a field, a parameter, a header) may tell the model to some provider. */
export function mayNameModel(name: string): boolean {
  return name.length <= NAME_LENGTH_MAX && MODEL_WORDS.test(folded(name));
}

/** Whether a member of this name lists fallback models, in any shape. */
export function mayHoldFallbacks(name: string): boolean {
  return name.length <= NAME_LENGTH_MAX && folded(name).includes('fallback');
}

/** What the client or its users have written: no provider looks for a model in there. */
export const CONTENT_MEMBERS: ReadonlySet<string> = new Set([
  'messages',
  'metadata',
  'attributes',
  'env',
  'parameters',
  'input_schema',
  'schema',
  'json_schema',
  'arguments',
  'content',
  'contents',
  'prompt',
]);
const TEXT_FIELDS: ReadonlySet<string> = new Set(['input', 'instructions', 'text', 'query', 'description']);

/** The same of a form's field: `prompt`, `metadata[model]`. */
export function isContentName(name: string): boolean {
  const [first = ''] = name.split('[', 1);
  return CONTENT_MEMBERS.has(first) || TEXT_FIELDS.has(first);
}

const SHOWN_MAX = 100;

/** What a client is told that asks for a model that is filtered. */
export function notServed(model: string): string {
  return `The model '${keptText(model, SHOWN_MAX)}' does not exist or is not served here.`;
}

/** What a client is told that asks for a model that its token may not use. */
export function notAllowed(model: string): string {
  return `This token may not use the model '${keptText(model, SHOWN_MAX)}'.`;
}

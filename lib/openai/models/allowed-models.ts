import { folded } from './model-filter';

/** No name of a model is longer. */
const NAME_MAX = 1024;
/** Gemini's models are known with it and without it. */
const PREFIX = /^models\//;

/**
 * The models that may be asked for, by their whole names, without regard to case, white space around them and
 * compatible characters. `*` in a pattern is any text: `gpt-4o*`, `*`.
 */
export class AllowedModels {
  readonly #names = new Set<string>();
  readonly #patterns: (readonly string[])[] = [];

  constructor(readonly patterns: readonly string[]) {
    for (const pattern of patterns.map(keyOf)) {
      if (pattern.includes('*')) this.#patterns.push(pattern.split('*'));
      else this.#names.add(pattern);
    }
  }

  has(name: string): boolean {
    if (name.length > NAME_MAX) return false;
    const text = keyOf(name);
    return this.#names.has(text) || this.#patterns.some((parts) => fits(parts, text));
  }
}

function keyOf(name: string): string {
  return folded(name).replace(PREFIX, '');
}

/** Goes through parts and text once each, whatever they are. `parts`: what stands between the stars. */
function fits(parts: readonly string[], text: string): boolean {
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, from);
    if (found === -1) return false;
    from = found + part.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}

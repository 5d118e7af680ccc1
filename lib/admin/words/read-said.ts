import texts from './said-texts.json';
import { VERDICTS } from '../../balancer/attempts/verdict';
import type { Said } from '../contract/said';

/**
 * Every text of the program's own, by its code. As in gettext the English sentence is what names a message: it is what
 * scripts, logs and the database have, so texts that were stored by former versions are known as well.
 *
 * `{why...}` is again a text of the program, `{words}` one of the program or of others, such as a provider.
 */
export const SAID_TEXTS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(texts).flatMap(([group, messages]) =>
    Object.entries(messages).map(([name, text]) => [`${group}.${name}`, text]),
  ),
);

/** A number, or what stands for one where numbers are left out. */
const NUMBER = String.raw`-?\d+(?:\.\d+)?|\(number\)`;
const NUMBERS: ReadonlySet<string> = new Set([
  ...['byte', 'bytes', 'count', 'limit', 'max', 'min', 'more', 'ms', 'number', 'seconds', 'status'],
  ...['alive', 'disabled', 'errors', 'merged', 'passed', 'probed', 'purged', 'recovered', 'rejected'],
  ...['requests', 'rollups', 'skipped', 'tested', 'unproven'],
]);
const PATTERNS: Readonly<Record<string, string>> = {
  verdict: Object.keys(VERDICTS).join('|'),
  errno: '[A-Z][A-Z0-9_]+',
  setting: '[A-Z][A-Z0-9_]+',
  outcome: '[a-z_]+',
  thing: '[a-z ]+',
  // A setting or a field, with the place in it: `PROVIDERS_CONFIG[0].base_url`.
  name: String.raw`[\w.[\]-]+`,
};
/** Where `name` is a name that people have chosen. */
const PLACEHOLDER = /\{([a-z]\w*)\}/;

interface Template {
  readonly code: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

const literals = new Map<string, Said>();
const templates: Template[] = [];
for (const [code, text] of Object.entries(SAID_TEXTS)) {
  if (PLACEHOLDER.test(text)) templates.push(templateOf(code, text));
  else literals.set(text, { code, params: {} });
}
// What says more of itself comes first.
templates.sort((a, b) => fixedLength(b) - fixedLength(a));

function templateOf(code: string, text: string): Template {
  const parts = text.split(new RegExp(PLACEHOLDER, 'g'));
  const names = parts.filter((_part, index) => index % 2 === 1);
  const isPlace = code.startsWith('field.');
  const source = parts
    .map((part, index) => (index % 2 === 0 ? escaped(part) : `(${patternOf(part, isPlace)})`))
    .join('');
  return { code, names, pattern: new RegExp(`^${source}$`) };
}

function patternOf(name: string, isPlace: boolean): string {
  if (NUMBERS.has(name)) return NUMBER;
  return name === 'name' && !isPlace ? '[^]+?' : (PATTERNS[name] ?? '[^]+?');
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function fixedLength({ code }: Template): number {
  return (SAID_TEXTS[code] ?? '').replace(new RegExp(PLACEHOLDER, 'g'), '').length;
}

/** Longer texts are not the program's. */
const LENGTH_MAX = 1_500;
const DEPTH_MAX = 5;
const CACHED_MAX = 2_000;
const cache = new Map<string, Said | undefined>();

/** What one of the program's own texts says; undefined for the words of others. */
export function readSaid(text: string): Said | undefined {
  if (cache.has(text)) return cache.get(text);
  const said = read(text, 0);
  if (cache.size >= CACHED_MAX) cache.clear();
  cache.set(text, said);
  return said;
}

function read(text: string, depth: number): Said | undefined {
  const literal = literals.get(text);
  if (literal !== undefined || text.length > LENGTH_MAX || depth > DEPTH_MAX) return literal;
  for (const template of templates) {
    const match = template.pattern.exec(text);
    const params = match === null ? undefined : paramsOf(template, match.slice(1), depth + 1);
    if (params !== undefined) return { code: template.code, params };
  }
  return undefined;
}

/** Undefined if a part has to be a text of the program and is not. */
function paramsOf({ names }: Template, values: readonly string[], depth: number): Said['params'] | undefined {
  const params: Record<string, Said['params'][string]> = {};
  for (const [index, name] of names.entries()) {
    const value = values[index] ?? '';
    if (name.startsWith('why')) {
      const said = read(value, depth);
      if (said === undefined) return undefined;
      params[name] = said;
    } else if (name === 'words') params[name] = read(value, depth) ?? value;
    else params[name] = NUMBERS.has(name) && value !== '(number)' ? Number(value) : value;
  }
  return params;
}

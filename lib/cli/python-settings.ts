import { parseJson } from '../config/raw-text';
import { isSettingName, isStartOnlyName, isUnset, parseSetting, type SettingName } from '../config/settings';
import { slugFromName } from '../config/slug';
import { providerFields } from '../config/values/provider';
import type { PythonTexts } from './python-installation';

/** What an installation of the Python program becomes here. */
export interface MovedIn {
  /** Without keys. */
  readonly settings: Readonly<Partial<Record<SettingName, string>>>;
  /** Keys by slug of their provider. */
  readonly keys: ReadonlyMap<string, readonly string[]>;
  /** What could not be taken over, in words and without secrets. */
  readonly problems: readonly string[];
}

const DEFAULT_SLUG = 'default';
/** Settings that are worked out from several others. */
const COMPOSED: readonly string[] = ['API_KEYS', 'PROVIDERS_CONFIG', 'DEFAULT_PROVIDER'];

/**
 * Translates. With PROVIDERS_CONFIG that program serves its providers alone, and by default the first one that is
 * enabled; without, BASE_URL and API_KEYS.
 */
export function moveIn(texts: PythonTexts): MovedIn {
  const settings: Partial<Record<SettingName, string>> = {};
  const problems: string[] = [];
  const take = (name: SettingName, text: string): void => {
    const parsed = parseSetting(name, text);
    if (parsed.ok) settings[name] = text;
    else problems.push(parsed.message);
  };
  for (const [name, text] of plainSettings(texts)) take(name, text);
  const entries = readEntries(texts['PROVIDERS_CONFIG'] ?? '', problems);
  const plain = parseSetting('API_KEYS', texts['API_KEYS'] ?? '');
  const plainKeys = plain.ok ? plain.value : [];
  if (entries.length === 0) {
    if (!plain.ok) problems.push(plain.message);
    return { settings, keys: keysBySlug([{ slug: DEFAULT_SLUG, keys: plainKeys }]), problems };
  }

  if (plainKeys.length > 0) {
    problems.push(
      `API_KEYS: its ${plainKeys.length} keys are left out, as that program does not use them beside PROVIDERS_CONFIG`,
    );
  }
  take('PROVIDERS_CONFIG', JSON.stringify(entries.map(({ entry }) => entry)));
  const byDefault = defaultOf(entries, texts['DEFAULT_PROVIDER'] ?? '');
  if (byDefault !== undefined) take('DEFAULT_PROVIDER', byDefault.slug);
  return { settings, keys: keysBySlug(entries), problems };
}

/** Those that mean the same here as there. */
function* plainSettings(texts: PythonTexts): Generator<readonly [SettingName, string]> {
  for (const [name, text] of Object.entries(texts)) {
    if (isTakenOver(name) && !isUnset(text)) yield [name, name === 'LOG_LEVEL' ? logLevel(text) : text];
  }
}

function isTakenOver(name: string): name is SettingName {
  return isSettingName(name) && !isStartOnlyName(name) && !COMPOSED.includes(name);
}

function keysBySlug(
  entries: readonly { readonly slug: string; readonly keys: readonly string[] }[],
): Map<string, string[]> {
  const withKeys = entries.filter(({ keys }) => keys.length > 0);
  return new Map(withKeys.map(({ slug, keys }) => [slug, [...keys]]));
}

/** The one that is named, else the first that can answer. */
function defaultOf(entries: readonly Entry[], wanted: string): Entry | undefined {
  const chosen = entries.find(({ name, slug }) => wanted !== '' && (name === wanted || slug === wanted));
  return chosen ?? entries.find(({ entry, keys }) => entry['enabled'] !== false && keys.length > 0);
}

interface Entry {
  readonly name: string;
  readonly slug: string;
  readonly keys: string[];
  /** As PROVIDERS_CONFIG here has it. */
  readonly entry: Readonly<Record<string, unknown>>;
}

function readEntries(text: string, problems: string[]): Entry[] {
  if (isUnset(text)) return [];
  const json = parseJson(text);
  if (!json.ok || !Array.isArray(json.value)) {
    problems.push('PROVIDERS_CONFIG: is not a JSON list');
    return [];
  }
  return json.value.flatMap((item: unknown, index) => {
    if (typeof item !== 'object' || item === null) {
      problems.push(`PROVIDERS_CONFIG[${index}]: is not an object`);
      return [];
    }
    const entry = readEntry(item as Record<string, unknown>);
    const parsed = parseSetting('PROVIDERS_CONFIG', JSON.stringify([entry.entry]));
    if (parsed.ok) return [entry];
    problems.push(parsed.message.replace('[0]', `[${index}]`));
    return [];
  });
}

function readEntry(item: Readonly<Record<string, unknown>>): Entry {
  const known = Object.entries(item).filter(([field]) => providerFields.includes(field));
  const { api_keys: keys, ...entry } = Object.fromEntries(known);
  const name = textOf(item['name']);
  const slug = textOf(item['path']).toLowerCase() || slugFromName(name);
  const list = Array.isArray(keys) ? keys.map(textOf) : textOf(keys).split(',');
  return {
    name,
    slug,
    keys: list.map((key) => key.trim()).filter((key) => key !== ''),
    entry: { ...entry, path: slug },
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** That program has a level above ERROR. */
function logLevel(text: string): string {
  return text.trim().toUpperCase() === 'CRITICAL' ? 'ERROR' : text;
}

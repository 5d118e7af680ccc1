import { parseJson } from '../config/raw-text';
import { isSettingName, isStartOnlyName, isUnset, parseSetting, type SettingName } from '../config/settings';
import { slugFromName } from '../config/slug';
import { providerFields } from '../config/values/provider';
import { tokenSchema } from '../config/values/text';
import { isObject } from '../moving-in/rows';
import { goodPartsOf } from './good-parts';
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
    const good = goodPartsOf(name, text);
    if (good.text !== undefined) settings[name] = good.text;
    problems.push(...good.problems);
    // Whoever has set proxies may rely on them to stay unknown.
    if (name === 'PROXIES' && good.text === undefined)
      problems.push('PROXIES: NONE OF THEM IS LEFT, so requests will go out DIRECTLY: set PROXIES first');
  };
  for (const [name, text] of plainSettings(texts)) take(name, text);
  const entries = readEntries(texts['PROVIDERS_CONFIG'] ?? '', problems);
  const { text: keys = '', problems: ofKeys } = goodPartsOf('API_KEYS', texts['API_KEYS'] ?? '');
  const plain = parseSetting('API_KEYS', keys);
  const plainKeys = plain.ok ? plain.value : [];
  if (entries.length === 0) {
    problems.push(...ofKeys);
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
  readonly entry: Fields;
}

function readEntries(text: string, problems: string[]): Entry[] {
  if (isUnset(text)) return [];
  const json = parseJson(text);
  if (!json.ok || !Array.isArray(json.value)) {
    problems.push('PROVIDERS_CONFIG: is not a JSON list');
    return [];
  }
  const slugs = new Set<string>();
  return json.value.flatMap((item: unknown, index) => {
    const place = `PROVIDERS_CONFIG[${index}]`;
    if (typeof item !== 'object' || item === null) {
      problems.push(`${place}: is not an object`);
      return [];
    }
    const entry = readEntry(item as Fields, `provider-${index + 1}`);
    if (slugs.has(entry.slug)) {
      const lost = `the provider is left out, with its ${entry.keys.length} keys`;
      problems.push(`${place}.path: another provider has it; ${lost}`);
      return [];
    }
    const checked = checkedEntry(entry, place, problems);
    for (const { slug } of checked) slugs.add(slug);
    return checked;
  });
}

/** Without fields and headers that are not allowed; none at all if it can do nothing without them. */
function checkedEntry(read: Entry, place: string, problems: string[]): Entry[] {
  const isUsable = (key: string): boolean => tokenSchema.safeParse(key).success;
  const entry = { ...read, keys: read.keys.filter(isUsable) };
  const wrong = read.keys.length - entry.keys.length;
  if (wrong > 0) problems.push(`${place}.api_keys: ${wrong} of its keys cannot be sent in a header`);
  const reasonOf = (given: Fields): string | undefined => {
    const parsed = parseSetting('PROVIDERS_CONFIG', JSON.stringify([given]));
    return parsed.ok ? undefined : parsed.message.replace('PROVIDERS_CONFIG[0]', place);
  };
  if (reasonOf(entry.entry) === undefined) return [entry];
  const fields = Object.entries(entry.entry);
  const bare = Object.fromEntries(fields.filter(([field]) => NEEDED.includes(field)));
  const reason = reasonOf(bare);
  if (reason !== undefined) {
    problems.push(`${reason}; the provider is left out, with its ${entry.keys.length} keys`);
    return [];
  }
  let kept: Fields = bare;
  for (const field of fields.filter(([name]) => !NEEDED.includes(name)).flatMap(singly)) {
    const next = withField(kept, field);
    const why = reasonOf(next);
    if (why === undefined) kept = next;
    else problems.push(why);
  }
  return [{ ...entry, entry: kept }];
}

type Fields = Readonly<Record<string, unknown>>;
type Field = readonly [name: string, value: unknown];

/** Without these there is no provider. */
const NEEDED: readonly string[] = ['name', 'path', 'base_url', 'enabled'];

/** Headers one by one. */
function singly([name, value]: Field): Field[] {
  if (name !== 'custom_headers' || !isObject(value)) return [[name, value]];
  return Object.entries(value).map((header) => [name, Object.fromEntries([header])]);
}

function withField(entry: Fields, [name, value]: Field): Fields {
  const known = entry[name];
  const isMore = isObject(known) && isObject(value);
  return { ...entry, [name]: isMore ? { ...known, ...value } : value };
}

/** `usualSlug` is for a name that no path can be made of: one without a Latin letter or a digit. */
function readEntry(item: Fields, usualSlug: string): Entry {
  const known = Object.entries(item).filter(([field]) => providerFields.includes(field));
  const { api_keys: keys, ...entry } = Object.fromEntries(known);
  const name = textOf(item['name']);
  const slug = textOf(item['path']).toLowerCase() || slugFromName(name) || usualSlug;
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

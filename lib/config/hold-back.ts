import { isStartOnlyName, isUnset, parseSetting, type SettingName, settingNames } from './settings';

export type EnvValues = Readonly<Record<string, string>>;

/** They say which keys go to which address, so they change together or not at all. */
const KEYS_AND_ADDRESSES: readonly SettingName[] = [
  'API_KEYS',
  'BASE_URL',
  'CUSTOM_HEADERS',
  'DEFAULT_PROVIDER',
  'MODEL_REQUEST_KEY',
  'PROVIDERS_CONFIG',
  'PROXIES',
];

export interface HeldBack {
  /** What may act at once: all that is new or different, and the former values of what is held back. */
  readonly values: EnvValues;
  /** The changes that would take something away, and those that depend on them. */
  readonly names: readonly SettingName[];
  readonly takesAway: boolean;
}

/**
 * Parts what a file adds and changes from what it takes away, compared with what was last applied from it. Of a file
 * that may be written in pieces nothing acts either that says which keys go to which address: more of it may come.
 */
export function holdBack(before: EnvValues, after: EnvValues, mayBePart = false): HeldBack {
  const held = new Set(
    settingNames.filter((name) => !isStartOnlyName(name) && takesAway(name, before, after)),
  );
  const takesSomethingAway = held.size > 0;
  if (mayBePart || KEYS_AND_ADDRESSES.some((name) => held.has(name))) {
    for (const name of KEYS_AND_ADDRESSES) if (textOf(before, name) !== textOf(after, name)) held.add(name);
  }
  const values: Record<string, string> = { ...after };
  for (const name of held) {
    const former = textOf(before, name);
    if (former === undefined) delete values[name];
    else values[name] = former;
  }
  return { values, names: [...held], takesAway: takesSomethingAway };
}

/** The variable vanished, its text is the beginning of the former text, or its list has fewer items. */
function takesAway(name: SettingName, before: EnvValues, after: EnvValues): boolean {
  const former = textOf(before, name);
  if (former === undefined) return false;
  const text = textOf(after, name);
  if (text === undefined) return true;
  if (text === former) return false;
  if (former.startsWith(text)) return true;
  const [formerValue, value] = [parseSetting(name, former), parseSetting(name, text)];
  return formerValue.ok && value.ok && isSmaller(formerValue.value, value.value);
}

function isSmaller(before: unknown, after: unknown): boolean {
  if (!(before instanceof Object)) return before !== undefined && after === undefined;
  if (!(after instanceof Object)) return true;
  if (Array.isArray(before) && Array.isArray(after) && after.length < before.length) return true;
  return Object.entries(before).some(([name, part]) =>
    isSmaller(part, (after as Readonly<Record<string, unknown>>)[name]),
  );
}

function textOf(values: EnvValues, name: SettingName): string | undefined {
  const text = Object.hasOwn(values, name) ? values[name] : undefined;
  return text === undefined || isUnset(text) ? undefined : text;
}

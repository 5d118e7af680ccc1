import { parseJson, withoutOuterQuotes } from '../config/raw-text';
import { parseSetting, type SettingName } from '../config/settings';
import { splitList } from '../config/values/list';

/** What is allowed of a setting's text, and what is wrong with the rest of it, in words and without secrets. */
export interface GoodParts {
  /** undefined if nothing of it is left. */
  readonly text: string | undefined;
  readonly problems: readonly string[];
}

/** Takes a list apart by its items, an object by its members, so that one that is wrong costs no others. */
export function goodPartsOf(name: SettingName, text: string): GoodParts {
  const whole = parseSetting(name, text);
  if (whole.ok) return { text, problems: [] };
  const parts = partsOf(text);
  const problems: string[] = [];
  const good = parts.filter(({ alone }, index) => {
    const parsed = parseSetting(name, alone);
    if (!parsed.ok) problems.push(parsed.message.replaceAll(`${name}[0]`, `${name}[${index}]`));
    return parsed.ok;
  });
  const kept = good.length === 0 ? undefined : joined(good);
  // Where no part is wrong by itself, they do not go together.
  if (kept === undefined || problems.length === 0 || !parseSetting(name, kept).ok)
    return { text: undefined, problems: problems.length > 0 ? problems : [whole.message] };
  return { text: kept, problems };
}

interface Part {
  /** As a text of the setting with this part alone. */
  readonly alone: string;
  readonly value: unknown;
}

function partsOf(text: string): Part[] {
  const plain = withoutOuterQuotes(text);
  const json = parseJson(plain);
  if (!json.ok) return /["'[\]{}]/.test(plain) ? [] : splitList(plain).map(itemOf);
  if (Array.isArray(json.value)) return json.value.map(itemOf);
  if (typeof json.value !== 'object' || json.value === null) return [];
  return Object.entries(json.value).map(([key, value]) => {
    const member = Object.fromEntries([[key, value as unknown]]);
    return { alone: JSON.stringify(member), value: member };
  });
}

const itemOf = (value: unknown): Part => ({ alone: JSON.stringify([value]), value });

function joined(parts: readonly Part[]): string {
  const values = parts.map(({ value }) => value);
  const isList = parts[0]?.alone.startsWith('[') === true;
  return JSON.stringify(
    isList ? values : Object.fromEntries(values.flatMap((one) => Object.entries(one as object))),
  );
}

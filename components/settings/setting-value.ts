import type { SettingItem } from '@/lib/admin/contract/settings';

/** What is typed into a field; null gives the setting its default back. */
export type DraftValue = string | boolean | null;
export type SettingsDraft = Readonly<Record<string, DraftValue>>;

/** A value as its field shows it: lists by the line, objects as JSON. */
export function textOfValue(value: SettingItem['value']): string {
  if (value === null) return '';
  if (Array.isArray(value)) {
    const isPlain = value.every((entry) => typeof entry !== 'object' || entry === null);
    return isPlain ? value.map(String).join('\n') : JSON.stringify(value, null, 2);
  }
  return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value);
}

/** What a field shows: the draft if there is one, else what is in force. Of a secret nothing is shown. */
export function shownValue(item: SettingItem, draft: SettingsDraft): string | boolean {
  const drafted = draft[item.name];
  const value = drafted === undefined ? item.value : drafted === null ? item.default : drafted;
  return typeof value === 'boolean' ? value : textOfValue(value);
}

/** The draft without what was typed for this setting. */
export function withoutDraft(draft: SettingsDraft, item: SettingItem): SettingsDraft {
  return Object.fromEntries(Object.entries(draft).filter(([name]) => name !== item.name));
}

/** The draft with one more entry; what is again as it was is no change. */
export function withDraft(draft: SettingsDraft, item: SettingItem, value: DraftValue): SettingsDraft {
  const rest = withoutDraft(draft, item);
  const isAsItWas =
    value !== null && !(item.isSecret && item.value === null) && shownValue(item, {}) === value;
  const isDefaultAlready = value === null && item.source === 'default';
  return isAsItWas || isDefaultAlready ? rest : { ...rest, [item.name]: value };
}

/** Whether a search means this setting. */
export function isFound(item: SettingItem, description: string, find: string): boolean {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  const text = `${item.name} ${item.description} ${description} ${item.group}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

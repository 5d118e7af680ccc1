import { isSettingName, settingNames, type SettingName } from './settings';

export interface Misspelt {
  readonly name: string;
  readonly meant: SettingName;
}

/** Letters too many, too few or wrong in a slip: up to three, and a third of a short name. */
const editsMax = (name: string): number => Math.min(3, Math.floor(name.length / 3));

/** Names that are no settings but nearly are. Others are left alone: the file may serve other programs as well. */
export function misspeltSettings(names: readonly string[]): Misspelt[] {
  return names.flatMap((name) => {
    if (isSettingName(name)) return [];
    const near = settingNames
      .map((meant) => ({ name, meant, edits: editsBetween(name.toUpperCase(), meant) }))
      .sort((a, b) => a.edits - b.edits)[0];
    return near !== undefined && near.edits <= editsMax(name) ? [{ name, meant: near.meant }] : [];
  });
}

/** The Levenshtein distance. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

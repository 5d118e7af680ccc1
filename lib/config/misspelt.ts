import { distance } from 'fastest-levenshtein';
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
      .map((meant) => ({ name, meant, edits: distance(name.toUpperCase(), meant) }))
      .sort((a, b) => a.edits - b.edits)[0];
    return near !== undefined && near.edits <= editsMax(name) ? [{ name, meant: near.meant }] : [];
  });
}

import { entryOf, jsonOf, listOf, objectOf, textOf } from '../rows';
import type { SourceRow, SourceTables } from '../rows';

/** The group that stands for those that an option lists. */
const AUTO = 'auto';
const SPECIAL = 'group_ratio_setting.group_special_usable_group';
/** What counts there as long as the options were never saved. */
const USABLE = ['default', 'vip'];
const RATED = ['default', 'vip', 'svip'];

/** The groups that a client token asks for, and why that program would refuse it for them. */
export interface TokenGroups {
  readonly named: string;
  readonly names: readonly string[];
  readonly reason: string | undefined;
}

/** By the group of the token, or else of its user, whose own group is always theirs. */
export function tokenGroups(row: SourceRow, user: SourceRow | undefined, tables: SourceTables): TokenGroups {
  const own = textOf(user?.['group']) || 'default';
  const named = textOf(row['group']);
  if (named === '') return { named: own, names: [own], reason: undefined };
  const mayUse = (group: string): boolean => group === own || isUsable(group, own, tables);
  const refused = mayUse(named) ? undefined : 'its user may not use its group';
  if (named === AUTO) return { named, names: autoGroups(tables).filter(mayUse), reason: refused };
  const isGone = !namesOf(tables, 'GroupRatio', RATED).includes(named);
  return { named, names: [named], reason: isGone ? 'its group is given up' : refused };
}

export function optionOf(tables: SourceTables, name: string): unknown {
  return (tables.get('options') ?? []).find((row) => textOf(row['key']) === name)?.['value'];
}

function isUsable(group: string, own: string, tables: SourceTables): boolean {
  const special = objectOf(entryOf(objectOf(jsonOf(optionOf(tables, SPECIAL))), own));
  if (Object.hasOwn(special, `-:${group}`)) return false;
  if (Object.hasOwn(special, `+:${group}`) || Object.hasOwn(special, group)) return true;
  return namesOf(tables, 'UserUsableGroups', USABLE).includes(group);
}

/** The groups that an option has; an option that was never saved is not in the database. */
function namesOf(tables: SourceTables, option: string, unsaved: readonly string[]): readonly string[] {
  const value = optionOf(tables, option);
  return value === undefined ? unsaved : Object.keys(objectOf(jsonOf(value)));
}

function autoGroups(tables: SourceTables): readonly string[] {
  const option = jsonOf(optionOf(tables, 'AutoGroups'));
  return Array.isArray(option) ? listOf(option).map(textOf) : ['default'];
}

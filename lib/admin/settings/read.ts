import { settingGroups } from '../../config/setting-definition';
import { settingNames } from '../../config/settings';
import type { SettingsAnswer } from '../contract/settings';
import type { AdminContext } from '../context';
import { settingItem } from './setting-item';

/** Every setting, in the order of the form. */
export function readSettings(context: AdminContext): SettingsAnswer {
  return {
    revision: context.revisions.current,
    groups: [...settingGroups],
    items: settingNames.map((name) => settingItem(context, name)),
  };
}

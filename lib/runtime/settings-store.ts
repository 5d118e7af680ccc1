import type { SettingsStore } from '../config/live-settings';
import { isSettingName } from '../config/settings';
import type { Store } from '../store';

/**
 * Lets the settings keep themselves in the store. Rows of other names are not theirs; a row without a value only remembers
 * what was applied, so it has no source.
 */
export function settingsStore(
  store: Store,
  now: () => number,
  onUnreadable: (name: string) => void,
): SettingsStore {
  return {
    async list() {
      const rows = await store.settings.list(onUnreadable);
      return rows.flatMap(({ name, ...row }) =>
        isSettingName(name) ? [{ ...row, name, source: row.value === null ? null : row.source }] : [],
      );
    },
    saveMany: (records) =>
      store.settings.saveMany(
        records.map((record) => ({ ...record, source: record.source ?? 'dashboard', updatedAt: now() })),
      ),
  };
}

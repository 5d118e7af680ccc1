import type { SettingsStore } from '../../config/live-settings';
import type { SettingRecord } from '../../config/reconcile';
import { isSettingName } from '../../config/settings';
import type { SettingRow } from '../../store/rows';
import type { Store } from '../../store/open-store';
import { AppliedMemory, type AppliedBy } from './applied-memory';

/** The instance that applies an environment and a file, and the names that they have texts for at the start. */
export interface SettingsReader extends AppliedBy {
  readonly namesAtStart: { readonly environment: readonly string[]; readonly file: readonly string[] };
}

/**
 * Lets the settings keep themselves in the store. Rows of other names are not theirs; a row without a value only
 * remembers what was applied, so it has no source. What was applied is the memory of the `reader`; without one it is
 * the database's.
 */
export function settingsStore(
  store: Pick<Store, 'settings' | 'upkeep' | 'keepUp' | 'change'>,
  now: () => number,
  onUnreadable: (name: string) => void,
  reader?: SettingsReader,
): SettingsStore {
  const memory = reader && new AppliedMemory(reader);
  const record = (row: SettingRow): SettingRecord[] => {
    const { name, ...rest } = row;
    if (!isSettingName(name)) return [];
    const applied = memory?.of(row, (writer) => reader?.namesAtStart[writer].includes(name) === true);
    return [{ ...rest, ...applied, name, source: row.value === null ? null : row.source }];
  };
  return {
    async list() {
      const rows = await store.settings.list(onUnreadable);
      if (memory === undefined) return rows.flatMap(record);
      memory.read(rows);
      const records = rows.flatMap(record);
      if (!rows.some(({ name }) => name === memory.rowName)) await begin(store, memory, rows, records, now());
      return records;
    },
    async saveMany(records, asked) {
      const at = now();
      const rows = records.map((one): SettingRow => ({
        ...one,
        source: one.source ?? 'dashboard',
        updatedAt: at,
      }));
      const own = memory?.rowWith(records, at);
      const all = own === undefined ? rows : [...rows, own.row];
      if (asked === undefined) {
        await store.keepUp(async (write) => {
          await write.settings.saveMany(all);
          return [{ kind: 'settings' }];
        });
      } else {
        await store.change(asked.by, async (write) => {
          await write.settings.saveMany(all);
          return { entry: asked.entry, notes: [{ kind: 'settings' }], result: undefined };
        });
      }
      own?.saved();
    },
  };
}

/** From now on the instance has a memory of its own; if it cannot be written now, it is with the next settings. */
async function begin(
  { upkeep }: Pick<Store, 'upkeep'>,
  memory: AppliedMemory,
  rows: readonly SettingRow[],
  records: readonly SettingRecord[],
  at: number,
): Promise<void> {
  const own = memory.rowWith(records, at);
  own.saved();
  try {
    await upkeep.settings.saveMany([own.row]);
    await upkeep.settings.remove(memory.leftBehind(rows, at));
  } catch {
    // A full disk must not keep the program from starting.
  }
}

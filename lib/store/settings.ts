import type { Cipher } from './secrets/cipher';
import { bytesColumn, numberColumn, textColumn } from './database/columns';
import type { Database, SqlRow } from './database/database';
import type { WriteParts } from './write-parts';
import type { SettingRow } from './rows';
import { StoreError } from './store-error';

export interface SettingStore {
  /**
   * By name. A row that cannot be decrypted is left out and reported; without `onUnreadable` it throws
   * `decrypt_failed`.
   */
  list(onUnreadable?: (name: string) => void): Promise<SettingRow[]>;
}

export interface SettingWrites {
  /** Writes rows whole, new or not: all of them or none. */
  saveMany(rows: readonly SettingRow[]): Promise<void>;
  /** Writes those whose name is not there yet; the others stay as they are. */
  addMissing(rows: readonly SettingRow[]): Promise<void>;
  /** Nothing happens for a name that is not there. */
  remove(names: readonly string[]): Promise<void>;
}

export const SEALED = ['value', 'appliedEnvironment', 'appliedFile'] as const;
const COLUMNS = ['name', ...SEALED, 'source', 'updatedAt'] as const;

export function createSettingStore(database: Database, cipher: Cipher): SettingStore {
  return {
    async list(onUnreadable) {
      const rows = await database.query(`SELECT ${COLUMNS.join(', ')} FROM Setting ORDER BY name`);
      const settings: SettingRow[] = [];
      for (const row of rows) {
        try {
          settings.push(readSetting(row, cipher));
        } catch (error) {
          if (!onUnreadable) throw error;
          onUnreadable(textColumn(row, 'name'));
        }
      }
      return settings;
    },
  };
}

export function settingWrites({ session, dialect, cipher }: WriteParts): SettingWrites {
  const [, ...replaced] = COLUMNS;
  const insert = `INSERT INTO Setting (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`;
  const valuesOf = (row: SettingRow) => [
    row.name,
    ...SEALED.map((column) => sealOrNull(row.name, column, row[column], cipher)),
    row.source,
    row.updatedAt,
  ];

  return {
    async saveMany(rows) {
      const replace = dialect.replaceOnDuplicate(['name'], replaced);
      await session.executeEach(`${insert} ${replace}`, rows.map(valuesOf));
    },

    async addMissing(rows) {
      await session.executeEach(`${insert} ${dialect.ignoreDuplicate('name')}`, rows.map(valuesOf));
    },

    async remove(names) {
      await session.executeEach(
        'DELETE FROM Setting WHERE name = ?',
        names.map((name) => [name]),
      );
    },
  };
}

function readSetting(row: SqlRow, cipher: Cipher): SettingRow {
  const name = textColumn(row, 'name');
  const open = (column: (typeof SEALED)[number]) =>
    row[column] === null ? null : cipher.open(bytesColumn(row, column), sealContext(name, column));
  return {
    name,
    value: open('value'),
    source: readSource(textColumn(row, 'source')),
    appliedEnvironment: open('appliedEnvironment'),
    appliedFile: open('appliedFile'),
    updatedAt: numberColumn(row, 'updatedAt'),
  };
}

function readSource(source: string): SettingRow['source'] {
  if (source === 'environment' || source === 'file' || source === 'dashboard') return source;
  throw new StoreError('database_failed', 'A setting has an unknown source');
}

function sealOrNull(
  name: string,
  column: (typeof SEALED)[number],
  text: string | null,
  cipher: Cipher,
): Buffer | null {
  return text === null ? null : cipher.seal(text, sealContext(name, column));
}

export const sealContext = (name: string, column: string) => `setting:${name}:${column}`;

import type { Cipher } from '../secrets/cipher';
import {
  booleanColumn,
  bytesColumn,
  numberColumn,
  numberOrNull,
  textColumn,
  textOrNull,
  wholeOrNull,
} from '../database/columns';
import { cutText } from '../database/cut-text';
import { EACH_MAX } from '../database/database';
import type { Database, SqlRow, SqlValue } from '../database/database';
import { inBatches } from '../database/batches';
import { writeEgressStates } from './egress-state-writes';
import { NOTE_MAX, cutReason } from '../keys/key-row';
import { newRowId } from '../database/row-id';
import type { ConfigSource, EgressRow, EgressStateChange, EgressStateColumns } from '../rows';
import { StoreError } from '../store-error';

export interface NewEgress {
  /** With user and password, in the form in which addresses are compared. */
  readonly url: string;
  /** The address without the password. */
  readonly hint: string;
  readonly source: ConfigSource;
  readonly isShared: boolean;
  readonly note?: string;
}

/** What a person or the settings change; what is left out stays. */
export interface EgressPatch {
  readonly source?: ConfigSource;
  readonly isShared?: boolean;
  readonly note?: string;
}

export interface EgressStore {
  /**
   * In the order they were added. One that cannot be decrypted is reported, and listed as disabled by hand with an address that
   * leads nowhere: if it were left out, what went through it might go out directly.
   */
  list(onUnreadable?: (id: string) => void): Promise<EgressRow[]>;
  /** Adds what is not there yet; returns the rows added. */
  createMany(proxies: readonly NewEgress[]): Promise<EgressRow[]>;
  /** Throws `not_found`; `conflict` when `expectedVersion` is given and is not the stored version. */
  update(id: string, patch: EgressPatch, expectedVersion?: number): Promise<void>;
  /** Number of proxies that were there. Keys pinned to them are free again. */
  removeMany(ids: readonly string[]): Promise<number>;
  /** Writes what each change speaks of. A proxy that is gone stays gone. In batches of 200, each all or nothing. */
  saveStates(changes: readonly EgressStateChange[]): Promise<void>;
}

const STATE = [
  'isDisabled',
  'disabledBy',
  'reason',
  'failures',
  'checkedAt',
  'checkLatencyMs',
  'checkStatus',
  'checkError',
] as const;
const COLUMNS = [
  'id',
  'sealedUrl',
  'lookup',
  'hint',
  'source',
  'isShared',
  'note',
  ...STATE,
  'createdAt',
  'updatedAt',
  'version',
] as const;

const UNREADABLE = {
  url: 'http://unreadable.invalid:9',
  isDisabled: true,
  disabledBy: 'manual',
  reason: 'the stored address cannot be decrypted',
} as const;

const UNTRIED: EgressStateColumns = {
  isDisabled: false,
  disabledBy: null,
  reason: null,
  failures: 0,
  checkedAt: null,
  checkLatencyMs: null,
  checkStatus: null,
  checkError: null,
};

export function createEgressStore(database: Database, cipher: Cipher, now: () => number): EgressStore {
  const select = `SELECT ${COLUMNS.join(', ')} FROM EgressProxy ORDER BY id`;
  const insert = `INSERT INTO EgressProxy (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})
    ${database.dialect.ignoreDuplicate('id')}`;

  async function list(onUnreadable?: (id: string) => void): Promise<EgressRow[]> {
    const rows: EgressRow[] = [];
    for (const row of await database.query(select)) {
      try {
        rows.push(readEgress(row, openUrl(row, cipher)));
      } catch (error) {
        if (!onUnreadable) throw error;
        onUnreadable(textColumn(row, 'id'));
        rows.push({ ...readEgress(row, UNREADABLE.url), ...UNREADABLE });
      }
    }
    return rows;
  }

  return {
    list,

    async createMany(proxies) {
      const at = now();
      const made = proxies.map((proxy, index) => newEgressRow(proxy, at, index));
      await inBatches(made, EACH_MAX, async (batch) => {
        await database.executeEach(
          insert,
          batch.map((row) => egressValues(row, cipher)),
        );
      });
      const present = new Set((await list(() => undefined)).map((row) => row.id));
      return made.filter((row) => present.has(row.id));
    },

    async update(id, patch, expectedVersion) {
      const data = {
        ...patch,
        ...(patch.note === undefined ? {} : { note: cutText(patch.note, NOTE_MAX) }),
        updatedAt: now(),
        version: { increment: 1 },
      };
      const where = expectedVersion === undefined ? { id } : { id, version: expectedVersion };
      const { count } = await database.prisma((client) => client.egressProxy.updateMany({ where, data }));
      if (count > 0) return;
      const [known] = await database.query('SELECT id FROM EgressProxy WHERE id = ?', [id]);
      if (known === undefined) throw new StoreError('not_found', 'The proxy does not exist');
      throw new StoreError('conflict', 'The proxy was changed by somebody else');
    },

    async removeMany(ids) {
      let removed = 0;
      await inBatches(ids, EACH_MAX, async (batch) => {
        const lists = batch.map((id) => [id]);
        removed += await database.executeEach('DELETE FROM EgressProxy WHERE id = ?', lists);
        await database.executeEach('UPDATE ApiKey SET egressId = NULL WHERE egressId = ?', lists);
      });
      return removed;
    },

    async saveStates(changes) {
      await inBatches(changes, EACH_MAX, (batch) =>
        database.transaction((session) => writeEgressStates(session, batch)),
      );
    },
  };
}

function newEgressRow(proxy: NewEgress, at: number, place: number): EgressRow {
  return {
    ...UNTRIED,
    ...proxy,
    id: newRowId(at, place),
    note: proxy.note ?? '',
    createdAt: at,
    updatedAt: at,
    version: 1,
  };
}

function egressValues(row: EgressRow, cipher: Cipher): SqlValue[] {
  return [
    row.id,
    cipher.seal(row.url, sealContext(row.id)),
    cipher.lookup(row.url),
    row.hint,
    row.source,
    row.isShared ? 1 : 0,
    cutText(row.note, NOTE_MAX),
    ...stateValues(row),
    row.createdAt,
    row.updatedAt,
    row.version,
  ];
}

function stateValues(state: EgressStateColumns): SqlValue[] {
  return [
    state.isDisabled ? 1 : 0,
    state.disabledBy,
    cutReason(state.reason),
    state.failures,
    wholeOrNull(state.checkedAt),
    wholeOrNull(state.checkLatencyMs),
    wholeOrNull(state.checkStatus),
    cutReason(state.checkError),
  ];
}

/** Throws `decrypt_failed`. */
function openUrl(row: SqlRow, cipher: Cipher): string {
  return cipher.open(bytesColumn(row, 'sealedUrl'), sealContext(textColumn(row, 'id')));
}

function readEgress(row: SqlRow, url: string): EgressRow {
  const disabledBy = textOrNull(row, 'disabledBy');
  return {
    id: textColumn(row, 'id'),
    url,
    hint: textColumn(row, 'hint'),
    source: textColumn(row, 'source') === 'environment' ? 'environment' : 'dashboard',
    isShared: booleanColumn(row, 'isShared'),
    note: textColumn(row, 'note'),
    isDisabled: booleanColumn(row, 'isDisabled'),
    disabledBy: disabledBy === 'auto' || disabledBy === 'manual' ? disabledBy : null,
    reason: textOrNull(row, 'reason'),
    failures: numberColumn(row, 'failures'),
    checkedAt: numberOrNull(row, 'checkedAt'),
    checkLatencyMs: numberOrNull(row, 'checkLatencyMs'),
    checkStatus: numberOrNull(row, 'checkStatus'),
    checkError: textOrNull(row, 'checkError'),
    createdAt: numberColumn(row, 'createdAt'),
    updatedAt: numberColumn(row, 'updatedAt'),
    version: numberColumn(row, 'version'),
  };
}

export const sealContext = (id: string): string => `egress:${id}`;

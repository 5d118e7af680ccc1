import type { Cipher } from '../secrets/cipher';
import { textColumn } from '../database/columns';
import { EACH_MAX } from '../database/database';
import type { Database } from '../database/database';
import { inBatches } from '../database/batches';
import { writeEgressStates } from './egress-state-writes';
import { COLUMNS, openUrl, readEgress } from './egress-row';
import type { EgressRow, EgressStateChange } from '../rows';

export interface EgressStore {
  /**
   * In the order they were added. One that cannot be decrypted is reported, and listed as disabled by hand with an
   * address that leads nowhere: if it were left out, what went through it might go out directly.
   */
  list(onUnreadable?: (id: string) => void): Promise<EgressRow[]>;
  /** Writes what each change speaks of. A proxy that is gone stays gone. In batches of 200, each all or nothing. */
  saveStates(changes: readonly EgressStateChange[]): Promise<void>;
}

const UNREADABLE = {
  url: 'http://unreadable.invalid:9',
  isDisabled: true,
  disabledBy: 'manual',
  reason: 'the stored address cannot be decrypted',
} as const;

export function createEgressStore(database: Database, cipher: Cipher): EgressStore {
  const select = `SELECT ${COLUMNS.join(', ')} FROM EgressProxy ORDER BY id`;

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

    async saveStates(changes) {
      await inBatches(changes, EACH_MAX, (batch) =>
        database.transaction((session) => writeEgressStates(session, batch)),
      );
    },
  };
}

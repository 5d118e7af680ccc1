import type { Cipher } from '../secrets/cipher';
import { EACH_MAX } from '../database/database';
import { inBatches } from '../database/batches';
import { writeEgressStates } from './egress-state-writes';
import { COLUMNS, disabledByOf, openUrl, readEgress } from './egress-row';
import { leaveNotes, type ChangeNote, type NotesLeft } from '../change-notes';
import { booleanColumn, numberColumn, textColumn, textOrNull } from '../database/columns';
import type { Database, Dialect, SqlSession } from '../database/database';
import { ANY_EPOCH, type EgressRow, type EgressStateChange } from '../rows';

export type FoundOfEgress = Pick<
  EgressRow,
  'id' | 'epoch' | 'isDisabled' | 'disabledBy' | 'reason' | 'failures'
>;

export interface EgressStore {
  /**
   * In the order they were added. One that cannot be decrypted is reported, and listed as disabled by hand with an
   * address that leads nowhere: if it were left out, what went through it might go out directly.
   */
  list(onUnreadable?: (id: string) => void): Promise<EgressRow[]>;
  /** What is known of all of them but their addresses. */
  found(): Promise<FoundOfEgress[]>;
  /**
   * Writes what each change speaks of, with a note for other processes where they have to know. A proxy that is gone
   * stays gone. In batches of 200, each all or nothing.
   */
  saveStates(changes: readonly EgressStateChange[]): Promise<void>;
}

const UNREADABLE = {
  url: 'http://unreadable.invalid:9',
  isDisabled: true,
  disabledBy: 'manual',
  reason: 'the stored address cannot be decrypted',
} as const;

export function createEgressStore(
  database: Database,
  cipher: Cipher,
  now: () => number,
  onLeft: NotesLeft,
): EgressStore {
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

    async found() {
      const rows = await database.query(
        'SELECT id, epoch, isDisabled, disabledBy, reason, failures FROM EgressProxy',
      );
      return rows.map((row) => ({
        id: textColumn(row, 'id'),
        epoch: numberColumn(row, 'epoch'),
        isDisabled: booleanColumn(row, 'isDisabled'),
        disabledBy: disabledByOf(row),
        reason: textOrNull(row, 'reason'),
        failures: numberColumn(row, 'failures'),
      }));
    },

    async saveStates(changes) {
      await inBatches(changes, EACH_MAX, async (batch) => {
        const left = await database.transaction(async (session) => {
          const notes = await notesOf(session, database.dialect, batch);
          await writeEgressStates(session, batch);
          return leaveNotes(session, notes, now());
        });
        onLeft(left);
      });
    },
  };
}

/** Others are told of proxies that go out of use by these changes, or come back. Locks the rows. */
async function notesOf(
  session: SqlSession,
  { lockRows }: Dialect,
  changes: readonly EgressStateChange[],
): Promise<ChangeNote[]> {
  const switched = changes.filter(({ disabled }) => disabled !== undefined && disabled?.by !== 'manual');
  if (switched.length === 0) return [];
  const places = switched.map(() => '?').join(', ');
  const select = `SELECT id, isDisabled, disabledBy, epoch FROM EgressProxy WHERE id IN (${places}) ${lockRows}`;
  const rows = await session.query(
    select,
    switched.map(({ id }) => id),
  );
  const isNews = rows.some((row) => {
    const change = switched.find(({ id }) => id === textColumn(row, 'id'));
    if (change === undefined || textOrNull(row, 'disabledBy') === 'manual') return false;
    if ((change.epoch ?? ANY_EPOCH) < numberColumn(row, 'epoch')) return false;
    return booleanColumn(row, 'isDisabled') !== (change.disabled !== null);
  });
  return isNews ? [{ kind: 'proxy_states' }] : [];
}

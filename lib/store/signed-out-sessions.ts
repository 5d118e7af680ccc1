import { leaveNotes, type NotesLeft } from './change-notes';
import { numberColumn, textColumn } from './database/columns';
import type { Database } from './database/database';
import type { SignedOutSession } from './rows';

/** So that a sign-out outlives a restart, and counts for all instances on the database. */
export interface SignedOutSessionStore {
  /** Those that would still hold. At most 10,000, the ones that end last. */
  list(): Promise<SignedOutSession[]>;
  /**
   * Ends it for all programs on the database: in one transaction with the note that tells them. Forgets those that are
   * over, too. Of one that is known it only tells again.
   */
  add(session: SignedOutSession): Promise<void>;
}

const SESSIONS_MAX = 10_000;
const ID_MAX = 64;

export function createSignedOutSessionStore(
  database: Database,
  now: () => number,
  onLeft: NotesLeft,
): SignedOutSessionStore {
  const insert = `INSERT INTO SignedOutSession (id, endsAt) VALUES (?, ?) ${database.dialect.ignoreDuplicate('id')}`;
  return {
    async list() {
      const rows = await database.query(
        `SELECT id, endsAt FROM SignedOutSession WHERE endsAt > ? ORDER BY endsAt DESC LIMIT ${SESSIONS_MAX}`,
        [now()],
      );
      return rows.map((row) => ({ id: textColumn(row, 'id'), endsAt: numberColumn(row, 'endsAt') }));
    },

    async add({ id, endsAt }) {
      const session = { id: id.slice(0, ID_MAX), endsAt: Math.ceil(endsAt) };
      const left = await database.transaction(async (transaction) => {
        await transaction.execute('DELETE FROM SignedOutSession WHERE endsAt <= ?', [now()]);
        await transaction.execute(insert, [session.id, session.endsAt]);
        return leaveNotes(transaction, [{ kind: 'sign_out', session }], now());
      });
      onLeft(left);
    },
  };
}

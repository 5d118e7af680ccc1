import { numberColumn, textColumn } from './database/columns';
import type { Database } from './database/database';

/** A session of the dashboard that was signed out of. */
export interface SignedOutSession {
  readonly id: string;
  /** When it would have ended; milliseconds since the epoch. */
  readonly endsAt: number;
}

/** So that a sign-out outlives a restart, and counts for all instances on the database. */
export interface SignedOutSessionStore {
  /** Those that would still hold. At most 10,000, the ones that end last. */
  list(): Promise<SignedOutSession[]>;
  /** Forgets those that are over, too. Nothing happens for one that is known. */
  add(session: SignedOutSession): Promise<void>;
}

const SESSIONS_MAX = 10_000;
const ID_MAX = 64;

export function createSignedOutSessionStore(database: Database, now: () => number): SignedOutSessionStore {
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
      await database.execute('DELETE FROM SignedOutSession WHERE endsAt <= ?', [now()]);
      await database.execute(insert, [id.slice(0, ID_MAX), Math.ceil(endsAt)]);
    },
  };
}

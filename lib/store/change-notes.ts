import type { KeyAction } from '../balancer/pool/switch-key';
import { bytesColumn, textColumn } from './database/columns';
import type { Database, SqlSession } from './database/database';
import { newRowId } from './database/row-id';
import type { SignedOutSession } from './signed-out-sessions';

/** What a command has changed in the database while programs run on it. */
export type ChangeNote =
  /** Settings were written. */
  | { readonly kind: 'settings' }
  /** Providers, keys, proxies or client tokens came, went or were changed. */
  | { readonly kind: 'inventory' }
  /** A session was ended by signing out. */
  | { readonly kind: 'sign_out'; readonly session: SignedOutSession }
  | { readonly kind: 'keys'; readonly action: KeyAction; readonly keyIds: readonly string[] };

export interface ChangeNotes {
  /** Tells all programs on this database. Write the change itself first. */
  leave(notes: readonly ChangeNote[]): Promise<void>;
  /** Notes of the last hour that are not in `seen`, oldest first; afterwards they are. */
  unseen(seen: Set<string>): Promise<ChangeNote[]>;
}

const PREFIX = 'change:';
/** A program that could not read for so long has more to catch up with. */
const KEPT_MS = 3_600_000;
/** So that a note fits into its column. */
const KEY_IDS_MAX = 1_000;

export function createChangeNotes(database: Database, now: () => number): ChangeNotes {
  // '~' comes after everything that an id is made of.
  const select = `SELECT name, value FROM StoreMeta WHERE name > '${PREFIX}' AND name < '${PREFIX}~' ORDER BY name`;

  return {
    leave: (notes) => leaveNotes(database, notes, now()),

    async unseen(seen) {
      const notes: ChangeNote[] = [];
      const present = new Set<string>();
      for (const row of await database.query(select)) {
        const name = textColumn(row, 'name');
        present.add(name);
        if (!seen.has(name)) notes.push(JSON.parse(bytesColumn(row, 'value').toString()) as ChangeNote);
      }
      seen.clear();
      for (const name of present) seen.add(name);
      return notes;
    },
  };
}

/** Leaves notes as part of the caller's transaction. */
export async function leaveNotes(
  session: SqlSession,
  notes: readonly ChangeNote[],
  at: number,
): Promise<void> {
  if (notes.length === 0) return;
  const rows = notes
    .flatMap(inParts)
    .map((note, index) => [PREFIX + newRowId(at, index), Buffer.from(JSON.stringify(note))]);
  await session.executeEach('INSERT INTO StoreMeta (name, value) VALUES (?, ?)', rows);
  await session.execute(`DELETE FROM StoreMeta WHERE name > '${PREFIX}' AND name < ?`, [
    PREFIX + newRowId(at - KEPT_MS),
  ]);
}

function inParts(note: ChangeNote): ChangeNote[] {
  if (note.kind !== 'keys') return [note];
  const parts: ChangeNote[] = [];
  for (let start = 0; start < note.keyIds.length; start += KEY_IDS_MAX) {
    parts.push({ ...note, keyIds: note.keyIds.slice(start, start + KEY_IDS_MAX) });
  }
  return parts;
}

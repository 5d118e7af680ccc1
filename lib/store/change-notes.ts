import type { KeyAction } from '../balancer/pool/switch-key';
import { bytesColumn, textColumn } from './database/columns';
import type { Database, SqlSession } from './database/database';
import { inBatches } from './database/batches';
import { newRowId } from './database/row-id';
import type { SignedOutSession } from './rows';

/** What somebody has changed in the database, for the other programs that run on it. */
export type ChangeNote =
  /** Settings were written. */
  | { readonly kind: 'settings' }
  /** Settings were written by somebody who will leave notes of settings and inventory when all else is there too. */
  | { readonly kind: 'unfinished' }
  /** Any of providers, keys, proxies and client tokens came, went or were changed. */
  | { readonly kind: 'inventory' }
  | { readonly kind: 'providers' }
  | { readonly kind: 'proxies' }
  | { readonly kind: 'tokens' }
  /** Views of the dashboard were saved, changed or deleted. */
  | { readonly kind: 'views' }
  /** These keys came, went, moved or were given other options. */
  | { readonly kind: 'key_rows'; readonly keyIds: readonly string[] }
  /** A session was ended by signing out. */
  | { readonly kind: 'sign_out'; readonly session: SignedOutSession }
  /** Wrong tokens came from these addresses. */
  | { readonly kind: 'guesses'; readonly addresses: readonly string[] }
  /** These keys were switched. */
  | { readonly kind: 'keys'; readonly action: KeyAction; readonly keyIds: readonly string[] }
  /**
   * The program found these keys dead or well again, or that they have to rest for long; `isEased`: not for as long as
   * it had thought.
   */
  | { readonly kind: 'key_states'; readonly isEased: boolean; readonly keyIds: readonly string[] }
  /** The program found proxies out of use, or well again. */
  | { readonly kind: 'proxy_states' };

export interface ChangeNotes {
  /**
   * Notes of the last hour, of states those of the last two minutes, that are not in `seen`; afterwards they are.
   * Oldest first, those of states behind all others.
   */
  unseen(seen: Set<string>): Promise<ChangeNote[]>;
  /** From now on, what this store itself has left is in `seen` as soon as it is known to be written. */
  keepOwnIn(seen: Set<string>): void;
  /** From now on told each time that this store has left notes. */
  onOwnLeft(tell: () => void): void;
}

/** Told the names of notes that are certainly written. */
export type NotesLeft = (names: readonly string[]) => void;

const PREFIX = 'change:';
/** Of what the program itself finds out or counts, of which there may be much: notes that are kept for a short time. */
const STATE_PREFIX = 'state:';
/** A program that could not read for so long has more to catch up with. */
export const NOTES_KEPT_MS = 3_600_000;
export const STATE_NOTES_KEPT_MS = 120_000;
/** For one statement. */
const READ_MAX = 200;
/** So that a note fits into its column. */
const KEY_IDS_MAX = 1_000;

export function createChangeNotes(database: Database): {
  readonly notes: ChangeNotes;
  readonly onLeft: NotesLeft;
} {
  // '~' comes after everything that an id is made of.
  const select = `SELECT name FROM StoreMeta WHERE (name > '${PREFIX}' AND name < '${PREFIX}~')
    OR (name > '${STATE_PREFIX}' AND name < '${STATE_PREFIX}~') ORDER BY name`;
  let own: Set<string> | undefined;
  const tells: (() => void)[] = [];
  const onLeft: NotesLeft = (names) => {
    names.forEach((name) => own?.add(name));
    if (names.length > 0) tells.forEach((tell) => tell());
  };

  const notes: ChangeNotes = {
    async unseen(seen) {
      const before = [...seen];
      const present = (await database.query(select)).map((row) => textColumn(row, 'name'));
      const unseen = await readNotes(
        database,
        present.filter((name) => !seen.has(name)),
      );
      const kept = new Set(present);
      for (const name of before) if (!kept.has(name)) seen.delete(name);
      for (const name of present) seen.add(name);
      return unseen;
    },

    keepOwnIn(seen) {
      own = seen;
    },

    onOwnLeft(listener) {
      tells.push(listener);
    },
  };
  return { notes, onLeft };
}

/** Names are few bytes and most of them known; what a note says may be a thousand keys. */
async function readNotes(database: Database, names: readonly string[]): Promise<ChangeNote[]> {
  const notes: ChangeNote[] = [];
  await inBatches(names, READ_MAX, async (batch) => {
    const places = batch.map(() => '?').join(', ');
    const rows = await database.query(
      `SELECT value FROM StoreMeta WHERE name IN (${places}) ORDER BY name`,
      batch,
    );
    for (const row of rows) notes.push(JSON.parse(bytesColumn(row, 'value').toString()) as ChangeNote);
  });
  return notes;
}

/** Leaves notes as part of the caller's transaction. Returns their names. */
export async function leaveNotes(
  session: SqlSession,
  notes: readonly ChangeNote[],
  at: number,
): Promise<string[]> {
  if (notes.length === 0) return [];
  const rows = notes
    .flatMap(inParts)
    .map((note, i) => [prefixOf(note) + newRowId(at, i), Buffer.from(JSON.stringify(note))] as const);
  await session.executeEach('INSERT INTO StoreMeta (name, value) VALUES (?, ?)', rows);
  for (const prefix of new Set(notes.map(prefixOf))) {
    const keptMs = prefix === PREFIX ? NOTES_KEPT_MS : STATE_NOTES_KEPT_MS;
    await session.execute(`DELETE FROM StoreMeta WHERE name > '${prefix}' AND name < ?`, [
      prefix + newRowId(at - keptMs),
    ]);
  }
  return rows.map(([name]) => name);
}

const OF_STATES: ReadonlySet<ChangeNote['kind']> = new Set(['key_states', 'proxy_states', 'guesses']);

function prefixOf({ kind }: ChangeNote): string {
  return OF_STATES.has(kind) ? STATE_PREFIX : PREFIX;
}

function inParts(note: ChangeNote): ChangeNote[] {
  if (!('keyIds' in note)) return [note];
  const parts: ChangeNote[] = [];
  for (let start = 0; start < note.keyIds.length; start += KEY_IDS_MAX) {
    parts.push({ ...note, keyIds: note.keyIds.slice(start, start + KEY_IDS_MAX) });
  }
  return parts;
}

import { actorOf } from '../../auth/asker';
import type { Asker, AuditEntry } from '../../auth/asker';
import type { AuditWriter } from '../audit';
import { leaveNotes } from '../change-notes';
import type { ChangeNote, NotesLeft } from '../change-notes';
import type { Database, SqlSession } from '../database/database';
import { toStoreError } from '../database/database-error';
import { load } from '../dump';
import type { Dump } from '../dump';
import type { Slices } from '../database/slices';
import type { AuditRow } from '../rows';
import type { Cipher } from '../secrets/cipher';
import { StoreError } from '../store-error';
import { storeWrites } from './store-writes';
import type { StoreWrites } from './store-writes';

/** What has been written, in words for the audit list and as notes for other programs on the database. */
export interface Changed<T> {
  readonly entry: AuditEntry;
  readonly notes: readonly ChangeNote[];
  readonly result: T;
}

/** There was nothing to do: what has been written is rolled back. */
export interface Unchanged<T> {
  readonly entry: undefined;
  readonly result: T;
}

/** What a change can write. */
export interface ChangeWrites extends StoreWrites {
  /** See dump.ts. */
  replaceAll(content: Dump): Promise<void>;
}

/**
 * May be run again after a deadlock, so it changes nothing but the database. It must not ask the store itself for
 * anything.
 */
export type ChangeWork<T> = (write: ChangeWrites) => Promise<Changed<T> | Unchanged<T>>;

/**
 * The only way to what people decide: no change without its entry in the audit list, and no entry without its change.
 */
export interface Changes {
  /**
   * Makes a change, its entry and its notes one transaction. What `work` throws undoes it all, and comes back as it was
   * thrown.
   */
  change<T>(by: Asker, work: ChangeWork<T>): Promise<T>;
  /**
   * For a change that is too large for one transaction: each step is one, and the entry, which all of them share, says
   * after each what has been done so far. So the list is true whenever the program dies. `paced` rests after each step
   * as long as it took.
   */
  changeInSteps(by: Asker, pace?: 'paced'): SteppedChange;
  /**
   * Writes of the program's own accord, as `upkeep` does, in one transaction with the notes that `work` returns: what
   * other programs have to know of.
   */
  keepUp(work: (write: StoreWrites) => Promise<readonly ChangeNote[]>): Promise<void>;
}

export interface SteppedChange {
  step<T>(work: ChangeWork<T>): Promise<T>;
}

export interface ChangeParts {
  readonly database: Database;
  readonly cipher: Cipher;
  readonly audit: AuditWriter;
  readonly slices: Slices;
  readonly now: () => number;
  readonly onLeft: NotesLeft;
}

export function createChanges(parts: ChangeParts): Changes {
  return {
    change: (by, work) => new Stepped(parts, by).step(work),
    changeInSteps(by, pace) {
      const stepped = new Stepped(parts, by);
      if (pace === undefined) return stepped;
      return { step: (work) => parts.slices.run(() => stepped.step(work)) };
    },
    async keepUp(work) {
      const { database, cipher, now, onLeft } = parts;
      const left = await database.transaction(async (session) => {
        const notes = await work(storeWrites({ session, dialect: database.dialect, cipher, now }));
        return leaveNotes(session, notes, now());
      });
      onLeft(left);
    },
  };
}

class Stepped implements SteppedChange {
  /** The entry as it stands in the list. */
  #row: AuditRow | undefined;

  constructor(
    private readonly parts: ChangeParts,
    private readonly by: Asker,
  ) {}

  async step<T>(work: ChangeWork<T>): Promise<T> {
    const { database, audit, onLeft, now } = this.parts;
    let row = this.#row;
    let left: readonly string[] = [];
    let ended: { readonly refusal: unknown } | { readonly unchanged: T } | undefined;
    try {
      const result = await database.transaction(async (session) => {
        ended = undefined;
        const changed = await this.#worked(session, work).catch((error: unknown) => {
          if (!(error instanceof StoreError)) ended = { refusal: error };
          throw error;
        });
        if (changed.entry === undefined) {
          ended = { unchanged: changed.result };
          throw new RollBack();
        }
        row = await this.#note(session, changed.entry, audit);
        left = await leaveNotes(session, changed.notes, now());
        return changed.result;
      });
      this.#row = row;
      onLeft(left);
      return result;
    } catch (error) {
      if (ended === undefined) throw error;
      if ('unchanged' in ended) return ended.unchanged;
      throw ended.refusal;
    }
  }

  #worked<T>(session: SqlSession, work: ChangeWork<T>) {
    const { cipher, now, database } = this.parts;
    const parts = { session: withStoreErrors(session), dialect: database.dialect, cipher, now };
    return work({
      ...storeWrites(parts),
      replaceAll: (content) => load(parts.session, cipher, content),
    });
  }

  async #note(session: SqlSession, entry: AuditEntry, audit: AuditWriter): Promise<AuditRow> {
    const said = { target: entry.target, detail: JSON.stringify(entry.detail ?? {}) };
    if (this.#row !== undefined) {
      const row = { ...this.#row, ...said };
      await audit.update(session, row);
      return row;
    }
    const row = audit.stamped({ ...said, actor: actorOf(this.by), action: entry.action });
    await audit.insert(session, row);
    return row;
  }
}

class RollBack extends Error {}

/** So that what the database says can be told from what `work` itself throws. */
function withStoreErrors(session: SqlSession): SqlSession {
  const rethrow = (error: unknown): never => {
    throw toStoreError(error);
  };
  return {
    query: (sql, params) => session.query(sql, params).catch(rethrow),
    execute: (sql, params) => session.execute(sql, params).catch(rethrow),
    executeEach: (sql, lists) => session.executeEach(sql, lists).catch(rethrow),
  };
}

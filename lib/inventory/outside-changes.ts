import type { AdminAuth } from '../auth/admin-auth';
import type { LiveSettings } from '../config/live-settings';
import type { Pool } from '../balancer/pool/pool';
import type { ChangeNote, ChangeNotes } from '../store/change-notes';
import type { KeyStore } from '../store/keys/keys';
import type { Configuration } from './configuration';
import { disabledOf } from './disabled-of';

/** How long a change that was made past this process takes to get here, at most. */
const CHECK_MS = 2_000;

/** Where changes are put in force. */
export interface ChangeTarget {
  readonly auth: Pick<AdminAuth, 'learnSignedOut'>;
  readonly settings: Pick<LiveSettings, 'refresh'>;
  readonly configuration: Pick<Configuration, 'change' | 'settled'>;
  readonly pools: ReadonlyMap<string, Pool>;
  readonly keys: Pick<KeyStore, 'saidOf'>;
  readonly onUnreadable: (what: string, id: string) => void;
  readonly onApplied: (notes: readonly ChangeNote[]) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Takes over what the administrator's commands change in the database while this process runs. Looks for notes every
 * two seconds, which costs a fraction of a millisecond.
 */
export class OutsideChanges {
  readonly #seen = new Set<string>();
  readonly #waiting: ChangeNote[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isChecking = false;
  #isFailing = false;

  constructor(private readonly notes: ChangeNotes) {}

  /** Call it before anything is loaded: what is noted so far will be part of that. */
  async begin(): Promise<void> {
    await this.notes.unseen(this.#seen);
  }

  /** Returns the way to stop. */
  follow(target: ChangeTarget): () => void {
    this.#timer = setInterval(() => void this.check(target), CHECK_MS);
    this.#timer.unref();
    return () => clearInterval(this.#timer);
  }

  /**
   * Puts everything noted so far in force. What fails is reported, and tried again with the next check. Never rejects.
   */
  async check(target: ChangeTarget): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    try {
      this.#waiting.push(...(await this.notes.unseen(this.#seen)));
      if (this.#waiting.length > 0) {
        await apply(this.#waiting, target);
        // This process leaves notes of its own sign-outs, too; they change nothing that anybody would want to look at
        // anew.
        const changes = this.#waiting.splice(0).filter(({ kind }) => kind !== 'sign_out');
        if (changes.length > 0) target.onApplied(changes);
      }
      this.#isFailing = false;
    } catch (error) {
      // A database that is away is told of once, not every two seconds.
      if (!this.#isFailing) target.onError(error);
      this.#isFailing = true;
    } finally {
      this.#isChecking = false;
    }
  }
}

async function apply(
  notes: readonly ChangeNote[],
  { auth, settings, configuration, pools, keys, onUnreadable }: ChangeTarget,
): Promise<void> {
  auth.learnSignedOut(notes.flatMap((note) => (note.kind === 'sign_out' ? [note.session] : [])));
  if (notes.some(({ kind }) => kind === 'settings')) {
    await settings.refresh();
    await configuration.settled();
  }
  if (notes.some(({ kind }) => kind === 'inventory')) {
    await configuration.change((editor) => editor.reloadAll(onUnreadable));
  }
  await learnOfKeys(notes, { pools, keys });
}

/** What people have said of keys, as it stands in the store: notes may come in another order than they were written. */
async function learnOfKeys(
  notes: readonly ChangeNote[],
  { pools, keys }: Pick<ChangeTarget, 'pools' | 'keys'>,
): Promise<void> {
  const isAfresh = new Map<string, boolean>();
  for (const note of notes) {
    if (note.kind !== 'keys') continue;
    for (const id of note.keyIds) isAfresh.set(id, note.action === 'reset' || isAfresh.get(id) === true);
  }
  for (const row of await keys.saidOf([...isAfresh.keys()])) {
    const word = { epoch: row.epoch, disabled: disabledOf(row) };
    for (const pool of pools.values()) pool.learn(row.id, word, isAfresh.get(row.id) === true);
  }
}

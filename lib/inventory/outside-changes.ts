import type { AdminAuth } from '../auth/admin-auth';
import type { GuessLimiter } from '../auth/guess-limiter';
import type { LiveSettings } from '../config/live-settings';
import { NOTES_KEPT_MS, STATE_NOTES_KEPT_MS, type ChangeNote, type ChangeNotes } from '../store/change-notes';
import type { GuessCountStore } from '../store/guess-counts';
import type { KeyStore } from '../store/keys/keys';
import type { SignedOutSessionStore } from '../store/signed-out-sessions';
import type { Configuration } from './configuration';
import { disabledOf } from './disabled-of';
import { adoptFound, type FoundTarget } from './found-elsewhere';

/** How long a change that was made past this process takes to get here, at most. */
const CHECK_MS = 500;
/** The same while somebody is at work, and while the database does not answer. */
const BUSY_CHECK_MS = 100;
const FAILING_CHECK_MS = 2_000;
/** So long after a change the next one is expected soon. */
const BUSY_MS = 5_000;
/** After so long without a look notes may be gone before they were read. */
const BLIND_MS_MAX = { ofChanges: NOTES_KEPT_MS / 2, ofStates: STATE_NOTES_KEPT_MS / 2 };
/** Whoever has not finished a change after so long may never do so. */
const UNFINISHED_MS = 30_000;
/** They come by themselves, and change nothing that anybody would want to look at anew. */
const UNASKED: ReadonlySet<ChangeNote['kind']> = new Set([
  'unfinished',
  'sign_out',
  'guesses',
  'key_states',
  'proxy_states',
]);

/** Where changes are put in force. */
export interface ChangeTarget extends Omit<FoundTarget, 'keys'> {
  readonly auth: Pick<AdminAuth, 'learnSignedOut'>;
  readonly signedOutSessions: Pick<SignedOutSessionStore, 'list'>;
  readonly limiter: Pick<GuessLimiter, 'learn'>;
  readonly guessCounts: Pick<GuessCountStore, 'list' | 'find'>;
  /** The client token of an installation that configured none. */
  readonly madeToken: { refresh(): Promise<void> };
  readonly settings: Pick<LiveSettings, 'refresh'>;
  readonly configuration: Pick<Configuration, 'change' | 'settled' | 'takeOver'>;
  readonly keys: Pick<KeyStore, 'saidOf' | 'foundOf'>;
  readonly onUnreadable: (what: string, id: string) => void;
  /** Never rejects. */
  readonly onApplied: (notes: readonly ChangeNote[]) => void | Promise<void>;
  readonly onError: (error: unknown) => void;
}

/**
 * Takes over what others change in the database while this process runs: other instances and the administrator's
 * commands. Looks for notes twice a second, and more often while there are some, which costs a fraction of a
 * millisecond. What this process has written and put in force itself it does not look at again.
 */
export class OutsideChanges {
  readonly #seen = new Set<string>();
  readonly #waiting: ChangeNote[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isChecking = false;
  /** There are notes that the look under way may not have found. */
  #isExpecting = false;
  /** They wait for what has been noted by now. */
  #waiters: (() => void)[] = [];
  #lookNow: () => void = () => undefined;
  #isFailing = false;
  #isStopped = false;
  /** Notes of states may have been missed. */
  #hasMissed = false;
  /** All notes may have been. */
  #hasMissedAll = false;
  #lookedAt = 0;
  #changedAt = -Infinity;
  /** When somebody was found to have begun a change that is not over yet. */
  #unfinishedSince: number | undefined;

  /** `now` only goes forward; milliseconds. */
  constructor(
    private readonly notes: ChangeNotes,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Call it before anything is loaded: what is noted so far will be part of that. */
  async begin(): Promise<void> {
    this.notes.keepOwnIn(this.#seen);
    await this.notes.unseen(this.#seen);
    this.#lookedAt = this.now();
  }

  /** Returns the way to stop. */
  follow(target: ChangeTarget): () => void {
    const look = (): void => void this.check(target).then(next);
    const next = (): void => {
      if (this.#isStopped) return;
      this.#timer = setTimeout(look, this.#isExpecting ? 0 : this.#pauseMs());
      this.#timer.unref();
    };
    this.#lookNow = () => {
      if (this.#isChecking || this.#isStopped) return;
      clearTimeout(this.#timer);
      look();
    };
    next();
    return () => {
      this.#isStopped = true;
      clearTimeout(this.#timer);
      for (const done of this.#waiters.splice(0)) done();
    };
  }

  /** Somebody has left notes: does not wait for the next look. `hasMissed`: may have, and been missed. */
  expect(hasMissed = false): void {
    if (hasMissed) this.#hasMissed = true;
    this.#isExpecting = true;
    this.#lookNow();
  }

  /** Resolves when all that has been noted by now is in force here, or nothing is followed any more. */
  takenOver(): Promise<void> {
    if (this.#isStopped) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
      this.expect();
    });
  }

  /**
   * Puts everything noted so far in force. What fails is reported, and tried again with the next check. Never rejects.
   */
  async check(target: ChangeTarget): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    this.#isExpecting = false;
    const waiters = this.#waiters.splice(0);
    try {
      await this.#look();
      if (this.#waiting.length > 0 || this.#hasMissed) await this.#apply(target);
      this.#isFailing = false;
      for (const done of waiters) done();
    } catch (error) {
      // A database that is away is told of once, not every two seconds.
      if (!this.#isFailing) target.onError(error);
      this.#isFailing = true;
      this.#waiters.push(...waiters);
    } finally {
      this.#isChecking = false;
    }
  }

  async #apply(target: ChangeTarget): Promise<void> {
    const changes = this.#waiting.filter(({ kind }) => !UNASKED.has(kind));
    if (changes.length > 0) this.#changedAt = this.now();
    if (this.#hasMissedAll) target.auth.learnSignedOut(await target.signedOutSessions.list());
    await learnGuesses(this.#waiting, this.#hasMissed, target);
    if (this.#waiting.length > 0) await apply(this.#waiting, target);
    await adoptFound(this.#waiting, this.#hasMissed, target);
    this.#waiting.length = 0;
    if (!this.#isExpecting) this.#hasMissed = false;
    this.#hasMissedAll = false;
    if (changes.length > 0) await target.onApplied(changes);
  }

  async #look(): Promise<void> {
    const blindMs = this.now() - this.#lookedAt;
    const isBlind = blindMs > BLIND_MS_MAX.ofChanges;
    if (blindMs > BLIND_MS_MAX.ofStates) this.#hasMissed = true;
    const found = await this.notes.unseen(this.#seen);
    this.#waiting.push(...found);
    const isLeft = this.#isLeftUnfinished(found);
    if (isBlind) this.#hasMissedAll = true;
    if (isBlind || isLeft) this.#waiting.push({ kind: 'settings' }, { kind: 'inventory' });
    this.#lookedAt = this.now();
  }

  /** Whoever wrote settings to tell of them later has been killed, it seems. */
  #isLeftUnfinished(found: readonly ChangeNote[]): boolean {
    const has = (kind: ChangeNote['kind']): boolean => found.some((note) => note.kind === kind);
    if (has('unfinished')) this.#unfinishedSince = this.now();
    if (has('settings') && has('inventory')) this.#unfinishedSince = undefined;
    if (this.#unfinishedSince === undefined) return false;
    if (this.now() - this.#unfinishedSince < UNFINISHED_MS) return false;
    this.#unfinishedSince = undefined;
    return true;
  }

  #pauseMs(): number {
    if (this.#isFailing) return FAILING_CHECK_MS;
    return this.now() - this.#changedAt < BUSY_MS ? BUSY_CHECK_MS : CHECK_MS;
  }
}

/** First, because nothing can be wrong with it, and somebody may be guessing at this moment. */
async function learnGuesses(
  notes: readonly ChangeNote[],
  hasMissed: boolean,
  { limiter, guessCounts }: Pick<ChangeTarget, 'limiter' | 'guessCounts'>,
): Promise<void> {
  if (hasMissed) return limiter.learn(await guessCounts.list());
  const addresses = new Set(notes.flatMap((note) => (note.kind === 'guesses' ? note.addresses : [])));
  if (addresses.size > 0) limiter.learn(await guessCounts.find([...addresses]));
}

async function apply(notes: readonly ChangeNote[], target: ChangeTarget): Promise<void> {
  const { auth, madeToken, settings, configuration, onUnreadable } = target;
  const kinds = new Set(notes.map(({ kind }) => kind));
  auth.learnSignedOut(notes.flatMap((note) => (note.kind === 'sign_out' ? [note.session] : [])));
  if (kinds.has('settings')) {
    await madeToken.refresh();
    if (kinds.has('inventory')) await configuration.takeOver(onUnreadable);
    else await settings.refresh();
    await configuration.settled();
  } else if (kinds.has('inventory')) await configuration.change((editor) => editor.reloadAll(onUnreadable));
  if (!kinds.has('inventory')) await reloadParts(notes, kinds, target);
  await learnOfKeys(notes, target);
}

async function reloadParts(
  notes: readonly ChangeNote[],
  kinds: ReadonlySet<ChangeNote['kind']>,
  { configuration, onUnreadable }: ChangeTarget,
): Promise<void> {
  if (kinds.has('providers') || kinds.has('proxies') || kinds.has('tokens')) {
    await configuration.change(async (editor) => {
      if (kinds.has('proxies')) await editor.reloadEgresses();
      if (kinds.has('providers')) await editor.reloadProviders();
      if (kinds.has('tokens')) await editor.reloadClientTokens();
    });
  }
  // Apart: a new provider has its pool when the change is over.
  const keyIds = new Set(notes.flatMap((note) => (note.kind === 'key_rows' ? note.keyIds : [])));
  if (keyIds.size === 0) return;
  await configuration.change((editor) => editor.reloadKeys([...keyIds], onUnreadable));
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

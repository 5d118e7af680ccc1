import { setTimeout as sleep } from 'node:timers/promises';
import type { FormerKeyStore } from '../store/keys/former-keys';
import type { ObjectOwnerStore } from '../store/object-owners';
import { WriteRounds, type Due, type RoundsClock } from '../store/write-behind/write-rounds';
import { OwnerMemory, type Owner } from './owner-memory';

export interface KnownOwnersParts {
  readonly store: Pick<ObjectOwnerStore, 'find' | 'save' | 'delete'>;
  readonly formerKeys: Pick<FormerKeyStore, 'accountOf'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
  /** The database is in this process. */
  readonly isLocal?: boolean;
  /** Objects kept in memory. */
  readonly objectsMax?: number;
  /** For the writes; the system's unless given. */
  readonly clock?: RoundsClock;
}

/** Takes about 20 MB. */
const OBJECTS_MAX = 100_000;
/** Under load there is a write in so long, of all that has come meanwhile. */
const WRITE_MS = 50;
/** After a quiet time so many are each at once. */
const AT_ONCE = 8;
/** The same after a write that has failed. */
const RETRY_MS = 250;
/** A database that takes longer is not waited for: the request is served as if nobody knew. */
const FIND_MS_MAX = 250;
/** In the process there is no network to wait for, but a machine may be very busy, and the first moments are too. */
const LOCAL_FIND_MS_MAX = 5_000;
/** What another instance has just learnt is told to all, or in the database, after so long. */
const TOLD_MS = 100;
/** What the database was asked for it is not asked for again so soon. */
const UNKNOWN_MS = 10_000;
const UNKNOWN_MAX = 10_000;
/** Of what one answer mentions, so many are supposed to be its key's. */
const SUPPOSED_MAX = 1_000;
/** What is used again and again is noted in the database once in so long. */
const SEEN_AGAIN_MS = 3_600_000;

interface Noted extends Owner {
  readonly seenAt: number;
}
interface Note {
  readonly id: string;
  readonly provider: string;
  /** Undefined: it is deleted. */
  readonly owner: Noted | undefined;
}
/** By provider and id. */
type Notes = Map<string, Note>;

/**
 * Which key owns what at a provider: from memory, and from the database for what memory has let go. Written behind, but
 * at once as long as few come, so that hardly a crash comes between an answer and its note; under load together with
 * others. A failed write is repeated, of as many objects as memory keeps.
 */
export class KnownOwners {
  readonly #memory: OwnerMemory;
  readonly #objectsMax: number;
  readonly #findMsMax: number;
  #pending: Notes = new Map();
  /** On its way into the database. */
  #writing: Notes = new Map();
  /** Until when an id need not be looked for. */
  readonly #unknown = new Map<string, number>();
  readonly #seen = new Set<string>();
  /** When the next write may begin. */
  #writesAt = 0;
  #seenSince = 0;
  readonly #rounds: WriteRounds;
  /** Told of what this instance learns; undefined for a deleted object. */
  onNoted: ((id: string, provider: string, owner: Owner | undefined) => void) | undefined;

  /** Other instances may know what this one has not heard of yet. */
  hasOthers: () => boolean = () => false;

  constructor(private readonly parts: KnownOwnersParts) {
    this.#objectsMax = parts.objectsMax ?? OBJECTS_MAX;
    this.#findMsMax = parts.isLocal === true ? LOCAL_FIND_MS_MAX : FIND_MS_MAX;
    this.#memory = new OwnerMemory(this.#objectsMax);
    this.#rounds = new WriteRounds({
      write: () => this.#write(),
      due: () => this.#due(),
      onError: parts.onError,
      ...(parts.clock !== undefined && { clock: parts.clock }),
    });
  }

  /** One at each provider that has an object of that id, those that are only supposed at the end. */
  ownersOf(id: string): readonly Owner[] {
    return this.#memory.get(id);
  }

  /** Undefined if there is nothing to ask the database for. Never rejects, and takes a moment at most. */
  find(ids: readonly string[]): Promise<void> | undefined {
    const now = this.parts.now();
    const asked = ids.filter((id) => (this.#unknown.get(id) ?? 0) <= now);
    if (asked.length === 0) return undefined;
    const found = this.#findSoon(asked).catch(this.parts.onError);
    return withinMs(found, this.#findMsMax);
  }

  /** The account of a key that is gone. Never rejects, and takes a moment at most. */
  async accountOf(keyId: string): Promise<string | undefined> {
    let account: string | undefined;
    const asked = this.parts.formerKeys.accountOf(keyId).then((known) => void (account = known));
    await withinMs(asked.catch(this.parts.onError), this.#findMsMax);
    return account;
  }

  /** The key has made them, or has shown that it has them. */
  remember(ids: readonly string[], owner: Owner): void {
    for (const id of ids) {
      if (this.#memory.has(id, owner) && this.#isSeen(id, owner)) continue;
      this.#memory.remember(id, owner);
      this.#unknown.delete(id);
      this.#note(id, owner, false);
    }
    this.#rounds.notedNow();
  }

  /** An answer to the key mentions them: so they may be its own, as long as nobody knows better. */
  suppose(ids: readonly string[], owner: Owner): void {
    for (const id of ids.slice(0, SUPPOSED_MAX)) {
      if (this.#memory.suppose(id, owner)) this.#note(id, owner, true);
    }
    this.#rounds.notedNow();
  }

  /** It is in use, and so kept for longer. */
  used(id: string, owner: Owner): void {
    if (this.#isSeen(id, owner)) return;
    this.#note(id, owner, owner.isSupposed === true);
    this.#rounds.notedNow();
  }

  forget(id: string, provider: string): void {
    this.#memory.delete(id, provider);
    this.#seen.delete(noteKey(id, provider));
    this.#rule(id);
    this.#put({ id, provider, owner: undefined });
    this.#rounds.notedNow();
  }

  /** What another instance has learnt, and writes down itself. */
  learn(id: string, provider: string, owner: Owner | undefined): void {
    this.#unknown.delete(id);
    if (owner === undefined) this.#memory.delete(id, provider);
    else if (owner.isSupposed === true) this.#memory.suppose(id, owner);
    else this.#memory.remember(id, owner);
  }

  /** What is noted is written, or has failed and been reported. */
  async close(): Promise<void> {
    this.#rounds.close();
    await this.#rounds.next(undefined).catch(() => undefined);
  }

  #due(): Due<undefined> | undefined {
    if (this.#pending.size === 0) return undefined;
    return { inMs: Math.max(0, this.#writesAt - this.parts.now()), scope: undefined };
  }

  /** A client may name what it has just got from another instance, before that is told. */
  async #findSoon(ids: readonly string[]): Promise<void> {
    await this.#find(ids);
    const isUnknown = (id: string) => this.#memory.get(id).length === 0;
    if (!this.hasOthers() || !ids.some(isUnknown)) return;
    await sleep(TOLD_MS);
    const unknown = ids.filter(isUnknown);
    if (unknown.length > 0) await this.#find(unknown);
  }

  async #find(ids: readonly string[]): Promise<void> {
    for (const { objectId, ...owner } of await this.parts.store.find(ids)) {
      // What has been learnt meanwhile is newer.
      const key = noteKey(objectId, owner.provider);
      const newer = this.#pending.get(key) ?? this.#writing.get(key);
      if (newer === undefined || newer.owner?.isSupposed === true) {
        this.learn(objectId, owner.provider, owner);
      }
    }
    for (const id of ids) this.#rule(id);
  }

  /** The database need not be asked for it. */
  #rule(id: string): void {
    if (this.#unknown.size > UNKNOWN_MAX) this.#unknown.clear();
    this.#unknown.set(id, this.parts.now() + UNKNOWN_MS);
  }

  #isSeen(id: string, { provider }: Owner): boolean {
    const now = this.parts.now();
    if (now - this.#seenSince > SEEN_AGAIN_MS || this.#seen.size > this.#objectsMax) {
      this.#seen.clear();
      this.#seenSince = now;
    }
    return this.#seen.has(noteKey(id, provider));
  }

  #note(id: string, { provider, keyId }: Owner, isSupposed: boolean): void {
    this.#seen.add(noteKey(id, provider));
    const seenAt = Math.round(this.parts.now());
    this.#put({ id, provider, owner: { provider, keyId, isSupposed, seenAt } });
  }

  #put(note: Note): void {
    const { id, provider, owner } = note;
    // While the database is out, what is known must not make room for what is not.
    if (owner?.isSupposed === true && this.#pending.size >= this.#objectsMax / 2) return;
    join(this.#pending, note);
    this.onNoted?.(id, provider, owner);
    if (this.#pending.size <= this.#objectsMax) return;
    const [oldest] = this.#pending.keys();
    if (oldest !== undefined) this.#pending.delete(oldest);
  }

  async #write(): Promise<void> {
    const batch = this.#pending;
    if (batch.size === 0) return;
    this.#pending = new Map();
    this.#writing = batch;
    this.#writesAt = Math.max(this.#writesAt, this.parts.now() - (AT_ONCE - 1) * WRITE_MS) + WRITE_MS;
    try {
      const deleted = [];
      const saved = [];
      for (const { id, provider, owner } of batch.values()) {
        if (owner === undefined) deleted.push({ objectId: id, provider });
        else saved.push({ objectId: id, ...owner, isSupposed: owner.isSupposed === true });
      }
      await this.parts.store.save(saved);
      await this.parts.store.delete(deleted);
    } catch (error) {
      for (const note of this.#pending.values()) join(batch, note);
      this.#pending = batch;
      this.#writesAt = this.parts.now() + RETRY_MS;
      throw error;
    } finally {
      this.#writing = new Map();
    }
  }
}

function noteKey(id: string, provider: string): string {
  return `${provider} ${id}`;
}

/** What is only supposed does not take the place of what is known. */
function join(notes: Notes, note: Note): void {
  const key = noteKey(note.id, note.provider);
  const known = notes.get(key)?.owner;
  if (note.owner?.isSupposed === true && known?.isSupposed === false) return;
  notes.set(key, note);
}

function withinMs(work: Promise<void>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void work.finally(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

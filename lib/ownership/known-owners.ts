import type { ObjectOwnerStore } from '../store/object-owners';
import { WriteRounds, type Due, type RoundsClock } from '../store/write-behind/write-rounds';
import { OwnerMemory, type Owner } from './owner-memory';

export interface KnownOwnersParts {
  readonly store: Pick<ObjectOwnerStore, 'find' | 'save' | 'delete'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
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
/** What the database does not know either is not asked for again so soon. */
const UNKNOWN_MS = 10_000;
const UNKNOWN_MAX = 10_000;
/** What is used again and again is noted in the database once in so long. */
const SEEN_AGAIN_MS = 3_600_000;

interface Noted extends Owner {
  readonly seenAt: number;
}
type Notes = ReadonlyMap<string, Noted | 'deleted'>;

/**
 * Which key owns what at a provider: from memory, and from the database for what memory has let go. Written behind, but
 * at once as long as few come, so that hardly a crash comes between an answer and its note; under load together with
 * others. A failed write is repeated, of as many objects as memory keeps.
 */
export class KnownOwners {
  readonly #memory: OwnerMemory;
  readonly #objectsMax: number;
  #pending = new Map<string, Noted | 'deleted'>();
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
  onNoted: ((id: string, owner: Owner | undefined) => void) | undefined;

  constructor(private readonly parts: KnownOwnersParts) {
    this.#objectsMax = parts.objectsMax ?? OBJECTS_MAX;
    this.#memory = new OwnerMemory(this.#objectsMax);
    this.#rounds = new WriteRounds({
      write: () => this.#write(),
      due: () => this.#due(),
      onError: parts.onError,
      ...(parts.clock !== undefined && { clock: parts.clock }),
    });
  }

  ownerOf(id: string): Owner | undefined {
    const owner = this.#memory.get(id);
    if (owner !== undefined) return owner;
    const noted = this.#pending.get(id) ?? this.#writing.get(id);
    return noted === 'deleted' ? undefined : noted;
  }

  /** Undefined if there is nothing to ask the database for. Never rejects, and takes a moment at most. */
  find(ids: readonly string[]): Promise<void> | undefined {
    const now = this.parts.now();
    const asked = ids.filter((id) => this.#isAskedFor(id, now));
    if (asked.length === 0) return undefined;
    const found = this.#find(asked, now).catch(this.parts.onError);
    return withinMs(found, FIND_MS_MAX);
  }

  remember(ids: readonly string[], owner: Owner): void {
    const now = this.parts.now();
    if (now - this.#seenSince > SEEN_AGAIN_MS || this.#seen.size > this.#objectsMax) {
      this.#seen.clear();
      this.#seenSince = now;
    }
    for (const id of ids) {
      if (this.#memory.has(id, owner) && this.#seen.has(id)) continue;
      this.#memory.set(id, owner);
      this.#unknown.delete(id);
      this.#seen.add(id);
      this.#note(id, { provider: owner.provider, keyId: owner.keyId, seenAt: Math.round(now) });
    }
    this.#rounds.notedNow();
  }

  forget(id: string): void {
    this.#memory.delete(id);
    this.#seen.delete(id);
    this.#note(id, 'deleted');
    this.#rounds.notedNow();
  }

  /** What another instance has learnt, and writes down itself. */
  learn(id: string, owner: Owner | undefined): void {
    this.#unknown.delete(id);
    if (owner === undefined) this.#memory.delete(id);
    else this.#memory.set(id, owner);
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

  #isAskedFor(id: string, now: number): boolean {
    if (this.#pending.has(id) || this.#writing.has(id)) return false;
    return (this.#unknown.get(id) ?? 0) <= now;
  }

  async #find(ids: readonly string[], now: number): Promise<void> {
    const missing = new Set(ids);
    for (const { objectId, provider, keyId } of await this.parts.store.find(ids)) {
      missing.delete(objectId);
      // What has been learnt meanwhile is newer.
      const isNewer = this.#pending.has(objectId) || this.#writing.has(objectId);
      if (!isNewer) this.#memory.set(objectId, { provider, keyId });
    }
    if (this.#unknown.size > UNKNOWN_MAX) this.#unknown.clear();
    for (const id of missing) this.#unknown.set(id, now + UNKNOWN_MS);
  }

  #note(id: string, noted: Noted | 'deleted'): void {
    this.#pending.set(id, noted);
    this.onNoted?.(id, noted === 'deleted' ? undefined : noted);
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
      const deleted: string[] = [];
      const saved = [];
      for (const [objectId, noted] of batch) {
        if (noted === 'deleted') deleted.push(objectId);
        else saved.push({ objectId, ...noted });
      }
      await this.parts.store.save(saved);
      await this.parts.store.delete(deleted);
    } catch (error) {
      for (const [id, noted] of this.#pending) batch.set(id, noted);
      this.#pending = batch;
      this.#writesAt = this.parts.now() + RETRY_MS;
      throw error;
    } finally {
      this.#writing = new Map();
    }
  }
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

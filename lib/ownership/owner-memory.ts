/** The key that has made an object at a provider, or was shown it. */
export interface Owner {
  /** Slug. */
  readonly provider: string;
  readonly keyId: string;
}

/** The objects used last, and who owns them; the one not used for longest makes room for a new one. */
export class OwnerMemory {
  readonly #owners = new Map<string, Owner>();
  /** One for all objects of a key: an entry costs little more than its id then. */
  readonly #shared = new Map<string, Owner>();

  constructor(private readonly objectsMax: number) {}

  get size(): number {
    return this.#owners.size;
  }

  /** Counts as a use. */
  get(id: string): Owner | undefined {
    const owner = this.#owners.get(id);
    if (owner === undefined) return undefined;
    this.#owners.delete(id);
    this.#owners.set(id, owner);
    return owner;
  }

  has(id: string, { provider, keyId }: Owner): boolean {
    const known = this.#owners.get(id);
    return known?.keyId === keyId && known.provider === provider;
  }

  set(id: string, owner: Owner): void {
    this.#owners.delete(id);
    this.#owners.set(id, this.#sharedOf(owner));
    if (this.#owners.size <= this.objectsMax) return;
    const [oldest] = this.#owners.keys();
    if (oldest !== undefined) this.#owners.delete(oldest);
  }

  delete(id: string): void {
    this.#owners.delete(id);
  }

  #sharedOf(owner: Owner): Owner {
    const known = this.#shared.get(owner.keyId);
    if (known?.provider === owner.provider) return known;
    const shared = { provider: owner.provider, keyId: owner.keyId };
    if (this.#shared.size >= this.objectsMax) this.#shared.clear();
    this.#shared.set(owner.keyId, shared);
    return shared;
  }
}

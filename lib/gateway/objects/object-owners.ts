/** The key that has made an object at a provider, or was shown it. */
export interface Owner {
  /** Slug. */
  readonly provider: string;
  readonly keyId: string;
  /** Some answer has only mentioned the object. */
  readonly isSupposed?: boolean | undefined;
}

/** How a question for owners ended: memory knew one, the database did, or nobody does. */
export type OwnerLookup = 'memory' | 'database' | 'unknown';

/** Who owns what, as far as it is known. */
export interface ObjectOwners {
  /** From memory: one at each provider that has an object of that id, those that are only supposed at the end. */
  ownersOf(id: string): readonly Owner[];
  /**
   * Looks for what memory does not know where it is kept for longer; then `ownersOf` knows it. Undefined if there is
   * nothing to look for. Never rejects, and takes a moment at most.
   */
  find(ids: readonly string[]): Promise<void> | undefined;
  /** The account of a key that is gone, as far as it is known. Never rejects, and takes a moment at most. */
  accountOf(keyId: string): Promise<string | undefined>;
  /** Takes note that a key has made them, or has shown that it has them; never waits and never throws. */
  remember(ids: readonly string[], owner: Owner): void;
  /** The same of what an answer to the key mentions: it counts as long as nobody knows better. */
  suppose(ids: readonly string[], owner: Owner): void;
  /** It is in use. */
  used(id: string, owner: Owner): void;
  /** It is deleted at that provider. */
  forget(id: string, provider: string): void;
}

/** Knows nothing and keeps nothing. */
export const NO_OWNERS: ObjectOwners = {
  ownersOf: () => [],
  find: () => undefined,
  accountOf: () => Promise.resolve(undefined),
  remember: () => undefined,
  suppose: () => undefined,
  used: () => undefined,
  forget: () => undefined,
};

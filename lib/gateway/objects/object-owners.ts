/** The key that has made an object at a provider, or was shown it. */
export interface Owner {
  /** Slug. */
  readonly provider: string;
  readonly keyId: string;
}

/** How a question for owners ended: memory knew one, the database did, or nobody does. */
export type OwnerLookup = 'memory' | 'database' | 'unknown';

/** Who owns what, as far as it is known. */
export interface ObjectOwners {
  /** From memory. */
  ownerOf(id: string): Owner | undefined;
  /**
   * Looks for what memory does not know where it is kept for longer; then `ownerOf` knows it. Undefined if there is
   * nothing to look for. Never rejects, and takes a moment at most.
   */
  find(ids: readonly string[]): Promise<void> | undefined;
  /** Takes note; never waits and never throws. */
  remember(ids: readonly string[], owner: Owner): void;
  /** It is deleted. */
  forget(id: string): void;
}

/** Knows nothing and keeps nothing. */
export const NO_OWNERS: ObjectOwners = {
  ownerOf: () => undefined,
  find: () => undefined,
  remember: () => undefined,
  forget: () => undefined,
};
